"""The JWS Compact Serialization (RFC 7515 section 7.1)."""

from sys import intern
from typing import TYPE_CHECKING, final

from jwtgate.errors import MalformedToken
from jwtgate.jose import base64url
from jwtgate.jose.claims import Claims, parse_claims
from jwtgate.jose.header import Header, kept_header, parse_header
from jwtgate.jose.strictjson import JSONObject, copied, is_flat
from jwtgate.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from jwtgate.jose.keys import VerificationKey

__all__ = ["MAX_TOKEN_LENGTH", "UnverifiedToken", "parse_compact"]

MAX_TOKEN_LENGTH = 8192
"""Characters; some servers hand on headers of a megabyte, so the bound is ours."""


@final
class UnverifiedToken:
    """A token that was read; nothing in it is trusted yet.

    Attributes:
        header: The JOSE header.
        claims: The Claims Set.
        copied: Gives each request claims of its own, if several have the token.
        octets: The whole token as it was sent.
        holds_under: The key under which :func:`jwtgate.jose.verify` found that the
            signature holds, if it has looked.
        new_header: The header's segment, unless what was read of it is kept.
    """

    __slots__ = (
        "_dot",
        "claims",
        "copied",
        "header",
        "holds_under",
        "new_header",
        "octets",
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
        self._dot = dot
        self.new_header = new_header
        self.holds_under: VerificationKey | None = None
        self.copied: Callable[[Claims], Claims] | None = None

    def share(self) -> bool:
        """Make it one that several requests may have, each with claims of its own.

        Returns:
            Whether it can be: its header has to be flat.
        """
        claims = self.claims
        self.copied = JSONObject
        if not is_flat(claims):
            claims = copied(claims)
            self.copied = copied
        # The names of claims are the same in most tokens.
        self.claims = JSONObject(zip(map(intern, claims), claims.values(), strict=True))
        self.new_header = None
        return is_flat(self.header.members)

    @property
    def signing_input(self) -> bytes:
        """The exact octets that the signature covers."""
        return self.octets[: self._dot]

    @property
    def signature(self) -> bytes | None:
        """The JWS signature's octets, or None if its segment is not base64url.

        That is refused when the signature is checked, not before.
        """
        try:
            return base64url.decode(self.octets[self._dot + 1 :])
        except ValueError:
            return None


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
    first, second, third = segments
    known = kept_header(first)
    try:
        header = b"" if known else base64url.decode(first)
        payload = base64url.decode(second)
    except ValueError:
        raise MalformedToken(Reason.TOKEN_MALFORMED) from None
    return UnverifiedToken(
        known or parse_header(header),
        parse_claims(payload),
        token,
        len(token) - len(third) - 1,
        None if known else first,
    )
