"""The identity headers: which names are ours, and how a value becomes a header.

Servers and frameworks fold names into one another (``X_Consumer_ID`` reaches a WSGI
app as ``HTTP_X_CONSUMER_ID``; Django CVE-2015-0219, oauth2-proxy CVE-2025-64484), so
names are compared after folding, and whatever a client sent under one of them goes.
"""

import re

from jwtgate.values import is_unicode

__all__ = [
    "ANONYMOUS_CONSUMER",
    "CONSUMER_CUSTOM_ID",
    "CONSUMER_GROUPS",
    "CONSUMER_ID",
    "CONSUMER_USERNAME",
    "CREDENTIAL_IDENTIFIER",
    "FOLDING",
    "INITIALS",
    "RESERVED",
    "fold",
    "header_text",
    "is_header_safe",
    "is_identity_header",
]

CONSUMER_ID = "X-Consumer-ID"
CONSUMER_CUSTOM_ID = "X-Consumer-Custom-ID"
CONSUMER_USERNAME = "X-Consumer-Username"
CONSUMER_GROUPS = "X-Consumer-Groups"
CREDENTIAL_IDENTIFIER = "X-Credential-Identifier"
ANONYMOUS_CONSUMER = "X-Anonymous-Consumer"

FOLDING = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ_", b"abcdefghijklmnopqrstuvwxyz-"
)
RESERVED = (
    b"x-consumer-",
    b"x-credential-identifier",
    b"x-credential-username",
    b"x-credential-indentifier",  # so spelled in APISIX's own page
    b"x-anonymous-consumer",
    b"x-authenticated-groups",
)
"""How their names begin, folded: what a server leaves behind one (cheroot: a blank)
saves nothing."""
INITIALS = frozenset(b"xX")
"""Their first letters: most headers begin otherwise, and need no longer look."""
_UNSAFE = re.compile(r"[\r\n\0]")
# Printable ASCII but for "%": with "%" encoded as well, two consumers never share a
# header value, and unquote() gives back the exact text.
_LITERAL = frozenset(range(0x20, 0x7F)) - {ord("%")}


def fold(name: bytes) -> bytes:
    """Lower-case a header name and read ``_`` as ``-``, as WSGI and CGI do."""
    return name.translate(FOLDING)


def is_identity_header(name: bytes) -> bool:
    """Whether a header of this name tells an app who calls, in any spelling."""
    return name.translate(FOLDING).startswith(RESERVED)


def is_header_safe(value: object) -> bool:
    """Whether this is a text that may be a header: no CR, LF or NUL, and encodable."""
    if isinstance(value, str) and value.isprintable():  # as almost all are
        return True
    return is_unicode(value) and _UNSAFE.search(value) is None


def header_text(value: str) -> str:
    """Write a text as a header value: what is not printable ASCII, and ``%``, as %XX.

    Args:
        value: A text for which :func:`is_header_safe` holds.

    Returns:
        ASCII; ``urllib.parse.unquote`` gives back the text. The same as the text for
        almost every name.
    """
    if value.isascii() and value.isprintable() and "%" not in value:
        return value
    return "".join(
        chr(octet) if octet in _LITERAL else f"%{octet:02X}" for octet in value.encode()
    )
