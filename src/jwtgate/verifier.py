"""What a policy demands of a token: pure steps, between the asks of a decision."""

from functools import lru_cache
from math import floor
from typing import final

from jwtgate import checks
from jwtgate._log import Problems
from jwtgate.candidates import verify_with
from jwtgate.checks import Check, Failure
from jwtgate.credential import Credential
from jwtgate.errors import ClaimRejected, KeyRejected, MalformedToken
from jwtgate.jose import UnverifiedToken, VerifiedToken, parse_compact
from jwtgate.jose.decoy import decoy_key, verify_in_vain
from jwtgate.jose.generations import Generations
from jwtgate.keyclaim import read_key
from jwtgate.memo import Memo, remember
from jwtgate.policy import Policy
from jwtgate.reason import Reason
from jwtgate.rules import make_checks
from jwtgate.store import Found

__all__ = ["Verifier"]

_KEPT_CHECKS = 1024  # as many issuers that differ in what they demand


@final
class Verifier:
    """Reads and verifies tokens as one policy demands it.

    Args:
        policy: The policy.
        memo: Remembers tokens that were verified, if anything does.
    """

    def __init__(self, policy: Policy, memo: Memo | None = None) -> None:
        self._policy = policy
        self._memo: Memo = Generations(0) if memo is None else memo
        self._dialect = policy.dialect
        self._algorithms = frozenset(policy.algorithms)
        self._leeway = policy.leeway
        self._checks = make_checks(policy)
        self._problems = Problems()
        if self._dialect.hides_keys:
            for algorithm in self._algorithms:
                decoy_key(algorithm)  # parsed now, not while a client waits

    def read(self, octets: bytes) -> tuple[UnverifiedToken, str]:
        """Read a token, and the key that it names; nothing of it is trusted yet.

        Raises:
            MalformedToken: Not a JWT, or an algorithm that the policy does not allow,
                or no key.
        """
        known = self._memo.get(octets)
        # Its algorithm may be one that another route allows.
        if known is not None and known[0].header.alg in self._algorithms:
            return known
        token = self.parse(octets)
        return token, read_key(token, self._policy)

    def parse(self, octets: bytes) -> UnverifiedToken:
        """Read a token; nothing in the result is trusted yet.

        Raises:
            MalformedToken: Not a JWT, or an algorithm that the policy does not allow.
        """
        dialect = self._dialect
        token = parse_compact(octets, dots_in_signature=dialect.signature_before_key)
        if dialect.algorithm_before_key and token.header.alg not in self._algorithms:
            raise MalformedToken(Reason.ALGORITHM_UNSUPPORTED)
        if dialect.signature_before_key and token.signature is None:
            raise MalformedToken(Reason.SIGNATURE_MALFORMED)
        return token

    def verify(
        self, found: Found, token: UnverifiedToken, key: str, now: float
    ) -> tuple[Credential, VerifiedToken]:
        """Find the credential that verifies a token, then check the token's claims.

        Args:
            found: What the store gave for the key.
            token: The token.
            key: The key it names.
            now: Seconds since the epoch.

        Raises:
            KeyRejected: None of them verifies it.
            ClaimRejected: Every claim that refuses.
            Unavailable: A credential that may verify it cannot be used.
        """
        if self._dialect.whole_seconds:
            now = floor(now)
        is_new = token.holds_under is None
        try:
            credential, verified = verify_with(
                found, token, key, now, self._algorithms, self._problems
            )
        except KeyRejected as rejection:
            worked = rejection.reason is Reason.SIGNATURE_INVALID
            if self._dialect.hides_keys and not worked:
                verify_in_vain(token)
            raise
        if is_new:
            remember(self._memo, token, key)
        self._check_claims(credential, verified, now)
        return credential, verified

    def grace(self, credential: Credential) -> float:
        """Give the seconds of leeway that tokens of a credential have."""
        grace = credential.lifetime_grace_period
        return self._leeway if grace is None else grace

    def _check_claims(
        self, credential: Credential, verified: VerifiedToken, now: float
    ) -> None:
        checks = self._checks
        if credential.audience or credential.types:
            checks += _own_checks(tuple(credential.audience), tuple(credential.types))
        grace = credential.lifetime_grace_period
        if grace is None:
            grace = self._leeway
        failures: list[Failure] = []
        for check in checks:
            failure = check(verified, now, grace)
            if failure is not None:
                failures.append(failure)
        if failures:
            # What policy and credential both demand is told once.
            rejection = ClaimRejected(tuple(dict.fromkeys(failures)))
            rejection.caller = credential
            raise rejection


@lru_cache(maxsize=_KEPT_CHECKS)
def _own_checks(audience: tuple[str, ...], types: tuple[str, ...]) -> tuple[Check, ...]:
    chosen = []
    if audience:
        chosen.append(checks.audience(audience))
    if types:
        chosen.append(checks.token_type(types))
    return tuple(chosen)
