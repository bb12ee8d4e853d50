"""From the plugins of a place to the policy that holds there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.configs.apisix.access import (
    Place,
    access_for_all,
    access_for_one,
    verdict_at,
)
from jwtgate.configs.apisix.carried import Carried
from jwtgate.configs.apisix.consumers import Caller, Callers
from jwtgate.configs.apisix.jwtauth import JWTAuth
from jwtgate.configs.apisix.plugins import CONSUMER_RESTRICTION, LIMIT_COUNT
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path
from jwtgate.policy import Policy
from jwtgate.quota import Quota
from jwtgate.terms import Terms

__all__ = ["Demand", "Policies"]

_NOT_FOUND = Answer(status=404, body='{"error_msg":"404 Route Not Found"}\n')


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What is demanded at a place.

    Attributes:
        policy: The policy.
        public: Whether no token is demanded.
        closed: Whether nobody gets through at all.
    """

    policy: Policy
    public: bool = False
    closed: bool = False


@final
class Policies:
    """Makes the policies of one file.

    Args:
        callers: Who may call.
        rules: The plugins of the global rules, which run besides and first.
        context: Takes what cannot be.
    """

    def __init__(self, callers: Callers, rules: Carried, context: Context) -> None:
        self._callers = callers
        self._rules = rules
        self._context = context
        self._terms: dict[Place, Mapping[str, Terms]] = {}
        restrictions = [
            rules.restriction,
            *(caller.carried.restriction for caller in callers.by_name.values()),
        ]
        self._by_place = any(
            each is not None and each.is_of_place for each in restrictions
        )

    @property
    def closed(self) -> Demand:
        """What is demanded where a route cannot be used: 404, global rules first."""
        jwt_auth = self._rules.jwt_auth
        if jwt_auth is None:
            policy = Policy.apisix(termination=_NOT_FOUND)
            return Demand(policy=policy, public=True, closed=True)
        settings = jwt_auth.settings()
        settings["termination"] = _NOT_FOUND
        return Demand(policy=Policy.apisix(**settings), closed=True)

    def everywhere(self, carried: Carried, where: Path) -> Policy:
        """Give a policy that demands a token always.

        Args:
            carried: The plugins of no route.
            where: The entity in the file that they are of.
        """
        jwt_auth = self._jwt_auth(carried, where) or JWTAuth()
        return self._guarded(jwt_auth, carried, Place(), where)

    def at(self, carried: Carried, place: Place, where: Path) -> Demand:
        """Give what is demanded at a place.

        Args:
            carried: The merged plugins of the route there.
            place: The place.
            where: The route in the file.
        """
        jwt_auth = self._jwt_auth(carried, where)
        if jwt_auth is None:
            return Demand(policy=self._unguarded(carried, place, where), public=True)
        return Demand(policy=self._guarded(jwt_auth, carried, place, where))

    def _jwt_auth(self, carried: Carried, where: Path) -> JWTAuth | None:
        own, everyones = carried.jwt_auth, self._rules.jwt_auth
        if own is not None and everyones is not None and own != everyones:
            self._context.problems.add(
                where,
                "jwt-auth differs from that of the global rules, and requests would "
                "have to pass both; put it in one place",
            )
        return own or everyones

    def _guarded(
        self, jwt_auth: JWTAuth, carried: Carried, place: Place, where: Path
    ) -> Policy:
        name = jwt_auth.anonymous
        if name is not None and name not in self._callers.by_name:
            self._context.notes.add(
                "warning",
                where,
                "anonymous_consumer is no consumer of this file; where it would stand "
                "in, requests are refused",
            )
        settings = jwt_auth.settings()
        settings["access"] = (
            *self._access_of_rules(place),
            *access_for_all(carried.restriction, place, self._callers),
        )
        settings["quota"] = self._quotas(carried.limit)
        settings["consumer_terms"] = self._terms_at(place)
        return Policy.apisix(**settings)

    def _unguarded(self, carried: Carried, place: Place, where: Path) -> Policy:
        answer = None
        for restriction in (self._rules.restriction, carried.restriction):
            if restriction is None:
                continue
            if not restriction.is_of_place:
                answer = answer or restriction.answer_without  # nobody is known here
                continue
            verdict = verdict_at(restriction, place)
            if isinstance(verdict, tuple):
                self._context.problems.add(
                    where,
                    "consumer-restriction allows some methods to everyone, and that "
                    "is carried over where jwt-auth is only; set methods of the route",
                )
            else:
                answer = answer or verdict
        return Policy.apisix(
            # Who is refused is not counted.
            quota=() if answer else self._quotas(carried.limit),
            termination=answer,
        )

    def _access_of_rules(self, place: Place) -> tuple[Access, ...]:
        return access_for_all(self._rules.restriction, place, self._callers)

    def _quotas(self, own: Quota | None) -> tuple[Quota, ...]:
        return tuple(quota for quota in (self._rules.limit, own) if quota is not None)

    def _terms_at(self, place: Place) -> Mapping[str, Terms]:
        if not self._by_place:
            place = Place()  # the same terms at any
        if place not in self._terms:
            self._terms[place] = {
                name: terms
                for name, caller in self._callers.by_name.items()
                if (terms := self._terms_of(caller, place)) is not None
            }
        return self._terms[place]

    def _terms_of(self, caller: Caller, place: Place) -> Terms | None:
        carried = caller.carried
        restricts = CONSUMER_RESTRICTION in carried.named
        limits = LIMIT_COUNT in carried.named
        if not restricts and not limits:
            return None
        own = access_for_one(carried.restriction, place, caller)
        return Terms(
            access=(*self._access_of_rules(place), *own) if restricts else None,
            quota=self._quotas(carried.limit) if limits else None,
        )
