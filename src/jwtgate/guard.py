"""A policy over a store: what is decided for the requests that come to it."""

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal, final

from jwtgate.admission import Admission
from jwtgate.asks import Ask, FindConsumer, Flow
from jwtgate.backend import (
    AnyStore,
    AsyncBackend,
    Backend,
    async_backend,
    backend,
    finder_without_waiting,
)
from jwtgate.consumer import Consumer
from jwtgate.counting import Counter
from jwtgate.enforcement import Enforcement
from jwtgate.errors import ConfigurationError, Rejection, Unavailable
from jwtgate.extraction import NOTHING_HIDDEN, RequestView
from jwtgate.identification import Identification
from jwtgate.memo import Memos
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt, Outcome
from jwtgate.policy import Policy
from jwtgate.reason import Reason
from jwtgate.refusals import Refusals
from jwtgate.requirement import Requirement
from jwtgate.revocation import Revocation
from jwtgate.rules import is_exempt, make_collector
from jwtgate.store import is_store
from jwtgate.upstream import anonymous_headers

__all__ = ["Guard"]


@final
class Guard:
    """One policy over one store, made ready for requests.

    Args:
        store: Finds the credentials of a key.
        policy: What is demanded of a request.
        gate: The gate that the outcomes belong to.
        clock: Gives seconds since the epoch; read once for each token.
        counter: Counts the requests of quotas.
        place: Tells this guard from the gate's others, for quotas.
        revocation: Tells which tokens were revoked, if anything does.
        memos: Remember tokens that were verified, if anything does.

    Attributes:
        identify: Tells who calls, where nothing has to be waited for and nobody is held
            to more than a token, but by a quota of one's own; else None.

    Raises:
        ConfigurationError: Something that is no store, or no policy, or a quota whose
            storage cannot be used.
    """

    def __init__(
        self,
        store: AnyStore,
        policy: Policy,
        *,
        gate: object,
        clock: Callable[[], float],
        counter: Counter,
        place: str,
        revocation: Revocation | None = None,
        memos: Memos | None = None,
    ) -> None:
        if not is_store(store):
            raise ConfigurationError(
                "a store needs a method find(key, kid=None), or 'async def "
                "afind(key, kid=None)'"
            )
        if not isinstance(policy, Policy):
            raise ConfigurationError("policy must be a Policy")
        self.store = store
        self.policy = policy
        self._gate = gate
        self._names_anonymous = isinstance(policy.anonymous, str)
        self._may_exempt = not policy.run_on_preflight
        self._hides = policy.hide_credentials
        self._dialect = policy.dialect
        self.collector = make_collector(policy)
        self._identification = identification = Identification(
            policy,
            collector=self.collector,
            backends=self,
            find_at_once=finder_without_waiting(store),
            admission=Admission(policy, gate, self),
            clock=clock,
            revocation=revocation,
            memo=(memos or Memos(0)).of(policy),
        )
        self._refusals = Refusals(policy, gate)
        self.enforcement = Enforcement(policy, counter, clock=clock, place=place)
        asks_more = self._may_exempt or not self.enforcement.is_idle
        self.identify = None if asks_more else identification.at_once

    @cached_property
    def backend(self) -> Backend:
        """How synchronous code uses the store; raises ConfigurationError if not."""
        return backend(self.store, finds_consumers=self._names_anonymous)

    @cached_property
    def async_backend(self) -> AsyncBackend:
        """How asynchronous code uses the store; raises ConfigurationError if not."""
        return async_backend(self.store, finds_consumers=self._names_anonymous)

    def demands_as(self, other: "Guard") -> bool:
        """Whether another guard demands the same of a request."""
        return self.policy == other.policy and self.store is other.store

    @property
    def admits_nobody(self) -> bool:
        """Whether a request of nobody known is refused in any case."""
        return self.enforcement.admits_nobody

    def admits(self, found: Authenticated | Anonymous, method: str) -> bool:
        """Whether an outcome of this guard holds for another method, too."""
        return self.enforcement.admits(found.consumer, method)

    def decide(
        self,
        request: RequestView,
        demands: Requirement | None = None,
        begun: Authenticated | Exception | None = None,
        found: object = None,
    ) -> Flow:
        """Decide on a request; raises its rejection.

        Args:
            request: The request.
            demands: What its view demands besides.
            begun: What :attr:`identify` gave or raised, if that was asked.
            found: What is on the request of an outcome.
        """
        if self._may_exempt and is_exempt(self.policy, request):
            if self._dialect.exempts_every_options:
                return (yield from self.decide_public(request, "preflight", found))
            # A browser's question uses nothing; but nobody may ask what is shut.
            if (shut := self.enforcement.shut) is not None:
                raise shut
            return Exempt("preflight", None, self._gate, (), self)
        caller: Authenticated | Anonymous
        try:
            if isinstance(begun, Exception):
                raise begun
            caller = begun or (yield from self._identification.flow(request))
        except Rejection as rejection:
            rejection.__traceback__ = None  # as where it is answered
            # Nobody calls: what holds then is what holds on a public route.
            if self._is_optional(rejection, demands):
                return (yield from self.decide_public(request, "optional", found))
            caller = yield from self._anonymous(request, rejection)
        if self.enforcement.holds(caller.consumer):
            return (yield from self._held(request, caller))
        return caller

    def _held(
        self, request: RequestView, caller: Authenticated | Anonymous
    ) -> Generator[Ask, Any, Authenticated | Anonymous]:
        known = caller.credential if isinstance(caller, Authenticated) else None
        try:
            headers = yield from self.enforcement.enforce(
                request, caller.consumer, known, caller.request_headers
            )
        except Rejection as rejection:
            rejection.caller = caller
            raise
        if not headers:
            return caller
        return replace(caller, response_headers=(*caller.response_headers, *headers))

    def decide_public(
        self,
        request: RequestView,
        why: Literal["public", "preflight", "optional"] = "public",
        found: object = None,
    ) -> Flow:
        """Decide where nobody is asked for a token; raises the request's rejection."""
        if isinstance(found, Exempt) and found.guard is self and found.why == why:
            return found  # counted once for a request
        headers = yield from self.enforcement.enforce(request, None)
        return Exempt(why, None, self._gate, headers, self)

    def refuse(
        self, rejection: Rejection, demands: Requirement | None = None
    ) -> Outcome:
        """Make the outcome of a rejection, by the policy's mode and dialect."""
        reports = self.policy.mode == "report" and not (
            demands is not None and demands.authenticated
        )
        if reports and rejection.reason.may_pass:
            if (shut := self.enforcement.shut) is None:
                would = self._refusals.of(rejection)
                return Exempt("report", would, self._gate, (), self)
            rejection = shut
        return self._refusals.of(rejection)

    def narrow(self, outcome: Outcome, demands: Requirement) -> Outcome:
        """Hold an outcome of this guard to what one view demands besides."""
        if isinstance(outcome, Denied):
            return outcome
        unmet = demands.unmet(outcome)
        if unmet is not None:
            if demands.passes(unmet):
                headers = outcome.response_headers
                return Exempt("optional", None, self._gate, headers, self)
            return self.refuse(unmet, demands)
        if demands.authenticated and isinstance(outcome, Exempt) and outcome.would:
            return outcome.would
        return outcome

    def _stands_in(self, reason: Reason) -> bool:
        if self.policy.anonymous is None or reason.our_fault:
            return False
        return self.policy.anonymous_for == "any" or reason is Reason.TOKEN_MISSING

    def _is_optional(self, rejection: Rejection, demands: Requirement | None) -> bool:
        if demands is None or self._stands_in(rejection.reason):
            return False
        return demands.passes(rejection)

    def _anonymous(
        self, request: RequestView, rejection: Rejection
    ) -> Generator[Ask, Any, Anonymous]:
        if not self._stands_in(rejection.reason):
            raise rejection
        consumer = self.policy.anonymous
        if isinstance(consumer, str):
            consumer = yield FindConsumer(consumer, self)
        if not isinstance(consumer, Consumer):
            raise Unavailable(Reason.ANONYMOUS_UNKNOWN)
        if not consumer.enabled:
            raise rejection
        headers = anonymous_headers(consumer, self.policy)
        hiding = self.collector.hiding(request) if self._hides else NOTHING_HIDDEN
        return Anonymous(
            consumer, rejection.reason, headers, (), self._gate, hiding, self
        )
