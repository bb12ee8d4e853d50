"""The nodes of a YAML document: a graph, in which aliases repeat, and its tree.

The graph is no larger than its text, since an alias is a node that is there already.
How large its tree will be is added up while it is read, so that the few lines which
stand for billions ("billion laughs") are refused before anything is copied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeAlias, final

from jwtgate.configs.tree import MAX_DEPTH, Table

__all__ = [
    "EMPTY",
    "MAX_CHARACTERS",
    "MAX_NODES",
    "Flaw",
    "Graph",
    "Members",
    "Node",
    "as_tree",
]

MAX_NODES: Final = 1_000_000
"""Nodes of a document, those that an alias repeats counted again each time.

Some 80,000 consumers with a credential each, which take seconds to read.
"""

MAX_CHARACTERS: Final = 16 * 1024 * 1024
"""Characters of a document's scalars, counted alike.

As many as a file may have anyway. What comes later reads each text where it stands, so
that one long text, repeated, would be read a million times.
"""


@final
class Flaw(ValueError):
    """What a YAML text may not have: the line, and what was expected there."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")


@final
@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """What a mapping holds.

    Attributes:
        own: Names and nodes in order; a name may occur twice.
        merged: For each merge key, the mappings that it merges.
    """

    own: Sequence[tuple[str, "Node"]]
    merged: Sequence[Sequence["Members"]] = ()


Content: TypeAlias = "str | float | list[Node] | Members | None"


@final
@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A node, and the size of the tree below it.

    Attributes:
        content: The value of a scalar, or what a sequence or a mapping holds.
        nodes: In its tree, itself included.
        characters: Of all scalars in its tree.
        levels: Of sequences and mappings; 0 for a scalar.
    """

    content: Content
    nodes: int = 1
    characters: int = 0
    levels: int = 0

    @classmethod
    def above(cls, content: "list[Node] | Members", below: Sequence["Node"]) -> "Node":
        """Make the node of a sequence or a mapping, and add up the nodes in it."""
        return cls(
            content,
            nodes=1 + sum(node.nodes for node in below),
            characters=sum(node.characters for node in below),
            levels=1 + max((node.levels for node in below), default=0),
        )


EMPTY: Final = Node([], levels=1)
"""A collection without what is in it."""


@final
class Graph:
    """The anchors of one document while it is read, and how large its tree is."""

    def __init__(self) -> None:
        self._nodes = 0
        self._characters = 0
        # None while the node is being read.
        self._anchored: dict[str, Node | None] = {}

    def add(self, node: Node, above: int, line: int) -> Node:
        """Add a node to the tree, with all that is below it.

        Args:
            node: A collection that is still to be read is added as :data:`EMPTY`.
            above: Levels of collections above it.
            line: Where it stands.

        Raises:
            Flaw: More nodes, characters or levels than may be.
        """
        self._nodes += node.nodes
        self._characters += node.characters
        if above + node.levels > MAX_DEPTH:
            raise _too_much(line, MAX_DEPTH, "levels")
        if self._nodes > MAX_NODES:
            raise _too_much(line, MAX_NODES, "nodes")
        if self._characters > MAX_CHARACTERS:
            raise _too_much(line, MAX_CHARACTERS, "characters")
        return node

    def repeat(self, anchor: str, above: int, line: int) -> Node:
        """Give the node of an anchor, and add it to the tree once more.

        Raises:
            Flaw: No such anchor so far, one of a node around the alias, or too much.

        Source: YAML 1.2.2 sections 3.2.2.2 and 7.1.
        """
        if anchor not in self._anchored:
            raise Flaw(line, "expected an anchor before its alias")
        node = self._anchored[anchor]
        if node is None:
            raise Flaw(line, "expected no alias inside of its own anchor")
        return self.add(node, above, line)

    def open(self, anchor: str) -> None:
        """Begin the node of an anchor; it takes the place of an earlier one."""
        self._anchored[anchor] = None

    def close(self, anchor: str, node: Node) -> None:
        """End it: from here on aliases repeat it."""
        # Of two that have one name, one inside of the other, the inner began later.
        if self._anchored[anchor] is None:
            self._anchored[anchor] = node


def _too_much(line: int, most: int, units: str) -> Flaw:
    return Flaw(line, f"expected {most} {units} at most, aliases included")


def as_tree(node: Node) -> object:
    """Write out the tree: no two places share a table or a list."""
    content = node.content
    if isinstance(content, Members):
        return _table(content)
    if isinstance(content, list):
        return [as_tree(each) for each in content]
    return content


def _table(members: Members) -> Table:
    table = Table((name, as_tree(node)) for name, node in members.own)
    table.repeated += ["<<"] * (len(members.merged) - 1)
    for each in chain.from_iterable(members.merged):
        merged = _table(each)
        table.repeated += merged.repeated
        for name, value in merged.items():
            table.setdefault(name, value)
    return table
