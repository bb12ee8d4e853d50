"""``routes``: what holds for some paths."""

from collections.abc import Mapping
from typing import Any, cast

from jwtgate.configs.fields import ROUTE, read_fields, refuse_unknown
from jwtgate.configs.policies import FilePolicy, read_policy
from jwtgate.configs.problems import Path, Problems
from jwtgate.errors import ConfigurationError
from jwtgate.routes import Route
from jwtgate.stores import MemoryStore

__all__ = ["read_route"]


def read_route(
    table: Mapping[str, object],
    at: Path,
    problems: Problems,
    *,
    store: MemoryStore | None,
    below: FilePolicy,
) -> Route | None:
    """Make a route; None if it has problems.

    Args:
        table: Its members.
        at: Where it is.
        problems: Takes what is wrong with it.
        store: For its policy, as in :func:`read_policy`.
        below: The policy of the file, whose members hold where its own has none.
    """
    refuse_unknown(table, (*ROUTE, "policy"), at, problems)
    fields, whole = read_fields(table, ROUTE, at, problems)
    if "policy" in table:
        own = read_policy(table, at, problems, store=store, below=below)
        fields["policy"] = own.policy
    if "path" not in table:
        problems.add((*at, "path"), "is missing; expected which paths it is for")
        whole = False
    if not whole:
        return None
    try:
        return Route(**cast("Any", fields))
    except ConfigurationError as error:
        problems.add_all(at, error.problems, fields)
    return None
