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
# parameters. What some other reader would take for the blank behind the scheme (what
# is no tchar, RFC 9110 5.6.2), or for one before it (what str.strip takes), makes a
# token that cannot be one, not another scheme: it must not go unnoticed.
_ODD = rb"([\n-\r\x1c-\x1f\x85\xa0][\t-\r\x1c-\x20\x85\xa0]*)?"
_REST = rb"(?: +|(?![!#$%&'*+.^_`|~0-9A-Za-z-]))(.*)"
_BEARER = re.compile(_ODD + rb"(?i:bearer)" + _REST, re.DOTALL)
_TWO_SPELLINGS = re.compile(_ODD + rb"[Bb]earer" + _REST, re.DOTALL)


def _reader(pattern: re.Pattern[bytes]) -> HeaderReader:
    def read(value: bytes) -> bytes | None:
        # As almost every client writes it, and as both patterns read it.
        if value[:7] == b"Bearer " and (rest := value[7:]) == rest.strip(_OWS):
            return rest
        match = pattern.fullmatch(value.strip(_OWS))
        if match is None:
            return None
        token: bytes = match[0] if match[1] else match[2]
        return token

    return read


read_bearer = _reader(_BEARER)
"""Reads ``Bearer TOKEN`` with the scheme in any case, and nothing else.

Gives what follows the scheme, however malformed; empty for the scheme alone; None for
another scheme, or an empty value.
"""

read_two_spellings = _reader(_TWO_SPELLINGS)
"""Reads ``Bearer TOKEN`` or ``bearer TOKEN``, as Kong does, but anchored."""


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
    realm: str | None,
    *,
    error: str | None = None,
    description: str | None = None,
    scope: str | None = None,
) -> str:
    """Write the value of ``WWW-Authenticate``.

    Args:
        realm: Printable ASCII, or None.
        error: An error code of RFC 6750 section 3.1; None where no token came.
        description: A constant text without quotes or backslashes.
        scope: What a token would have to grant, names with a blank between.

    Source: RFC 6750 section 3; RFC 9110 section 11.6.1.
    """
    parameters = {
        "realm": realm,
        "error": error,
        "error_description": description,
        "scope": scope,
    }
    written = [f"{name}={quoted(text)}" for name, text in parameters.items() if text]
    return " ".join(["Bearer", ", ".join(written)]).strip()
