"""The settings of a gate of a file without routes: its plugins guard everything."""

from collections.abc import Sequence

from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Entity
from jwtgate.configs.kong.jwt import Demand
from jwtgate.configs.kong.parts import Parts
from jwtgate.configs.kong.refusing import refuse_or_drop
from jwtgate.policy import Policy
from jwtgate.settings import Settings

__all__ = ["settings_of_plugins"]

_NOTHING = Demand(at=(), settings={})
_NO_ROUTE = "holds for a service, and no route leads there"


def settings_of_plugins(parts: Parts, context: Context) -> Settings:
    """Make the settings of a gate: of the global jwt plugin, else those of services.

    Raises:
        ConfigurationError: Every problem of the file.
    """
    problems = context.problems
    if problems:
        raise problems.error()
    scopes = _scopes(parts)
    policies = [
        parts.policies.policy(None, service, demand) for service, demand in scopes
    ]
    _check_alike(scopes, policies, context)
    _tell_unused(parts, [service for service, _ in scopes], context)
    if problems:
        raise problems.error()
    demand = scopes[0][1]
    return Settings(
        store=parts.stores[demand.is_base64],
        policy=policies[0],
        report=context.notes.report(),
    )


def _scopes(parts: Parts) -> list[tuple[Entity | None, Demand]]:
    demands = parts.policies.demands
    overall = demands.find(None, None)
    if overall is not None:
        return [(None, overall)]
    found: list[tuple[Entity | None, Demand]] = [
        (service, demand)
        for service in parts.document.services
        if (demand := demands.find(None, service)) is not None
    ]
    return found or [(None, _NOTHING)]


def _check_alike(
    scopes: Sequence[tuple[Entity | None, Demand]],
    policies: Sequence[Policy],
    context: Context,
) -> None:
    first = scopes[0][1]
    for (_, demand), policy in zip(scopes, policies, strict=True):
        if (policy, demand.is_base64) != (policies[0], first.is_base64):
            context.problems.add(
                demand.at,
                "another service demands something else, and there are no routes; "
                "give the file routes, or one jwt plugin",
            )


def _tell_unused(
    parts: Parts, services: Sequence[Entity | None], context: Context
) -> None:
    for plugin in parts.plugins:
        if plugin.service is None or plugin.service in services:
            continue
        if plugin.name == "jwt":
            context.notes.add("warning", plugin.at, _NO_ROUTE)
        else:
            refuse_or_drop(plugin.name, plugin.at, context, _NO_ROUTE)
