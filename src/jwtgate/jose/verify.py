"""From an unverified token to a verified one: the only way there is."""

from jwtgate.errors import KeyRejected
from jwtgate.jose.claims import Claims
from jwtgate.jose.compact import UnverifiedToken
from jwtgate.jose.header import Header, keep_header
from jwtgate.jose.keys import VerificationKey
from jwtgate.reason import Reason
from jwtgate.record import per_request

__all__ = ["VerifiedToken", "verify"]


@per_request
class VerifiedToken:
    """A token whose signature holds under one key; only :func:`verify` makes one.

    Attributes:
        header: The JOSE header.
        claims: The Claims Set; who signed it, not yet whether it may be used now.
    """

    header: Header
    claims: Claims


def verify(token: UnverifiedToken, key: VerificationKey) -> VerifiedToken:
    """Check the signature with the key's own algorithm.

    Raises:
        KeyRejected: The token's ``alg`` is not exactly the key's algorithm, even
            where the signature would hold; a signature that is not base64url; one
            that does not cover the token.

    Source: RFC 7515 section 5.2 (step 8); RFC 8725 section 3.1.
    """
    if token.header.alg != key.algorithm:
        raise KeyRejected(Reason.ALGORITHM_MISMATCH)
    # Of the very same object that it made this signature stays as it is.
    if token.holds_under is not key:
        signature = token.signature
        if signature is None:
            raise KeyRejected(Reason.SIGNATURE_MALFORMED)
        if not key.verify(signature, token.signing_input):
            raise KeyRejected(Reason.SIGNATURE_INVALID)
        token.holds_under = key
        if token.new_header is not None:
            keep_header(token.new_header, token.header)
    copied = token.copied
    claims = token.claims
    return VerifiedToken(token.header, claims if copied is None else copied(claims))
