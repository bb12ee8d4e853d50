"""Canonical, unpadded base64url (RFC 7515 section 2, RFC 4648 section 5).

One sequence of octets has one spelling here: no padding, no white space, no other
alphabet, unused trailing bits zero. Otherwise one token would have many spellings,
and a deny-list, a cache or a comparison by text could be dodged (RFC 4648 section 12).
"""

from binascii import a2b_base64, b2a_base64

_ALPHABET = (
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # RFC 4648 5
)
# The standard alphabet for the decoder in C; every octet outside of the url-safe one
# becomes "!", which no base64 alphabet has, so that strict decoding refuses it.
TO_STANDARD = bytes(
    octet if octet in _ALPHABET else ord("!") for octet in range(256)
).translate(bytes.maketrans(b"-_", b"+/"))
_FROM_STANDARD = bytes.maketrans(b"+/", b"-_")
PADDING = (b"", b"", b"==", b"=")
# The last character may only have bits that belong to an octet: with two characters
# in the last group its low four bits are unused, with three its low two.
FINAL = (
    frozenset(_ALPHABET.translate(TO_STANDARD)),
    frozenset[int](),
    frozenset(_ALPHABET.translate(TO_STANDARD)[::16]),
    frozenset(_ALPHABET.translate(TO_STANDARD)[::4]),
)


def decode(segment: bytes) -> bytes:
    """Decode one segment.

    Args:
        segment: Characters of the base64url alphabet, without padding; may be empty.

    Returns:
        The octets.

    Raises:
        ValueError: Any other character, an impossible length, or unused bits set.

    Source: RFC 7515 section 2; RFC 4648 sections 3.2, 3.5 and 5.
    """
    text = segment.translate(TO_STANDARD)
    tail = len(text) % 4
    if text and text[-1] not in FINAL[tail]:
        raise ValueError("not canonical base64url")
    return a2b_base64(text + PADDING[tail], strict_mode=True)


def encode(octets: bytes) -> bytes:
    """Encode octets the one way :func:`decode` accepts.

    Source: RFC 7515 section 2.
    """
    text = b2a_base64(octets, newline=False)
    return text.translate(_FROM_STANDARD).rstrip(b"=")
