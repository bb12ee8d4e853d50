"""Which requests a route is for.

Source: APISIX ``apisix/schema_def.lua`` (route) and lua-resty-radixtree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, final

from jwtgate.configs.apisix.schema import (
    Check,
    flaw,
    listing,
    one_of,
    text,
    whole,
    whole_value,
)
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path
from jwtgate.errors import ConfigurationError
from jwtgate.routes import Route

__all__ = ["HOSTS", "METHODS", "Match", "is_off", "read_match"]

METHODS = (
    "GET",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "HEAD",
    "OPTIONS",
    "CONNECT",
    "TRACE",
    "PURGE",
)
_HOST = text(1, None, r"\*?[0-9a-zA-Z._:\[\]-]+")
HOSTS: Check = listing(_HOST, 1, unique=True)
"""The hosts of a route or a service."""

_RULES = {
    "uri": text(1, 4096),
    "uris": listing(text(1, 4096), 1, unique=True),
    "host": _HOST,
    "hosts": HOSTS,
    "methods": listing(one_of(*METHODS), unique=True),
    "priority": whole(),
    "status": whole(0, 1),
}
_FOREIGN = ("remote_addr", "remote_addrs", "vars", "filter_func", "script", "script_id")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which requests a route is for.

    Attributes:
        paths: Each with whether it is a prefix, and where it is in the file.
        hosts: Each one alone; empty for any host.
        methods: Those alone; empty for all.
        priority: The larger comes first where all else is equal.
    """

    paths: tuple[tuple[str, bool, Path], ...]
    hosts: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    priority: int = 0


def is_off(table: Mapping[str, object]) -> bool:
    """Whether a route is switched off."""
    return whole_value(table.get("status", 1)) == 0


def read_match(
    table: Mapping[str, object], at: Path, context: Context, *, hosts: object
) -> Match | None:
    """Read which requests a route is for.

    Args:
        table: The route.
        at: Where it is.
        context: Takes what cannot be carried over.
        hosts: Those of its service, which hold where it has none.

    Returns:
        None if that is a problem: a route for more or fewer requests than in APISIX
        would open a door.
    """
    before = len(context.problems)
    for name in _FOREIGN:
        if table.get(name):
            context.problems.add(
                (*at, name),
                "is not carried over, and the route would be for other requests",
            )
    why = flaw(table, _RULES) or _flaw_of_choice(table)
    if why is not None:
        context.problems.add(at, why)
        return None
    own = table.get("hosts", [table["host"]] if "host" in table else hosts)
    match = Match(
        paths=tuple(_paths(table, at, context)),
        hosts=tuple(dict.fromkeys(_hosts(own, at, context))),
        methods=tuple(cast("list[str]", table.get("methods", []))),
        priority=whole_value(table.get("priority", 0)) or 0,
    )
    return match if len(context.problems) == before else None


def _flaw_of_choice(table: Mapping[str, object]) -> str | None:
    if ("uri" in table) == ("uris" in table):
        return "expected either uri or uris"
    if "host" in table and "hosts" in table:
        return "expected either host or hosts"
    return None


def _paths(
    table: Mapping[str, object], at: Path, context: Context
) -> list[tuple[str, bool, Path]]:
    places: list[tuple[Path, str]]
    if "uri" in table:
        places = [((*at, "uri"), str(table["uri"]))]
    else:
        uris = cast("list[str]", table["uris"])
        places = [((*at, "uris", index), uri) for index, uri in enumerate(uris)]
    found = []
    for place, uri in places:
        prefix = uri.endswith("*")
        # Every path begins with a slash, so "*" is for all.
        path = uri.removesuffix("*") or "/"
        if not _is_sound(Route, place, context, path=path):
            continue
        head, parameter, _ = path.partition("/:")
        if parameter:
            context.problems.add(
                place,
                "a segment that begins with ':' is a parameter to one of APISIX's "
                f"routers; write {head}/*",
            )
        found.append((path, prefix, place))
    return found


def _hosts(hosts: object, at: Path, context: Context) -> list[str]:
    names = [host.lower() for host in cast("list[str]", hosts or [])]
    for name in names:
        _is_sound(Route, at, context, path="/", hosts=(name,))
    return names


def _is_sound(
    make: type[Route],
    at: Path,
    context: Context,
    *,
    path: str,
    hosts: tuple[str, ...] = (),
) -> bool:
    try:
        make(path=path, hosts=hosts, prefix=True)
    except ConfigurationError as error:
        context.problems.add_all(at, error.problems, ())
        return False
    return True
