"""Out of a file goes what is not carried over, before its references are resolved.

What is not used need not be there: a logger's ``{vault://...}`` is no business of ours.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from jwtgate.configs.kong.members import UNUSED_ENTITIES, UNUSED_OF_CONSUMER
from jwtgate.configs.kong.names import CARRIED

__all__ = ["trim"]

_OF_GROUP: Final = frozenset({"name", "id", "plugins"})


def trim(tree: object) -> None:
    """Take out of a tree, in place, what nothing here looks at; any tree will do."""
    if not isinstance(tree, dict):
        return
    _empty(tree, "filter_chains", *(UNUSED_ENTITIES - {"consumer_groups"}))
    for group in _tables(tree, "consumer_groups"):
        for member in group.keys() - _OF_GROUP:
            del group[member]
    for consumer in _tables(tree, "consumers"):
        _empty(consumer, *UNUSED_OF_CONSUMER)
    for entity in _with_plugins(tree):
        _empty(entity, "filter_chains")
    _trim_configs(tree)


def _empty(table: dict[str, object], *names: str) -> None:
    # How many there were is told.
    for name in names:
        entries = table.get(name)
        if isinstance(entries, list):
            table[name] = [None] * len(entries)


def _trim_configs(root: dict[str, object]) -> None:
    used = set()
    for plugin in chain.from_iterable(
        _tables(entity, "plugins") for entity in (root, *_with_plugins(root))
    ):
        name = plugin.get("name")
        if isinstance(name, str) and name not in CARRIED:
            plugin.pop("config", None)
        else:
            used.add(str(plugin.get("_config")))
    blocks = root.get("_plugin_configs")
    if isinstance(blocks, dict):
        for name in blocks.keys() - used:
            blocks[name] = {}


def _with_plugins(root: dict[str, object]) -> Iterator[dict[str, object]]:
    for kind in ("services", "routes", "consumers", "consumer_groups"):
        for entity in _tables(root, kind):
            yield entity
            yield from _tables(entity, "routes")


def _tables(table: dict[str, object], name: str) -> Iterator[dict[str, object]]:
    entries = table.get(name)
    if isinstance(entries, list):
        yield from (each for each in entries if isinstance(each, dict))
