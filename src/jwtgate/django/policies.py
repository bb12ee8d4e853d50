"""From dicts of a settings file to a policy and to routes."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

from jwtgate.errors import ConfigurationError
from jwtgate.policy import Policy, PolicySettings
from jwtgate.routes import Route

__all__ = ["policy_of", "routes_of"]

_DIALECTS: Mapping[str, Callable[..., Policy]] = MappingProxyType(
    {"native": Policy, "kong": Policy.kong, "apisix": Policy.apisix}
)
_POLICY_FIELDS = tuple(PolicySettings.__annotations__)
_ROUTE_FIELDS = tuple(Route.__dataclass_fields__)


def policy_of(value: object, dialect: object = None) -> Policy:
    """Make a policy of a dict of its fields; a Policy is given back.

    Args:
        value: The dict.
        dialect: ``native``, ``kong`` or ``apisix``; None is the first.

    Raises:
        ConfigurationError: A field that there is not, a policy that cannot work, a
            dialect that there is not, or one for a Policy, which has its own.
    """
    if dialect is not None and not (isinstance(dialect, str) and dialect in _DIALECTS):
        raise ConfigurationError(f"DIALECT must be one of: {', '.join(_DIALECTS)}")
    if not isinstance(value, Policy):
        make = _DIALECTS[dialect or "native"]
        return make(**_fields(value, "a Policy", _POLICY_FIELDS))
    if dialect is not None:
        raise ConfigurationError("DIALECT goes with a dict, a Policy has its own")
    return value


def routes_of(values: object, dialect: object = None) -> list[Route]:
    """Make routes of dicts of their fields; a Route stays as it is.

    Args:
        values: The dicts; ``policy`` in one may be a dict, too.
        dialect: Of policies that are dicts.

    Raises:
        ConfigurationError: Every problem, with the place of its route.
    """
    if not isinstance(values, list | tuple):
        raise ConfigurationError("expected a list")
    routes, problems = [], []
    for place, value in enumerate(values):
        try:
            routes.append(_route(value, dialect))
        except ConfigurationError as error:
            problems += [f"[{place}]: {each}" for each in error.problems]
    if problems:
        raise ConfigurationError(*problems)
    return routes


def _route(value: object, dialect: object) -> Route:
    if isinstance(value, Route):
        return value
    fields = _fields(value, "a Route", _ROUTE_FIELDS)
    if "path" not in fields:
        raise ConfigurationError("path is missing")
    if isinstance(fields.get("policy"), Mapping):
        fields["policy"] = policy_of(fields["policy"], dialect)
    return Route(**fields)


def _fields(value: object, kind: str, known: Collection[str]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"expected {kind}, or a dict of its fields")
    if unknown := [name for name in value if name not in known]:
        raise ConfigurationError(
            f"there is no {unknown[0]!r}; expected one of: {', '.join(known)}"
        )
    return dict(value)
