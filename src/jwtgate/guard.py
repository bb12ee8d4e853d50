"""A policy over a store: what is decided for the requests that come to it."""

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import cached_property
from math import floor
from typing import Any, Literal, final

from jwtgate._log import log_refusal
from jwtgate.admission import admit
from jwtgate.asks import Ask, FindConsumer, FindCredentials, Flow
from jwtgate.backend import AnyStore, AsyncBackend, Backend, async_backend, backend
from jwtgate.browser import is_cross_site, is_options, is_preflight
from jwtgate.candidates import verify_with
from jwtgate.consumer import Consumer
from jwtgate.counting import Counter
from jwtgate.credential import Credential
from jwtgate.enforcement import Enforcement
from jwtgate.errors import (
    ClaimRejected,
    ConfigurationError,
    CrossSite,
    KeyRejected,
    MalformedToken,
    Rejection,
    Unavailable,
)
from jwtgate.extraction import FoundToken, Hiding, RequestView
from jwtgate.jose import UnverifiedToken, VerifiedToken, parse_compact
from jwtgate.jose.decoy import decoy_key, verify_in_vain
from jwtgate.keyclaim import read_key
from jwtgate.keytext import is_key_text
from jwtgate.outcome import Anonymous, Authenticated, Exempt, Outcome
from jwtgate.policy import Policy
from jwtgate.reason import Reason
from jwtgate.refusals import Refusals
from jwtgate.rules import make_checks, make_collector
from jwtgate.store import AsyncCredentialStore, CredentialStore, Found
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
    ) -> None:
        if not isinstance(store, CredentialStore | AsyncCredentialStore):
            raise ConfigurationError(
                "a store needs a method find(key, kid=None), or 'async def "
                "afind(key, kid=None)'"
            )
        if not isinstance(policy, Policy):
            raise ConfigurationError("policy must be a Policy")
        self.store = store
        self.policy = policy
        self._gate = gate
        self._clock = clock
        self._names_anonymous = isinstance(policy.anonymous, str)
        self._dialect = policy.dialect
        self._algorithms = frozenset(policy.algorithms)
        self._origins = frozenset(map(str.encode, policy.trusted_origins))
        self._collector = make_collector(policy)
        self._checks = make_checks(policy)
        self._refusals = Refusals(policy, gate)
        self._enforcement = Enforcement(policy, counter, clock=clock, place=place)
        if self._dialect.hides_keys:
            for algorithm in self._algorithms:
                decoy_key(algorithm)  # parsed now, not while a client waits

    @cached_property
    def backend(self) -> Backend:
        """How synchronous code uses the store; raises ConfigurationError if not."""
        return backend(self.store, finds_consumers=self._names_anonymous)

    @cached_property
    def async_backend(self) -> AsyncBackend:
        """How asynchronous code uses the store; raises ConfigurationError if not."""
        return async_backend(self.store, finds_consumers=self._names_anonymous)

    def decide(self, request: RequestView) -> Flow:
        """Decide on a request; raises its rejection."""
        if self._is_exempt(request):
            if self._dialect.exempts_every_options:
                return (yield from self.decide_public(request, "preflight"))
            # A browser's question uses nothing; but nobody may ask what is shut.
            self._enforcement.terminate()
            return Exempt("preflight", None, self._gate)
        caller: Authenticated | Anonymous
        try:
            caller = yield from self._authenticate(request)
        except Rejection as rejection:
            if not self._stands_in(rejection.reason):
                raise
            caller = yield from self._anonymous(request, rejection)
        if not self._enforcement.holds(caller.consumer):
            return caller
        known = caller.credential if isinstance(caller, Authenticated) else None
        headers = yield from self._enforcement.enforce(request, caller.consumer, known)
        if headers:
            caller = replace(
                caller, response_headers=(*caller.response_headers, *headers)
            )
        return caller

    def decide_public(
        self, request: RequestView, why: Literal["public", "preflight"] = "public"
    ) -> Flow:
        """Decide where nobody is asked for a token; raises the request's rejection."""
        headers = yield from self._enforcement.enforce(request, None)
        return Exempt(why, None, self._gate, headers)

    def refuse(self, rejection: Rejection) -> Outcome:
        """Make the outcome of a rejection, by the policy's mode and dialect."""
        denied = self._refusals.of(rejection)
        if self.policy.mode == "report" and rejection.reason.may_pass:
            log_refusal(rejection, "exempt")
            return Exempt("report", denied, self._gate)
        log_refusal(rejection, "denied")
        return denied

    def _authenticate(self, request: RequestView) -> Generator[Ask, Any, Authenticated]:
        sent = self._collect(request)
        token = self._parse(sent)
        key = read_key(token, self.policy)
        found: Found = ()
        if is_key_text(key):
            found = yield FindCredentials(key, token.header.kid, self)
        now = self._now()
        credential, verified = self._verify(found, token, key, now)
        self._check_claims(credential, verified, now)
        return admit(
            credential,
            verified,
            carriers=sent.carriers,
            policy=self.policy,
            hiding=self._hiding(request),
            gate=self._gate,
            guard=self,
        )

    def _hiding(self, request: RequestView) -> Hiding:
        if not self.policy.hide_credentials:
            return Hiding()
        return self._collector.hiding(request)

    def _is_exempt(self, request: RequestView) -> bool:
        if self.policy.run_on_preflight:
            return False
        if self._dialect.exempts_every_options:
            return is_options(request)
        return is_preflight(request)

    def _now(self) -> float:
        now = self._clock()
        return floor(now) if self._dialect.whole_seconds else now

    def _collect(self, request: RequestView) -> FoundToken:
        sent = self._collector.collect(request)
        if (
            self.policy.csrf
            and sent.carriers == {"cookie"}
            and is_cross_site(request, self._origins)
        ):
            raise CrossSite
        return sent

    def _parse(self, sent: FoundToken) -> UnverifiedToken:
        token = parse_compact(
            sent.value, dots_in_signature=self._dialect.signature_before_key
        )
        allowed = token.header.alg in self._algorithms
        if self._dialect.algorithm_before_key and not allowed:
            raise MalformedToken(Reason.ALGORITHM_UNSUPPORTED)
        if self._dialect.signature_before_key and token.signature is None:
            raise MalformedToken(Reason.SIGNATURE_MALFORMED)
        return token

    def _verify(
        self, found: Found, token: UnverifiedToken, key: str, now: float
    ) -> tuple[Credential, VerifiedToken]:
        try:
            return verify_with(found, token, key, now, self._algorithms)
        except KeyRejected as rejection:
            worked = rejection.reason is Reason.SIGNATURE_INVALID
            if self._dialect.hides_keys and not worked:
                verify_in_vain(token)
            raise

    def _check_claims(
        self, credential: Credential, verified: VerifiedToken, now: float
    ) -> None:
        grace = credential.lifetime_grace_period
        if grace is None:
            grace = self.policy.leeway
        failures = [
            failure
            for check in self._checks
            if (failure := check(verified, now, grace))
        ]
        if failures:
            raise ClaimRejected(failures)

    def _stands_in(self, reason: Reason) -> bool:
        if self.policy.anonymous is None or reason.our_fault:
            return False
        return self.policy.anonymous_for == "any" or reason is Reason.TOKEN_MISSING

    def _anonymous(
        self, request: RequestView, rejection: Rejection
    ) -> Generator[Ask, Any, Anonymous]:
        consumer = self.policy.anonymous
        if isinstance(consumer, str):
            consumer = yield FindConsumer(consumer, self)
        if not isinstance(consumer, Consumer):
            raise Unavailable(Reason.ANONYMOUS_UNKNOWN)
        if not consumer.enabled:
            raise rejection
        if rejection.reason is not Reason.TOKEN_MISSING:
            log_refusal(rejection, "anonymous")
        headers = anonymous_headers(consumer, self.policy)
        hiding = self._hiding(request)
        return Anonymous(
            consumer, rejection.reason, headers, (), self._gate, hiding, self
        )
