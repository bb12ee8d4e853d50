"""The gate: what happens to a request, in order."""

import time
from collections.abc import Callable
from functools import cached_property
from math import floor
from typing import final

from jwtgate._log import log_failure, log_refusal
from jwtgate.admission import admit
from jwtgate.asks import FindConsumer, FindCredentials, Flow
from jwtgate.backend import AnyStore, AsyncBackend, Backend, async_backend, backend
from jwtgate.browser import is_cross_site, is_options, is_preflight
from jwtgate.candidates import verify_with
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
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

__all__ = ["Gate"]


@final
class Gate:
    """Decides who calls, by one policy and one store.

    A gate holds no state of requests: one serves any number of threads, event loops,
    adapters and frameworks, and several may live in one process.

    Args:
        store: Finds the credentials of a key; ``find``, ``afind`` or both.
        policy: What is demanded of a request; the strict defaults if left out.
        clock: Gives seconds since the epoch; read once for each token.

    Raises:
        ConfigurationError: Something that is no store, or no policy.
    """

    def __init__(
        self,
        store: AnyStore,
        policy: Policy | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not isinstance(store, CredentialStore | AsyncCredentialStore):
            raise ConfigurationError(
                "a store needs a method find(key, kid=None), or 'async def "
                "afind(key, kid=None)'"
            )
        if not isinstance(policy, Policy | None):
            raise ConfigurationError("policy must be a Policy")
        self.store = store
        self.policy = policy or Policy()
        self._clock = clock
        self._dialect = self.policy.dialect
        self._algorithms = frozenset(self.policy.algorithms)
        self._origins = frozenset(map(str.encode, self.policy.trusted_origins))
        self._collector = make_collector(self.policy)
        self._checks = make_checks(self.policy)
        self._refusals = Refusals(self.policy, self)
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

    @property
    def _names_anonymous(self) -> bool:
        return isinstance(self.policy.anonymous, str)

    def decide(self, request: RequestView) -> Flow:
        """Decide on a request; the steps are those of ``docs/decision.md``.

        Returns:
            A generator that yields asks for the store, is sent their answers, and
            returns the outcome. It raises nothing, whatever the request holds:
            refusals, and failures of ours, become ``Denied`` here.
        """
        try:
            return (yield from self._decide(request))
        except Rejection as rejection:
            return self._refuse(rejection)
        except Exception as error:  # noqa: BLE001 - fail closed, and never by raising
            log_failure("the gate failed", error)
            return self._refuse(Unavailable(Reason.INTERNAL))

    def _decide(self, request: RequestView) -> Flow:
        if self._is_exempt(request):
            return Exempt("preflight", None, self)
        try:
            sent = self._collect(request)
            token = self._parse(sent)
            key = read_key(token, self.policy)
            found: Found = ()
            if is_key_text(key):
                found = yield FindCredentials(key, token.header.kid)
            now = self._now()
            credential, verified = self._verify(found, token, key, now)
            self._check_claims(credential, verified, now)
            return admit(
                credential,
                verified,
                carriers=sent.carriers,
                dialect=self._dialect,
                gate=self,
            )
        except Rejection as rejection:
            if not self._stands_in(rejection.reason):
                raise
            return (yield from self._anonymous(rejection))

    def hiding(self, request: RequestView, outcome: Outcome) -> Hiding:
        """What an adapter takes out of a request before it reaches the app.

        What is exempt keeps its tokens: in report mode nothing was decided for it, and
        a gate further in would take it for a request without any.
        """
        if not self.policy.hide_credentials or isinstance(outcome, Exempt):
            return Hiding()
        return self._collector.hiding(request)

    def standing(self, found: object) -> Authenticated | Anonymous | None:
        """Give back an outcome found on a request, if it is this gate's and stands.

        Anything else is decided afresh: what another gate let through, or this one
        let pass without identity, says nothing here.
        """
        if isinstance(found, Authenticated | Anonymous) and found.gate is self:
            return found
        return None

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
        token = parse_compact(sent.value)
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

    def _anonymous(self, rejection: Rejection) -> Flow:
        consumer = self.policy.anonymous
        if isinstance(consumer, str):
            consumer = yield FindConsumer(consumer)
        if not isinstance(consumer, Consumer):
            raise Unavailable(Reason.ANONYMOUS_UNKNOWN)
        if rejection.reason is not Reason.TOKEN_MISSING:
            log_refusal(rejection, "anonymous")
        headers = anonymous_headers(consumer, self._dialect)
        return Anonymous(consumer, rejection.reason, headers, (), self)

    def _refuse(self, rejection: Rejection) -> Outcome:
        denied = self._refusals.of(rejection)
        if self.policy.mode == "report" and not rejection.reason.our_fault:
            log_refusal(rejection, "exempt")
            return Exempt("report", denied, self)
        log_refusal(rejection, "denied")
        return denied
