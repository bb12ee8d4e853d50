"""From a verified token to who calls."""

from collections.abc import Collection
from typing import Final, TypeAlias, final

from jwtgate.consumer import Consumer, named_by_claim
from jwtgate.credential import Credential, CredentialView
from jwtgate.errors import ClaimRejected
from jwtgate.extraction import Carrier, Hiding
from jwtgate.jose import VerifiedToken
from jwtgate.jose.generations import Generations
from jwtgate.keytext import is_key_text
from jwtgate.outcome import Authenticated, HeaderPairs
from jwtgate.policy import Policy
from jwtgate.reason import Reason
from jwtgate.upstream import authenticated_headers

__all__ = ["Admission", "caller"]

_NO_STORE: Final = (("Cache-Control", "no-store"),)
_MOST_KEPT: Final = 512  # credentials of which a guard keeps what an app sees

_Shown: TypeAlias = tuple[Credential, CredentialView, HeaderPairs]


@final
class Admission:
    """Makes the outcomes of tokens whose claims were checked.

    Args:
        policy: Chooses the identity headers.
        gate: The gate that decides.
        guard: What decides within it.
    """

    def __init__(self, policy: Policy, gate: object, guard: object) -> None:
        self._policy = policy
        self._gate = gate
        self._guard = guard
        # By the credential itself, not by one that is equal: that would cost more
        # than to write them. An id is nobody else's while its owner is kept.
        self._kept: Generations[int, _Shown] = Generations(_MOST_KEPT)

    def admit(
        self,
        credential: Credential,
        verified: VerifiedToken,
        carriers: Collection[Carrier],
        hiding: Hiding,
    ) -> Authenticated:
        """Make the outcome of a token.

        Args:
            credential: What the token was verified with.
            verified: The token.
            carriers: The kinds of carriers that held it.
            hiding: Takes the token out of what the app sees.

        Raises:
            ClaimRejected: The consumer is named by a claim, and that does not name one.
        """
        _, view, headers = self._kept[id(credential)] or self._show(credential)
        consumer = credential.consumer
        if credential.consumer_claim is not None:
            consumer = caller(credential, verified)
            headers = authenticated_headers(consumer, view, self._policy)
        claims, copied = verified.claims, verified.copied
        return Authenticated(
            consumer,
            view,
            # What one request does to its claims, no other may see.
            claims if copied is None else copied(claims),
            verified.header.members,
            headers,
            # RFC 6750 2.3: what a URL with a token gives is not for caches.
            _NO_STORE if "query" in carriers else (),
            self._gate,
            hiding,
            self._guard,
        )

    def _show(self, credential: Credential) -> _Shown:
        view = credential.view
        headers = authenticated_headers(credential.consumer, view, self._policy)
        shown = credential, view, headers
        self._kept.put(id(credential), shown)
        return shown


def caller(credential: Credential, verified: VerifiedToken) -> Consumer:
    """Give the credential's consumer, or the one that its ``consumer_claim`` names.

    Raises:
        ClaimRejected: That claim is missing, or no printable text of 1 to 512 octets.
    """
    claim = credential.consumer_claim
    if claim is None:
        return credential.consumer
    value = verified.claims.get(claim)
    if is_key_text(value):
        return named_by_claim(credential.key, value, credential.consumer)
    is_there = claim in verified.claims
    why = Reason.CLAIM_INVALID if is_there else Reason.CLAIM_MISSING
    rejection = ClaimRejected([(claim, why)])
    rejection.caller = credential
    raise rejection
