"""Environment variables that set members of a policy in the file's place."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import NoReturn

from jwtgate.configs.formats import OVERRIDES
from jwtgate.configs.native.kinds import CONSUMER, POLICY
from jwtgate.configs.problems import Path, Problems, nearest
from jwtgate.configs.tree import Table

__all__ = ["VARIABLES", "override"]


def _variable(path: Path) -> str:
    return f"JWTGATE_{'__'.join(map(str, path))}".upper()


VARIABLES: Mapping[str, Path] = MappingProxyType(
    {
        _variable(path): path
        for path in (
            *(("policy", name) for name in POLICY),
            *(("policy", "anonymous", name) for name in CONSUMER),
        )
    }
)
"""The path that each variable sets."""


def override(tree: object, environ: Mapping[str, str], problems: Problems) -> object:
    """Set members of the policy by environment variables.

    Args:
        tree: What the file holds.
        environ: A value is read as JSON if it is JSON, else as a text.
        problems: Takes variables that begin as these do and name no member.

    Returns:
        The tree, changed in place.
    """
    # Sorted, so that what names a member of a table comes after the whole table.
    for name in sorted(environ):
        if name not in VARIABLES:
            if name.startswith(OVERRIDES):
                problems.add((name,), f"unknown; {nearest(name.upper(), VARIABLES)}")
        elif isinstance(tree, dict):
            _set(tree, VARIABLES[name], _value(environ[name]))
            problems.origins[VARIABLES[name]] = name
    return tree


def _set(tree: dict[str, object], path: Path, value: object) -> None:
    *above, last = map(str, path)
    for name in above:
        below = tree.get(name)
        if not isinstance(below, dict):
            below = tree[name] = {}
        tree = below
    tree[last] = value


def _value(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=Table, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(_: str) -> NoReturn:
    raise ValueError("not a JSON number")
