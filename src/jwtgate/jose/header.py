"""The JOSE header (RFC 7515 section 4)."""

from jwtgate.errors import MalformedToken
from jwtgate.jose.generations import Generations
from jwtgate.jose.strictjson import JSONObject, is_flat, parse_object
from jwtgate.keytext import is_key_text
from jwtgate.reason import Reason
from jwtgate.record import per_request

__all__ = ["KEPT_HEADERS", "Header", "keep_header", "parse_header"]

_KEPT = 256
_LONGEST_KEPT = 512  # octets of a segment


@per_request
class Header:
    """What the header says; nothing of it is trusted.

    ``jku``, ``jwk``, ``x5u``, ``x5c`` and ``x5t`` are members like any other: no key
    ever comes from a token (RFC 8725 section 3.10).

    Attributes:
        alg: The ``alg`` member if it is a text, else None, which equals no algorithm.
        kid: The ``kid`` member if present.
        members: All members, read-only.
    """

    alg: str | None
    kid: str | None
    members: JSONObject


KEPT_HEADERS: Generations[bytes, Header] = Generations(_KEPT)
"""By segment what was read of an equal one; None if nothing is kept."""


def keep_header(segment: bytes, header: Header) -> None:
    """Keep what was read of a segment, once a signature over it holds.

    The tokens of a key mostly have one header. Before that, nothing is kept: who has
    no key could fill the table else.
    """
    if len(segment) <= _LONGEST_KEPT and is_flat(header.members):
        KEPT_HEADERS.put(segment, header)


def parse_header(octets: bytes) -> Header:
    """Read the first segment's octets.

    Raises:
        MalformedToken: Not one strict JSON object, a ``kid`` that is no printable text
            of 1 to 512 octets (it is handed to stores), or any ``crit`` or ``b64``
            member: no extension is understood here.

    Source: RFC 7515 sections 4.1.1, 4.1.4, 4.1.11; RFC 7797 section 6.
    """
    try:
        members = parse_object(octets)
    except ValueError:
        raise MalformedToken(Reason.HEADER_MALFORMED) from None
    if "crit" in members or "b64" in members:
        raise MalformedToken(Reason.EXTENSION_UNSUPPORTED)
    alg = members.get("alg")
    if "kid" in members and not is_key_text(members["kid"]):
        raise MalformedToken(Reason.HEADER_MALFORMED)
    return Header(alg if type(alg) is str else None, members.get("kid"), members)
