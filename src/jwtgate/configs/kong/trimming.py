"""Out of a file goes what is not carried over, before its references are resolved.

What is not used need not be there: a logger's ``{vault://...}`` is no business of ours.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final, TypeAlias

from jwtgate.configs.kong.members import UNUSED_ENTITIES, UNUSED_OF_CONSUMER
from jwtgate.configs.kong.names import CARRIED
from jwtgate.configs.problems import Path, Problems
from jwtgate.secrets import is_like_a_reference

__all__ = ["trim"]

_Placed: TypeAlias = tuple[Path, dict[str, object]]

_OF_GROUP: Final = frozenset({"name", "id", "plugins"})


def trim(tree: object, problems: Problems) -> None:
    """Take out of a tree, in place, what nothing here looks at.

    Args:
        tree: Any; its references are not resolved.
        problems: Takes references that would choose what goes.
    """
    if not isinstance(tree, dict):
        return
    _empty(tree, "filter_chains", *(UNUSED_ENTITIES - {"consumer_groups"}))
    for _, group in _tables(tree, "consumer_groups"):
        for member in group.keys() - _OF_GROUP:
            del group[member]
    for _, consumer in _tables(tree, "consumers"):
        _empty(consumer, *UNUSED_OF_CONSUMER)
    for _, entity in _with_plugins(tree):
        _empty(entity, "filter_chains")
    _trim_configs(tree, problems)


def _empty(table: dict[str, object], *names: str) -> None:
    # How many there were is told.
    for name in names:
        entries = table.get(name)
        if isinstance(entries, list):
            table[name] = [None] * len(entries)


def _trim_configs(root: dict[str, object], problems: Problems) -> None:
    used = set()
    for at, plugin in chain.from_iterable(
        _tables(entity, "plugins", place)
        for place, entity in (((), root), *_with_plugins(root))
    ):
        _check_choice(plugin, at, problems)
        name = plugin.get("name")
        if isinstance(name, str) and name not in CARRIED:
            plugin.pop("config", None)
        else:
            used.add(str(plugin.get("_config")))
    blocks = root.get("_plugin_configs")
    if isinstance(blocks, dict):
        for name in blocks.keys() - used:
            blocks[name] = {}


def _check_choice(plugin: dict[str, object], at: Path, problems: Problems) -> None:
    for member in ("name", "_config"):
        value = plugin.get(member)
        if isinstance(value, str) and is_like_a_reference(value):
            problems.add((*at, member), "expected a name, and no reference")


def _with_plugins(root: dict[str, object]) -> Iterator[_Placed]:
    for kind in ("services", "routes", "consumers", "consumer_groups"):
        for at, entity in _tables(root, kind):
            yield at, entity
            yield from _tables(entity, "routes", at)


def _tables(table: dict[str, object], name: str, at: Path = ()) -> Iterator[_Placed]:
    entries = table.get(name)
    if isinstance(entries, list):
        for index, each in enumerate(entries):
            if isinstance(each, dict):
                yield (*at, name, index), each
