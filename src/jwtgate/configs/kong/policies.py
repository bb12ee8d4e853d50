"""What is demanded where: the plugins of a file, put together for each route."""

from collections.abc import Iterable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final, final

from jwtgate.answer import Answer
from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Entity
from jwtgate.configs.kong.jwt import Demand, read_jwt
from jwtgate.configs.kong.limits import Limit, read_limit
from jwtgate.configs.kong.plugins import Plugin, Scoped
from jwtgate.configs.kong.terms import Rule, read_acl, read_termination
from jwtgate.consumer import Consumer
from jwtgate.policy import Policy, PolicySettings
from jwtgate.quota import MEMORY
from jwtgate.terms import Terms

__all__ = ["Policies"]

_NO_TERMS: Final[Mapping[str, Terms]] = MappingProxyType({})


@final
class Policies:
    """The plugins of a file, read.

    Args:
        plugins: Those that are carried over.
        consumers: Whom a plugin may hold for.
        context: Takes problems and notes.

    Attributes:
        demands: What jwt plugins say.
    """

    def __init__(
        self,
        plugins: Iterable[Plugin],
        consumers: Mapping[Entity, Consumer],
        context: Context,
    ) -> None:
        self.demands = Scoped[Demand]()
        self._rules = Scoped[Rule]()
        self._limits = Scoped[Limit]()
        self._answers = Scoped[Answer]()
        self._consumers = consumers
        self._context = context
        self._policies: dict[object, Policy] = {}
        self._terms: dict[object, Mapping[str, Terms]] = {}
        for plugin in plugins:
            self._read(plugin)
        self._by_service = any(limit.by_service for limit in self._limits)
        self._tell_memory()

    def _read(self, plugin: Plugin) -> None:
        context = self._context
        if plugin.name == "jwt":
            self.demands.put(plugin, read_jwt(plugin, context), context)
        elif plugin.name == "acl":
            if (rule := read_acl(plugin, context)) is not None:
                self._rules.put(plugin, rule, context)
        elif plugin.name == "rate-limiting":
            if (limit := read_limit(plugin, context)) is not None:
                self._limits.put(plugin, limit, context)
        elif (answer := read_termination(plugin, context)) is not None:
            self._answers.put(plugin, answer, context)

    def _tell_memory(self) -> None:
        in_memory = (limit for limit in self._limits if limit.quota.storage == MEMORY)
        if (first := next(in_memory, None)) is not None:
            self._context.notes.add(
                "warning",
                first.at,
                "each process counts for itself; load(quota_storage=...) lets them "
                "share",
            )

    def policy(
        self, route: Entity | None, service: Entity | None, demand: Demand | None
    ) -> Policy:
        """Make the policy of a route; those alike are one.

        Args:
            route: The route; None for a file without.
            service: Its service, if it has one.
            demand: What its jwt plugin says; None if it has none.
        """
        rule = self._rules.find(route, service)
        limit = self._limits.find(route, service)
        answer = self._answers.find(route, service)
        terms: Mapping[str, Terms] = _NO_TERMS
        if demand is not None:
            terms = self._consumer_terms(route, service, limit, answer)
        parts = (demand, rule, limit, answer, terms)
        key = (*map(id, parts), service if self._by_service else None)
        if key not in self._policies:
            settings: PolicySettings = {"consumer_terms": terms}
            if demand is not None:
                settings |= demand.settings
            if rule is not None:
                settings["access"] = rule.access
                settings["groups_header"] = rule.tells_groups
            if limit is not None:
                settings["quota"] = limit.quota_of(service)
            settings["termination"] = answer
            self._policies[key] = Policy.kong(**settings)
        return self._policies[key]

    def _consumer_terms(
        self,
        route: Entity | None,
        service: Entity | None,
        limit: Limit | None,
        answer: Answer | None,
    ) -> Mapping[str, Terms]:
        limits = self._limits.consumers(route, service)
        answers = self._answers.consumers(route, service)
        parts = (limit, answer, *limits, None, *answers)
        key = (*map(id, parts), service if self._by_service else None)
        if key not in self._terms:
            found = {}
            for entity in dict.fromkeys(chain(*limits, *answers)):
                own_limit = self._limits.find(route, service, entity)
                own_answer = self._answers.find(route, service, entity)
                if entity in self._consumers:
                    found[self._consumers[entity].id] = Terms(
                        quota=None
                        if own_limit is None or own_limit is limit
                        else own_limit.quota_of(service),
                        termination=own_answer,
                    )
            self._terms[key] = MappingProxyType(found)
        return self._terms[key]
