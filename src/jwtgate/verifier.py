"""What a policy demands of a token: pure steps, between the asks of a decision."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from math import floor
from typing import TypeAlias, final

from jwtgate import checks
from jwtgate._log import Problems
from jwtgate.asks import failed
from jwtgate.candidates import verify_with
from jwtgate.checks import Check, Failure
from jwtgate.credential import Credential
from jwtgate.errors import ClaimRejected, KeyRejected, MalformedToken
from jwtgate.jose import (
    UnverifiedToken,
    VerifiedToken,
    parse_compact,
    verify,
)
from jwtgate.jose.decoy import decoy_key, verify_in_vain
from jwtgate.jose.generations import Generations
from jwtgate.keyclaim import read_key
from jwtgate.keytext import MAX_KEY_OCTETS, is_key_text
from jwtgate.memo import Memo, remember
from jwtgate.policy import Policy
from jwtgate.reason import Reason
from jwtgate.rules import make_checks
from jwtgate.store import Found

__all__ = ["Verifier"]

Find: TypeAlias = Callable[[str, str | None], Found]
"""Finds the credentials of a key, as a store does."""

_SHORT_KEY = MAX_KEY_OCTETS // 4  # characters that are no more octets, of any kind
_KEPT_CHECKS = 1024  # as many issuers that differ in what they demand
_NO_TERMS: tuple[Check, ...] = ()


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
        self._remembers = self._memo.keeps
        dialect = policy.dialect
        self._hides_keys = dialect.hides_keys
        self._whole_seconds = dialect.whole_seconds
        self._algorithm_first = dialect.algorithm_before_key
        self._signature_first = dialect.signature_before_key
        self._parse_compact = (
            partial(parse_compact, dots_in_signature=True)
            if dialect.signature_before_key
            else parse_compact
        )
        self._algorithms = frozenset(policy.algorithms)
        self._leeway = policy.leeway
        self._key_claim = policy.key_claim
        self._key_in_payload = policy.key_claim_in[0] == "payload"
        self._checks = make_checks(policy)
        self._checks_if_timely = make_checks(policy, timely=True)
        self._problems = Problems()
        if self._hides_keys:
            for algorithm in self._algorithms:
                decoy_key(algorithm)  # parsed now, not while a client waits

    def identify(
        self, octets: bytes, find: Find, clock: Callable[[], float]
    ) -> tuple[Credential, VerifiedToken]:
        """Read a token, look its key up, verify it: with a store that never waits.

        Args:
            octets: The token as it was sent.
            find: Finds the credentials of a key.
            clock: Gives seconds since the epoch; read after the look-up.

        Raises:
            MalformedToken: See :meth:`read`.
            KeyRejected, ClaimRejected: See :meth:`verify`.
            Unavailable: See there; or the store failed.
        """
        token = self._memo[octets] if self._remembers else None
        if token is None:
            token = self._read(octets)
        found: Found = ()
        if key := token.named:
            try:
                found = find(key, token.header.kid)
            except Exception as error:  # noqa: BLE001 - a store may raise anything
                raise failed(error) from None
        return self.verify(found, token, key, clock())

    def read(self, octets: bytes) -> tuple[UnverifiedToken, str]:
        """Read a token, and the key that it names; nothing of it is trusted yet.

        Returns:
            Both; the key is empty if no store can be asked for it.

        Raises:
            MalformedToken: Not a JWT, or an algorithm that the policy does not allow,
                or no key.
        """
        token = self._memo[octets] or self._read(octets)
        return token, token.named

    def _read(self, octets: bytes) -> UnverifiedToken:
        token = self._parse_compact(octets)
        if token.header.alg not in self._algorithms or self._signature_first:
            self._check_form(token)
        key = token.claims.get(self._key_claim)
        # A short text in the payload alone, as nearly always; the rest is for rules.
        if (
            type(key) is str
            and key.isprintable()
            and 0 < len(key) <= _SHORT_KEY
            and self._key_in_payload
            and self._key_claim not in token.header.members
        ):
            token.named = key
            return token
        key = read_key(token, self._policy)
        token.named = key if is_key_text(key) else ""
        return token

    def parse(self, octets: bytes) -> UnverifiedToken:
        """Read a token; nothing in the result is trusted yet.

        Raises:
            MalformedToken: Not a JWT, or an algorithm that the policy does not allow.
        """
        token = self._parse_compact(octets)
        self._check_form(token)
        return token

    def _check_form(self, token: UnverifiedToken) -> None:
        if self._algorithm_first and token.header.alg not in self._algorithms:
            raise MalformedToken(Reason.ALGORITHM_UNSUPPORTED)
        if self._signature_first and token.signature is None:
            raise MalformedToken(Reason.SIGNATURE_MALFORMED)

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
        if self._whole_seconds:
            now = floor(now)
        known, header = token.verified, token.header
        grace, terms = self._leeway, _NO_TERMS
        credential = found[0] if type(found) is tuple and len(found) == 1 else None
        try:
            # As nearly always: there is one candidate, and nothing against it.
            if (
                type(credential) is Credential
                and credential.unconditional
                and credential.key == key
                and credential.kid == header.kid
                # Seen to before if it is known; that the key's is equal, by verify().
                and (known or header.alg in self._algorithms)
            ):
                own = credential.verification_key
                verified = known if known and known.key is own else verify(token, own)
            else:
                credential, verified = verify_with(
                    found, token, key, now, self._algorithms, self._problems
                )
                grace, terms = self.grace(credential), _terms(credential)
        except KeyRejected as rejection:
            if self._hides_keys and rejection.reason is not Reason.SIGNATURE_INVALID:
                verify_in_vain(token)
            raise
        if known is None and self._remembers:
            remember(self._memo, token, key)
        claims, chosen = verified.claims, self._checks
        exp, nbf = claims.get("exp"), claims.get("nbf", 0)
        # As nearly always; the checks themselves look at what is odd.
        if (
            type(exp) is int
            and type(nbf) is int
            and exp > now - grace
            and nbf < now + grace
        ):
            chosen = self._checks_if_timely
        if chosen or terms:
            _check_claims((*chosen, *terms), credential, verified, now, grace)
        return credential, verified

    def grace(self, credential: Credential) -> float:
        """Give the seconds of leeway that tokens of a credential have."""
        grace = credential.lifetime_grace_period
        return self._leeway if grace is None else grace


def _check_claims(
    chosen: Sequence[Check],
    credential: Credential,
    verified: VerifiedToken,
    now: float,
    grace: float,
) -> None:
    failures: list[Failure] = []
    for check in chosen:
        failure = check(verified, now, grace)
        if failure is not None:
            failures.append(failure)
    if failures:
        # What policy and credential both demand is told once.
        rejection = ClaimRejected(tuple(dict.fromkeys(failures)))
        rejection.caller = credential
        raise rejection


def _terms(credential: Credential) -> tuple[Check, ...]:
    return _checks_of(tuple(credential.audience), tuple(credential.types))


@lru_cache(maxsize=_KEPT_CHECKS)
def _checks_of(audience: tuple[str, ...], types: tuple[str, ...]) -> tuple[Check, ...]:
    chosen = []
    if audience:
        chosen.append(checks.audience(audience))
    if types:
        chosen.append(checks.token_type(types))
    return tuple(chosen)
