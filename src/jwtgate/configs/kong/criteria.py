"""What a route of Kong's matches, and how close a match it is.

Source: Kong 3.10, ``kong/router/compat.lua`` and ``kong/db/schema/typedefs.lua``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias, final
from urllib.parse import unquote

from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Entity
from jwtgate.configs.kong.fields import as_written
from jwtgate.configs.problems import Path
from jwtgate.errors import ConfigurationError
from jwtgate.routes import Route

__all__ = ["Match", "Rank", "read_matches"]

Rank: TypeAlias = tuple[int, bool, int]
"""How many kinds of criteria, plain hosts alone, the length of the path."""

_CRITERIA: Final = ("methods", "hosts", "headers", "paths", "snis")
_UNKNOWN: Final = ("headers", "snis", "sources", "destinations", "expression")
# Before 3.0 a path with anything else was a regex.
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~/%-]*")
# What an escape may stand for: Kong compares the others as they are written.
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})?")
_RESERVED: Final = frozenset(b":/?#[]@!$&'()*+,;=%\\\0")


@final
@dataclass(frozen=True, slots=True)
class Match:
    """One path of a route; our route for it does not say yet what is demanded.

    Attributes:
        at: Where the path is, or the route if it has none.
        rank: How close a match it is.
        route: What it matches.
    """

    at: Path
    rank: Rank
    route: Route


def read_matches(entity: Entity, context: Context, *, is_latest: bool) -> list[Match]:
    """Read what a route matches, one match for each path.

    Args:
        entity: The route.
        context: Takes problems and notes.
        is_latest: The format is 3.0 or later: a regex path begins with ``~``.

    Returns:
        None where it matches no HTTP request, or has problems.
    """
    members, problems = entity.members, context.problems
    before = len(problems)
    if not (members.is_whole and _is_for_http(entity, context)):
        return []
    for name in _UNKNOWN:
        if members.get(name):
            problems.add(
                (*entity.at, name),
                "is not carried over; a route without it would match more",
            )
    _check_hosts(entity, context)
    paths = list(_read_paths(entity, context, is_latest=is_latest))
    kinds = sum(1 for name in _CRITERIA if members.get(name))
    if not (kinds or members.get("expression")):
        problems.add(entity.at, _none_of(members.texts("protocols")))
    if len(problems) > before:
        return []
    hosts = members.texts("hosts")
    is_plain = bool(hosts) and not any("*" in host for host in hosts)
    return [
        Match(at, (kinds, is_plain, len(_normalized(written))), route)
        for at, written, path in paths or [(entity.at, "", "/")]
        if (route := _route(entity, path, at, context)) is not None
    ]


def _is_for_http(entity: Entity, context: Context) -> bool:
    protocols = set(entity.members.texts("protocols"))
    at = (*entity.at, "protocols")
    if not protocols or "http" in protocols:
        return True
    if "https" in protocols:
        context.notes.add("warning", at, "TLS is left to the server; HTTP matches, too")
        return True
    if protocols & {"ws", "wss"}:
        context.problems.add(at, "is not carried over; a route for ws is one for http")
        return False
    context.notes.add("dropped", at, "no request of HTTP comes to this route")
    return False


def _none_of(protocols: tuple[str, ...]) -> str:
    protocol = "https" if not protocols or "https" in protocols else "http"
    names = _CRITERIA if protocol == "https" else _CRITERIA[:-1]
    quoted = ", ".join(f"'{name}'" for name in names)
    return f"must set one of {quoted} when 'protocols' is '{protocol}'"


def _check_hosts(entity: Entity, context: Context) -> None:
    for index, host in enumerate(entity.members.texts("hosts")):
        at = (*entity.at, "hosts", index)
        if host.count("*") > 1:
            sentence = "invalid wildcard: must have at most one wildcard"
        elif host.endswith(".*"):
            sentence = (
                "a wildcard at the end is not carried over; expected names, or *.name"
            )
        elif "*" in host and not host.startswith("*."):
            sentence = "invalid wildcard: must be placed at leftmost or rightmost label"
        else:
            continue
        context.problems.add(at, sentence)


def _read_paths(
    entity: Entity, context: Context, *, is_latest: bool
) -> Iterator[tuple[Path, str, str]]:
    for index, path in enumerate(entity.members.texts("paths")):
        at = (*entity.at, "paths", index)
        problem = _path_problem(path, is_latest=is_latest)
        if problem is None:
            yield at, path, unquote(path, errors="replace")
        else:
            shown = as_written(path, context.problems)
            context.problems.add(at, problem.replace("{}", shown))


def _path_problem(path: str, *, is_latest: bool) -> str | None:
    if is_latest and not path.startswith(("/", "~/")):
        return "should start with: / (fixed path) or ~/ (regex path)"
    if not is_latest and not path.startswith("/"):
        return "should start with: /"
    if path.startswith("~") if is_latest else not _PLAIN.fullmatch(path):
        return (
            "a regex path is not carried over; name what it matches as plain paths, or "
            "guard more with a shorter one"
        )
    return "must not have empty segments" if "//" in path else _escape_problem(path)


def _escape_problem(path: str) -> str | None:
    for escape in _ESCAPE.finditer(path):
        if escape[1] is None:
            return f"invalid url-encoded value: '{path[escape.start() :][:3]}'"
        if int(escape[1], 16) in _RESERVED:
            return f"has {escape[0]}, which Kong does not decode; expected no such one"
    return None


def _normalized(path: str) -> str:
    # As Kong wants a path written: what needs no escape makes it no closer a match.
    def written(escape: re.Match[str]) -> str:
        plain = unquote(escape[0])
        return plain if _PLAIN.fullmatch(plain) else escape[0]

    return _ESCAPE.sub(written, path)


def _route(entity: Entity, path: str, at: Path, context: Context) -> Route | None:
    members = entity.members
    try:
        return Route(
            path=path,
            prefix=True,
            methods=members.texts("methods"),
            hosts=members.texts("hosts"),
        )
    except ConfigurationError as error:
        for sentence in error.problems:
            name, _, rest = sentence.partition(" ")
            if name in ("path", "prefix"):
                context.problems.add(at, sentence)
            else:
                context.problems.add((*entity.at, name), rest)
    return None
