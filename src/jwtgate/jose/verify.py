"""From an unverified token to a verified one: the only way there is."""

from collections.abc import Callable
from dataclasses import replace

from jwtgate.errors import KeyRejected
from jwtgate.jose import base64url
from jwtgate.jose.claims import Claims
from jwtgate.jose.compact import UnverifiedToken
from jwtgate.jose.generations import Generations
from jwtgate.jose.header import Header, keep_header
from jwtgate.jose.keys import VerificationKey
from jwtgate.jose.strictjson import JSONObject, copied, is_flat
from jwtgate.reason import Reason
from jwtgate.record import per_request

__all__ = ["VerifiedToken", "share", "verify"]

# Not interned: whoever has a key chooses them, and Python 3.12 has releases that never
# let go of an interned text.
_TEXTS: Generations[str, str] = Generations(1024)


@per_request
class VerifiedToken:
    """A token whose signature holds under one key; only :func:`verify` makes one.

    Attributes:
        header: The JOSE header.
        claims: The Claims Set; who signed it, not yet whether it may be used now.
        key: The key, of a token that :func:`verify` made.
        copied: Gives each request claims of its own, if several have the token.
    """

    header: Header
    claims: Claims
    key: VerificationKey | None = None
    copied: Callable[[Claims], Claims] | None = None


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
    known = token.verified
    if known is not None and known.key is key:
        return known
    octets, dot = token.octets, token.dot
    try:
        signature = base64url.decode(octets[dot + 1 :])
    except ValueError:
        raise KeyRejected(Reason.SIGNATURE_MALFORMED) from None
    if not key.verify(signature, octets[:dot]):
        raise KeyRejected(Reason.SIGNATURE_INVALID)
    if token.new_header is not None:
        keep_header(token.new_header, token.header)
    if known is None:
        verified = VerifiedToken(token.header, token.claims, key)
    else:
        verified = replace(known, key=key)
    token.verified = verified
    return verified


def share(token: UnverifiedToken, named: str) -> bool:
    """Make a token one that several requests may have, each with claims of its own.

    Args:
        token: One that was just verified; who has it already keeps the claims of now.
        named: The key that it names.

    Returns:
        Whether it can be: its header has to be flat.
    """
    verified, claims = token.verified, token.claims
    if verified is None or not is_flat(token.header.members):
        return False
    copying: Callable[[Claims], Claims] = JSONObject
    if not is_flat(claims):
        claims = copied(claims)
        copying = copied
    # The names of claims are the same in most tokens, and keys name many of them.
    token.named = key = _TEXTS[named] or _keep(named)
    token.claims = JSONObject(
        (_TEXTS[name] or _keep(name), key if value is named else value)
        for name, value in claims.items()
    )
    token.new_header = None
    token.verified = VerifiedToken(token.header, token.claims, verified.key, copying)
    return True


def _keep(text: str) -> str:
    _TEXTS.put(text, text)
    return text
