"""Whether an HMAC secret is really a key of another kind.

A public key used as HMAC secret lets everyone who has it sign (CVE-2022-29217,
CVE-2024-33663, CVE-2026-48526). Credentials here are bound to their algorithm, so no
token can bring that about; an operator who pastes the wrong text still can.
"""

import json
from binascii import Error, a2b_base64
from codecs import BOM_UTF8
from contextlib import suppress

__all__ = ["key_form"]

_SSH = (b"ssh-", b"ecdsa-sha2-", b"sk-ssh-", b"sk-ecdsa-")
_DER_SEQUENCE = 0x30


def key_form(secret: bytes) -> str | None:
    """Name the form of the key that these octets are.

    Args:
        secret: The octets an HMAC would be keyed with.

    Returns:
        ``"PEM"``, ``"SSH"``, ``"JWK"`` or ``"DER"``, also for base64 or hex of one;
        None for octets that are no key.
    """
    for octets in (secret, _base64_content(secret), _hex_content(secret)):
        if b"-----BEGIN" in octets or b"---- BEGIN" in octets:
            return "PEM"
        if octets.lstrip().startswith(_SSH) or octets[4:].startswith(_SSH):
            return "SSH"  # a line of it, or its blob (RFC 4253 6.6)
        if _is_jwk(octets):
            return "JWK"
        if _fills_der_sequence(octets) and _is_der_key(octets):
            return "DER"
    return None


def _base64_content(secret: bytes) -> bytes:
    # What a PEM has between its lines, or a PEM that was encoded once more.
    text = b"".join(secret.split()).translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return a2b_base64(text.rstrip(b"=") + b"==")
    except Error:
        return b""


def _hex_content(secret: bytes) -> bytes:
    try:
        return bytes.fromhex(secret.decode("ascii"))
    except ValueError:
        return b""


def _is_jwk(octets: bytes) -> bool:
    text = octets.removeprefix(BOM_UTF8)
    if not text.lstrip().startswith(b"{"):
        return False
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and ("kty" in value or "keys" in value)


def _fills_der_sequence(octets: bytes) -> bool:
    # A SEQUENCE whose length is exactly the rest (X.690 8.1.3): cheap enough to ask of
    # every secret, and seldom true of a random one.
    if len(octets) < 2 or octets[0] != _DER_SEQUENCE:
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
