"""The key that a token names: exact text, no normalising."""

from jwtgate.errors import MalformedToken
from jwtgate.jose import UnverifiedToken
from jwtgate.policy import Policy
from jwtgate.reason import Reason

__all__ = ["read_key"]


def read_key(token: UnverifiedToken, policy: Policy) -> str:
    """Read the key claim.

    A later place counts only where an earlier one has no such member: a value that is
    there and unfit refuses, or else two readers would see two keys.

    Raises:
        MalformedToken: No key claim, one that is no text or empty, or two places that
            disagree where the dialect forbids it.

    Source: Kong ``key_claim_name``; RFC 8725 section 3.8.
    """
    name = policy.key_claim
    values = []
    for place in policy.key_claim_in:
        members = token.claims if place == "payload" else token.header.members
        if name in members:
            values.append(members[name])
    # Both gateways say of `false` what they say of no claim at all. It still hides a
    # later place: of a fallback two readers would see two keys.
    if not values or values[0] is False:
        raise MalformedToken(Reason.KEY_CLAIM_MISSING, claim=name)
    key = values[0]
    if type(key) is not str or not key:
        raise MalformedToken(Reason.KEY_CLAIM_INVALID, claim=name)
    if values[-1] != key and policy.dialect.key_claims_must_agree:
        raise MalformedToken(Reason.KEY_CLAIM_CONFLICT, claim=name)
    return key
