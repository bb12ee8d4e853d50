"""YAML, as far as it says what JSON can say.

Of YAML 1.1 stays out what surprises: ``no``, ``yes``, ``on`` and ``off`` are texts, as
are dates, ``1_000``, ``0x10``, ``010`` and ``12:30:45``. Tags are refused, which make
objects, and a second document. Aliases repeat what their anchor names, within bounds,
and a merge key (``<<: *defaults``) adds the members of other mappings.
"""

import re
from typing import TYPE_CHECKING, final

from jwtgate.configs.yamlnodes import EMPTY, Flaw, Graph, Members, Node, as_tree
from jwtgate.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.events import Event

__all__ = ["Flaw", "parse_yaml"]

_WORDS: dict[str, bool | None] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}
# The numbers of RFC 8259 section 6; the groups tell a float.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def parse_yaml(text: str) -> object:
    """Read one YAML document into tables, lists, texts, numbers, bools and None.

    Returns:
        What no alias shares: any table or list may be changed without another.

    Raises:
        Flaw: Not YAML, or what is refused here.
        ConfigurationError: PyYAML is not installed.

    Source: YAML 1.2.2; the scalars are those of its JSON schema, section 10.2, and
    every other plain scalar is a text. Merge keys: https://yaml.org/type/merge.html,
    where a mapping's own members win, and those of an earlier mapping over a later.
    """
    try:
        import yaml  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigurationError(
            'a YAML file needs PyYAML; pip install "jwtgate[yaml]"'
        ) from None
    # The one in C is ten times faster; a PyYAML without it has the other alone.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Document(yaml.parse(text, Loader=loader)).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
    except yaml.YAMLError:
        line = 1
    raise Flaw(line, "expected YAML")


@final
class _Document:
    """Builds what the events of a parser tell."""

    def __init__(self, events: "Iterator[Event]") -> None:
        self._events = events
        self._graph = Graph()

    def read(self) -> object:
        """Read the one document."""
        from yaml.events import DocumentStartEvent, StreamEndEvent  # noqa: PLC0415

        next(self._events)  # the stream starts
        if isinstance(next(self._events), StreamEndEvent):
            return None
        root = self._node(next(self._events), above=0)
        next(self._events)  # the document ends
        after = next(self._events)
        if isinstance(after, DocumentStartEvent):
            raise Flaw(_line(after), "expected one document, not a second")
        return as_tree(root)

    def _node(self, event: "Event", above: int) -> Node:
        anchor: str | None = getattr(event, "anchor", None)
        if getattr(event, "tag", None) is not None:
            raise Flaw(_line(event), "expected no tag")
        if anchor is None:
            return self._content(event, above)
        from yaml.events import AliasEvent  # noqa: PLC0415

        if isinstance(event, AliasEvent):
            return self._graph.repeat(anchor, above, _line(event))
        self._graph.open(anchor)
        node = self._content(event, above)
        self._graph.close(anchor, node)
        return node

    def _content(self, event: "Event", above: int) -> Node:
        from yaml.events import MappingStartEvent, ScalarEvent  # noqa: PLC0415

        if isinstance(event, ScalarEvent):
            value = _scalar(event.value) if event.implicit[0] else event.value
            node = Node(value, characters=len(event.value))
            return self._graph.add(node, above, _line(event))
        self._graph.add(EMPTY, above, _line(event))
        if isinstance(event, MappingStartEvent):
            return self._mapping(above + 1)
        items = [self._node(each, above + 1) for each in self._until_end()]
        return Node.above(items, items)

    def _mapping(self, above: int) -> Node:
        own: list[tuple[str, Node]] = []
        merged: list[list[Members]] = []
        below: list[Node] = []
        for event in self._until_end():
            name = self._node(event, above)
            if not isinstance(name.content, str):
                raise Flaw(_line(event), "expected a text as name")
            node = self._node(next(self._events), above)
            if name.content == "<<" and _is_plain(event):
                merged.append(_mappings(node, _line(event)))
            else:
                own.append((name.content, node))
            below += (name, node)
        return Node.above(Members(own, merged), below)

    def _until_end(self) -> "Iterator[Event]":
        from yaml.events import CollectionEndEvent  # noqa: PLC0415

        for event in self._events:
            if isinstance(event, CollectionEndEvent):
                return
            yield event


def _line(event: "Event") -> int:
    mark = event.start_mark
    return mark.line + 1 if mark else 1


def _is_plain(event: "Event") -> bool:
    from yaml.events import ScalarEvent  # noqa: PLC0415

    return isinstance(event, ScalarEvent) and event.implicit[0]


def _mappings(node: Node, line: int) -> list[Members]:
    nodes = node.content if isinstance(node.content, list) else [node]
    found = [each.content for each in nodes if isinstance(each.content, Members)]
    if len(found) < len(nodes):
        raise Flaw(line, "expected a table, or a list of tables, to merge")
    return found


def _scalar(text: str) -> str | float | None:
    if text in _WORDS:
        return _WORDS[text]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    return float(text) if number[1] or number[2] else int(text)
