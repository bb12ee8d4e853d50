"""The JWS Compact Serialization (RFC 7515 section 7.1)."""

from jwtgate.errors import MalformedToken
from jwtgate.jose import base64url
from jwtgate.jose.claims import Claims, parse_claims
from jwtgate.jose.header import Header, parse_header
from jwtgate.reason import Reason
from jwtgate.record import per_request

__all__ = ["MAX_TOKEN_LENGTH", "UnverifiedToken", "parse_compact"]

MAX_TOKEN_LENGTH = 8192
"""Characters; some servers hand on headers of a megabyte, so the bound is ours."""


@per_request
class UnverifiedToken:
    """A token that was read; nothing in it is trusted yet.

    Attributes:
        header: The JOSE header.
        claims: The Claims Set.
        signature: The JWS signature's octets, or None if its segment is not
            base64url: that is refused when the signature is checked, not before.
        signing_input: The exact octets that the signature covers.
    """

    header: Header
    claims: Claims
    signature: bytes | None
    signing_input: bytes


def parse_compact(token: bytes, *, dots_in_signature: bool = False) -> UnverifiedToken:
    """Split and decode a compact JWS; nothing in the result is trusted yet.

    Args:
        token: Three base64url segments joined by dots, at most 8192 characters.
        dots_in_signature: Take further dots for a part of the signature, which is no
            base64url then. Source: Kong, which splits at the first two.

    Returns:
        Header and claims as read-only mappings, the signature, and the octets it
        covers.

    Raises:
        MalformedToken: Too long, wrong segment count (a JWE has five), non-canonical
            base64url, JSON that is not one object, a member name that occurs twice, a
            number that is not finite, an extension.

    Source: RFC 7515 sections 4, 5.2 (steps 1 to 7) and 7.1.
    """
    if len(token) > MAX_TOKEN_LENGTH:
        raise MalformedToken(Reason.TOKEN_TOO_LONG)
    # A fourth dot would need a fifth piece: 8 KB of dots must not cost 8,192 of them.
    segments = token.split(b".", 2 if dots_in_signature else 3)
    if len(segments) != 3:
        raise MalformedToken(Reason.TOKEN_MALFORMED)
    try:
        header = base64url.decode(segments[0])
        payload = base64url.decode(segments[1])
    except ValueError:
        raise MalformedToken(Reason.TOKEN_MALFORMED) from None
    return UnverifiedToken(
        parse_header(header),
        parse_claims(payload),
        _signature(segments[2]),
        token[: -len(segments[2]) - 1],
    )


def _signature(segment: bytes) -> bytes | None:
    try:
        return base64url.decode(segment)
    except ValueError:
        return None
