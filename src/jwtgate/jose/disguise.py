"""Whether an HMAC secret is really a key of another kind.

A public key used as HMAC secret lets everyone who has it sign (CVE-2022-29217,
CVE-2024-33663, CVE-2026-48526). Credentials here are bound to their algorithm, so no
token can bring that about; an operator who pastes the wrong text still can.
"""

import json
import re
from binascii import Error, a2b_base64, a2b_hex
from codecs import BOM_UTF8
from contextlib import suppress

__all__ = ["key_form"]

# RFC 7468 2, and what is left of it where lines or dashes went missing.
_ARMOUR = re.compile(rb"--+ ?(?:BEGIN|END) ")
_SSH = (b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-")
_DER_SEQUENCE = b"\x30"
_DASH, _BRACE = b"-{"
_HEX_OR_BLANK = b"0123456789abcdefABCDEF \t\n\r\v\f"
_STANDARD = bytes.maketrans(b"-_", b"+/")


def key_form(secret: bytes) -> str | None:
    """Name the form of the key that these octets are.

    Args:
        secret: The octets an HMAC would be keyed with.

    Returns:
        ``"PEM"``, ``"SSH"``, ``"JWK"`` or ``"DER"``, also for base64 or hex of one;
        None for octets that are no key.
    """
    forms = [secret, *_contents(secret)]
    for once in forms[1:]:  # base64 of base64 is the most that was seen
        forms += _contents(once)
    return next(filter(None, map(_plain_form, forms)), None)


def _contents(octets: bytes) -> list[bytes]:
    try:
        # The decoder skips blanks, and padding in excess.
        contents = [a2b_base64(octets.translate(_STANDARD) + b"==")]
    except Error:
        contents = []
    if not octets.lstrip(_HEX_OR_BLANK):
        digits = b"".join(octets.split())
        if len(digits) % 2 == 0:
            contents.append(a2b_hex(digits))
    return contents


def _plain_form(octets: bytes) -> str | None:
    # Of every secret it is asked which of these octets it has, and most have none.
    if _DASH in octets or _BRACE in octets:
        text = octets.replace(b"\0", b"").removeprefix(BOM_UTF8).strip()  # UTF-16, too
        if _ARMOUR.search(text):
            return "PEM"
        if text.startswith(_SSH) or octets[4:].startswith(_SSH):
            return "SSH"  # a line of it, or its blob (RFC 4253 6.6)
        if text.startswith((b"{", b"[")) and _is_jwk(text):
            return "JWK"
    if octets.lstrip()[:1] == _DER_SEQUENCE:
        for der in (octets, octets.strip()):
            if _fills_der_sequence(der) and _is_der_key(der):
                return "DER"
    return None


def _is_jwk(text: bytes) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    values = value if isinstance(value, list) else [value]
    return any(
        isinstance(each, dict) and ("kty" in each or "keys" in each) for each in values
    )


def _fills_der_sequence(octets: bytes) -> bool:
    # A SEQUENCE whose length is exactly the rest (X.690 8.1.3): cheap enough to ask of
    # every secret, and seldom true of a random one.
    if len(octets) < 2 or not octets.startswith(_DER_SEQUENCE):
        return False
    size, start = octets[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(octets[2:start], "big")
    return len(octets) == start + size


def _is_der_key(octets: bytes) -> bool:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - seldom needed
        load_der_private_key,
        load_der_public_key,
    )
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415 - same

    for loader in (
        load_der_public_key,
        load_der_x509_certificate,
        lambda der: load_der_private_key(der, password=None),
    ):
        with suppress(Exception):
            loader(octets)
            return True
    return False
