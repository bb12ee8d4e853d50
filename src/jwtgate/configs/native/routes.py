"""``routes``: what holds for some paths."""

from collections.abc import Mapping
from typing import Any, cast

from jwtgate.configs.native.fields import read_fields, refuse_unknown
from jwtgate.configs.native.kinds import ROUTE
from jwtgate.configs.native.policies import FilePolicy, read_policy
from jwtgate.configs.native.variants import Variants
from jwtgate.configs.problems import Path, Problems
from jwtgate.errors import ConfigurationError
from jwtgate.routes import Route

__all__ = ["read_route"]


def read_route(
    table: Mapping[str, object],
    at: Path,
    problems: Problems,
    *,
    variants: Variants,
    below: FilePolicy,
    quotas: Mapping[str, object],
) -> Route | None:
    """Make a route; None if it has problems.

    Args:
        table: Its members.
        at: Where it is.
        problems: Takes what is wrong with it.
        variants: The file's store.
        below: The policy of the file, whose members hold where its own has none; but
            for a public route's, since nobody is known there.
        quotas: Members of every quota that does not say otherwise.
    """
    refuse_unknown(table, (*ROUTE, "policy"), at, problems)
    fields, whole = read_fields(table, ROUTE, at, problems)
    if "policy" in table:
        base = None if fields.get("public") else below
        own = read_policy(
            table, at, problems, store=variants.store, below=base, quotas=quotas
        )
        fields["policy"] = own.policy
        if base is not None and own.secret_is_base64 is not base.secret_is_base64:
            fields["store"] = variants.of(own)
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
