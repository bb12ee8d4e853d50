"""The JWS Compact Serialization (RFC 7515 section 7.1)."""

from typing import TYPE_CHECKING, final

from jwtgate.errors import MalformedToken
from jwtgate.jose import base64url
from jwtgate.jose.claims import Claims, parse_claims
from jwtgate.jose.header import KEPT_HEADERS, Header, parse_header
from jwtgate.jose.segment import read_usual
from jwtgate.reason import Reason

if TYPE_CHECKING:
    from jwtgate.jose.verify import VerifiedToken

__all__ = ["MAX_TOKEN_LENGTH", "UnverifiedToken", "parse_compact"]

_DOT = ord(".")  # sought as a number, which takes a third of the time

MAX_TOKEN_LENGTH = 8192
"""Characters; some servers hand on headers of a megabyte, so the bound is ours."""


@final
class UnverifiedToken:
    """A token that was read; nothing in it is trusted yet.

    Attributes:
        header: The JOSE header.
        claims: The Claims Set.
        octets: The whole token as it was sent.
        dot: Where in it the signing input ends.
        verified: What :func:`jwtgate.jose.verify` made of it, if the signature holds.
        named: The key that it names, once that was read, if stores may be asked for it.
        new_header: The header's segment, unless what was read of it is kept.
    """

    __slots__ = (
        "claims",
        "dot",
        "header",
        "named",
        "new_header",
        "octets",
        "verified",
    )

    def __init__(
        self,
        header: Header,
        claims: Claims,
        octets: bytes,
        dot: int,
        new_header: bytes | None,
    ) -> None:
        self.header = header
        self.claims = claims
        self.octets = octets
        self.dot = dot
        self.new_header = new_header
        self.verified: VerifiedToken | None = None
        self.named = ""

    @property
    def signing_input(self) -> bytes:
        """The exact octets that the signature covers."""
        return self.octets[: self.dot]

    @property
    def signature(self) -> bytes | None:
        """The JWS signature's octets, or None if its segment is not base64url.

        That is refused when the signature is checked, not before.
        """
        try:
            return base64url.decode(self.octets[self.dot + 1 :])
        except ValueError:
            return None


def parse_compact(
    token: bytes,
    dots_in_signature: bool = False,  # noqa: FBT001, FBT002 - a call takes longer if it is by name alone
) -> UnverifiedToken:
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
    # Not by split, which takes each octet by itself, and 8 KB of dots apart.
    first, _, rest = token.partition(b".")
    second, found, third = rest.partition(b".")
    if not found or (_DOT in third and not dots_in_signature):
        raise MalformedToken(Reason.TOKEN_MALFORMED)
    dot = len(token) - len(third) - 1
    header, claims = KEPT_HEADERS[first], read_usual(second)
    if header is not None and claims is not None:
        return UnverifiedToken(header, claims, token, dot, None)
    try:
        members = base64url.decode(first)
        payload = base64url.decode(second)
    except ValueError:
        raise MalformedToken(Reason.TOKEN_MALFORMED) from None
    return UnverifiedToken(
        header or parse_header(members),
        claims or parse_claims(payload),
        token,
        dot,
        None if header else first,
    )
