"""From a verified token to who calls."""

from collections.abc import Collection

from jwtgate.consumer import Consumer, named_by_claim
from jwtgate.credential import Credential
from jwtgate.errors import ClaimRejected
from jwtgate.extraction import Carrier, Hiding
from jwtgate.jose import VerifiedToken
from jwtgate.jose.strictjson import JSONObject
from jwtgate.keytext import is_key_text
from jwtgate.outcome import Authenticated
from jwtgate.policy import Policy
from jwtgate.reason import Reason
from jwtgate.upstream import authenticated_headers

__all__ = ["admit", "caller"]

_NO_STORE = ("Cache-Control", "no-store")


def admit(
    credential: Credential,
    verified: VerifiedToken,
    carriers: Collection[Carrier],
    policy: Policy,
    hiding: Hiding,
    gate: object,
    guard: object,
) -> Authenticated:
    """Make the outcome of a token whose claims were checked.

    Args:
        credential: What the token was verified with.
        verified: The token.
        carriers: The kinds of carriers that held it.
        policy: Chooses the identity headers.
        hiding: Takes the token out of what the app sees.
        gate: The gate that decided.
        guard: What decided within it.

    Raises:
        ClaimRejected: The consumer is named by a claim, and that does not name one.
    """
    consumer = credential.consumer
    if credential.consumer_claim is not None:
        consumer = caller(credential, verified)
    return Authenticated(
        consumer,
        credential.view,
        verified.claims,
        JSONObject(verified.header.members),  # other tokens may have the same
        authenticated_headers(consumer, credential.view, policy),
        # RFC 6750 2.3: what a URL with a token gives is not for caches.
        (_NO_STORE,) if "query" in carriers else (),
        gate,
        hiding,
        guard,
    )


def caller(credential: Credential, verified: VerifiedToken) -> Consumer:
    """Give the credential's consumer, or the one that its ``consumer_claim`` names.

    Raises:
        ClaimRejected: That claim is missing, or no printable text of 1 to 512 octets.
    """
    claim = credential.consumer_claim
    if claim is None:
        return credential.consumer
    if claim not in verified.claims:
        raise ClaimRejected([(claim, Reason.CLAIM_MISSING)])
    value = verified.claims[claim]
    if not is_key_text(value):
        raise ClaimRejected([(claim, Reason.CLAIM_INVALID)])
    return named_by_claim(credential.key, value, credential.consumer)
