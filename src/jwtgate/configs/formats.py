"""Whose format a file is in, and what reads it."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Literal, TypeAlias

from jwtgate.configs.context import Context
from jwtgate.settings import Settings

__all__ = ["OVERRIDES", "Format", "Reader", "format_of", "reader_of"]

OVERRIDES = "JWTGATE_POLICY"
"""How variables begin that set members of the policy of a file of jwtgate's own."""

Format: TypeAlias = Literal["native", "kong", "apisix"]

Reader: TypeAlias = Callable[[Path, str, object, Context], Settings]
"""Makes settings of a path, its text, what that holds, and what is given beside."""

_APISIX = frozenset(
    {
        *("consumers", "consumer_groups", "global_rules", "plugin_configs"),
        *("plugin_metadata", "plugins", "routes", "secrets", "services", "upstreams"),
    }
)


def reader_of(format_: Format) -> Reader:
    """Give what reads files of a format."""
    # Imported here: only who has such a file pays for it.
    read: Reader = import_module(f"jwtgate.configs.{format_}").read
    return read


def format_of(path: Path, tree: object) -> Format:
    """Tell whose format a file is in by its name and what it holds."""
    if path.suffix.lower() == ".toml" or not isinstance(tree, dict):
        return "native"
    if "_format_version" in tree:
        return "kong"
    # APISIX's has no mark of its own; what has none of its members is a slip.
    is_apisix = "version" not in tree and not tree.keys().isdisjoint(_APISIX)
    return "apisix" if is_apisix else "native"
