"""The Bearer scheme: credentials in, challenge out (RFC 6750; RFC 9110 section 11)."""

import re
from collections.abc import Callable

__all__ = [
    "HeaderReader",
    "challenge",
    "quoted",
    "read_bearer",
    "read_bearer_or_bare",
    "read_two_spellings",
]

HeaderReader = Callable[[bytes], bytes | None]
"""Takes a header's value, gives the token in it; None where it holds another scheme."""

# RFC 9110 5.6.3: blanks around a value are SP and HTAB; bytes.strip() would take more.
_OWS = b" \t"
# RFC 6750 2.1: "Bearer" 1*SP b64token; the scheme is case-insensitive (RFC 9110 11.1).
# Matched from the start, since a search would find a token inside another scheme's
# parameters. What follows the scheme directly and cannot be part of another scheme's
# name (RFC 9110 5.6.2, tchar), a tab say, is left to fail as the token it is for some
# other reader.
_BEARER = re.compile(
    rb"bearer(?: +|(?![!#$%&'*+.^_`|~0-9a-z-]))(.*)", re.IGNORECASE | re.DOTALL
)
_TWO_SPELLINGS = re.compile(
    rb"[Bb]earer(?: +|(?![!#$%&'*+.^_`|~0-9A-Za-z-]))(.*)", re.DOTALL
)


def read_bearer(value: bytes) -> bytes | None:
    """Read ``Bearer TOKEN`` with the scheme in any case, and nothing else.

    Returns:
        What follows the scheme, however malformed; empty for the scheme alone; None
        for another scheme, or an empty value.
    """
    match = _BEARER.fullmatch(value.strip(_OWS))
    return match[1] if match else None


def read_two_spellings(value: bytes) -> bytes | None:
    """Read ``Bearer TOKEN`` or ``bearer TOKEN``, as Kong does, but anchored."""
    match = _TWO_SPELLINGS.fullmatch(value.strip(_OWS))
    return match[1] if match else None


def read_bearer_or_bare(value: bytes) -> bytes | None:
    """Read the same two, or take the whole value as the token, as APISIX does."""
    bare = value.strip(_OWS)
    for prefix in (b"Bearer ", b"bearer "):
        if bare.startswith(prefix):
            return bare[len(prefix) :]
    return bare


def quoted(text: str) -> str:
    """Write a quoted-string (RFC 9110 section 5.6.4).

    Args:
        text: Printable ASCII.
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def challenge(
    realm: str | None, *, error: str | None = None, description: str | None = None
) -> str:
    """Write the value of ``WWW-Authenticate``.

    Args:
        realm: Printable ASCII, or None.
        error: An error code of RFC 6750 section 3.1; None where no token came.
        description: A constant text without quotes or backslashes.

    Source: RFC 6750 section 3; RFC 9110 section 11.6.1.
    """
    parameters = {"realm": realm, "error": error, "error_description": description}
    written = [f"{name}={quoted(text)}" for name, text in parameters.items() if text]
    return " ".join(["Bearer", ", ".join(written)]).strip()
