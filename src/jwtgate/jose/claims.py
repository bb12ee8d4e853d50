"""The JWT Claims Set (RFC 7519 section 4)."""

from typing import TypeGuard

from jwtgate.errors import MalformedToken
from jwtgate.jose.strictjson import JSONObject, NotAnObjectError, parse_object
from jwtgate.reason import Reason

__all__ = ["Claims", "is_numeric_date", "parse_claims"]

Claims = JSONObject
"""Claims by name, read-only at every depth; arrays are tuples."""


def parse_claims(octets: bytes) -> Claims:
    """Read the second segment's octets.

    Raises:
        MalformedToken: Not one strict JSON object.

    Source: RFC 7519 sections 4 and 7.2 (steps 9 and 10).
    """
    try:
        return parse_object(octets)
    except NotAnObjectError:
        raise MalformedToken(Reason.PAYLOAD_NOT_OBJECT) from None
    except ValueError:
        raise MalformedToken(Reason.PAYLOAD_MALFORMED) from None


def is_numeric_date(value: object) -> TypeGuard[float]:
    """Whether a claim's value is a NumericDate: a JSON number, fractions allowed.

    ``true`` is an ``int`` to Python and ``"9_999"`` converts to one; neither is a
    JSON number. That it is finite was seen to when the token was read.

    Source: RFC 7519 section 2.
    """
    return type(value) is int or type(value) is float
