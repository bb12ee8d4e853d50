"""The settings of a gate of a file with routes: these alone are served."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from jwtgate.configs.context import Context
from jwtgate.configs.kong.criteria import Match, read_matches
from jwtgate.configs.kong.directory import Entity
from jwtgate.configs.kong.jwt import Demand
from jwtgate.configs.kong.parts import Parts
from jwtgate.configs.kong.routing import Guarded, lay_out
from jwtgate.policy import Policy
from jwtgate.settings import Settings

__all__ = ["settings_of_routes"]


@final
@dataclass(frozen=True, slots=True)
class _Served:
    """One path of a route, its service, and what its jwt plugin says."""

    match: Match
    route: Entity
    service: Entity | None
    demand: Demand | None


def settings_of_routes(parts: Parts, context: Context) -> Settings:
    """Make the settings of a gate.

    Raises:
        ConfigurationError: Every problem of the file.
    """
    problems = context.problems
    served = _served(parts, context)
    if problems:
        raise problems.error()
    usual = _usual(served, parts, context)
    routes = lay_out([_guarded(each, parts, usual) for each in served], context)
    if problems:
        raise problems.error()
    overall = parts.policies.demands.find(None, None)
    policy = Policy.kong()
    if overall is not None:
        policy = parts.policies.policy(None, None, overall)
    return Settings(
        store=parts.stores[usual],
        policy=policy,
        routes=routes,
        unrouted="refuse",
        report=context.notes.report(),
    )


def _served(parts: Parts, context: Context) -> list[_Served]:
    document = parts.document
    is_latest = document.root.text("_format_version") not in ("1.1", "2.1")
    return [
        _Served(match, route, service, parts.policies.demands.find(route, service))
        for route in document.routes
        if _is_enabled(service := document.service_of.get(route), route, context)
        for match in read_matches(route, context, is_latest=is_latest)
    ]


def _is_enabled(service: Entity | None, route: Entity, context: Context) -> bool:
    if service is None or service.members.switch("enabled", default=True):
        return True
    context.notes.add("skipped", route.at, "its service is not enabled")
    return False


def _usual(served: Sequence[_Served], parts: Parts, context: Context) -> bool:
    kinds = Counter(each.demand.is_base64 for each in served if each.demand is not None)
    if kinds:
        return kinds.most_common(1)[0][0]
    if served:
        context.problems.add(
            ("plugins",), "no jwt plugin guards a route: nothing would be guarded"
        )
    return next(iter(parts.stores))


def _guarded(served: _Served, parts: Parts, usual: bool) -> Guarded:  # noqa: FBT001 - a set
    demand = served.demand
    policy = parts.policies.policy(served.route, served.service, demand)
    if demand is None:
        return Guarded(served.match, policy, public=True)
    is_usual = demand.is_base64 is usual
    store = None if is_usual else parts.stores[demand.is_base64]
    return Guarded(served.match, policy, store)
