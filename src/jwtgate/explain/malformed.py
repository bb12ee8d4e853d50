"""Why a token cannot be read, in more words than its reason has."""

import json
from typing import Any

from jwtgate.errors import MalformedToken
from jwtgate.explain.wording import shown
from jwtgate.jose import base64url
from jwtgate.jose.compact import MAX_TOKEN_LENGTH
from jwtgate.jose.strictjson import MAX_DEPTH
from jwtgate.keytext import is_key_text
from jwtgate.reason import Reason

__all__ = ["decoded", "flaw"]

_IN_WORDS = {
    Reason.TOKEN_TOO_LONG: f"{{}} characters, and {MAX_TOKEN_LENGTH} are the most",
    Reason.EXTENSION_UNSUPPORTED: "the header has crit or b64, and no extension is "
    "understood",
    Reason.SIGNATURE_MALFORMED: "the signature is not base64url",
}
_MAX_BRACKETS = 200


def flaw(value: bytes, rejection: MalformedToken, algorithms: str = "") -> str:
    """Tell what is wrong with a token that was refused before any look-up.

    Args:
        value: The token as it came; nothing of it is shown but what decodes.
        rejection: Why it was refused.
        algorithms: Those that the policy allows.
    """
    segments = value.split(b".")
    match rejection.reason:
        case Reason.TOKEN_MALFORMED:
            text = _ill_formed(segments)
        case Reason.HEADER_MALFORMED:
            text = f"the header is {_ill_json(segments[0])}"
        case Reason.PAYLOAD_MALFORMED | Reason.PAYLOAD_NOT_OBJECT:
            text = f"the payload is {_ill_json(segments[1])}"
        case Reason.ALGORITHM_UNSUPPORTED:
            alg = shown(decoded(segments[0]).get("alg"))
            text = f"the algorithm {alg} is none of: {algorithms}"
        case reason:
            text = _IN_WORDS[reason].format(len(value))
    return text


def decoded(segment: bytes) -> dict[str, Any]:
    """Read what can be read of a segment, however lax; empty if nothing can."""
    padded = segment.rstrip(b"=").translate(bytes.maketrans(b"+/", b"-_"))
    try:
        octets = base64url.decode(padded)
        # What is nested deeper, a writer of JSON could fail on.
        if octets.count(b"{") + octets.count(b"[") > _MAX_BRACKETS:
            return {}
        value = json.loads(octets)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _ill_formed(segments: list[bytes]) -> str:
    if len(segments) == 5:
        return "five segments: an encrypted token (JWE), and only signed ones are read"
    if len(segments) != 3:
        return f"{len(segments)} segments with dots between, and a JWT has three"
    names = ("header", "payload")
    bad = [
        name
        for name, segment in zip(names, segments, strict=False)
        if not _is_base64url(segment)
    ]
    return f"not base64url without padding: {' and '.join(bad)}"


def _is_base64url(segment: bytes) -> bool:
    try:
        base64url.decode(segment)
    except ValueError:
        return False
    return True


def _ill_json(segment: bytes) -> str:
    octets = base64url.decode(segment)
    try:
        value = json.loads(octets)
    except (ValueError, RecursionError):
        return "no JSON"
    if not isinstance(value, dict):
        return "JSON, and not an object"
    if not is_key_text(value.get("kid", "a")):
        return "JSON whose kid is no printable text of 1 to 512 octets"
    return (
        "JSON that parsers may read differently: a name that occurs twice, NaN or a "
        f"number out of range, a lone surrogate, or more than {MAX_DEPTH} levels"
    )
