"""Reading exactly one public key, whatever form an operator has it in."""

import json
import re
from binascii import Error, a2b_base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurve,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from jwtgate.errors import InvalidKey
from jwtgate.jose import base64url

__all__ = ["read_public_key"]

_BEGIN = b"-----BEGIN"
_BEGIN_PUBLIC_KEY = b"-----BEGIN PUBLIC KEY-----"
_BACKSLASH = ord("\\")
_PEM_LABEL = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
# What a reader raises on material that is malformed; a JWK's members may be anything.
_UNREADABLE = (
    AttributeError,
    KeyError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
)
_PUBLIC_LABELS = (b"PUBLIC KEY", b"RSA PUBLIC KEY", b"CERTIFICATE")
_CURVES: Mapping[str, type[EllipticCurve]] = {
    "P-256": SECP256R1,
    "P-384": SECP384R1,
    "P-521": SECP521R1,
}


def read_public_key(algorithm: str, material: bytes) -> object:
    r"""Read one public key.

    Args:
        algorithm: The JWA name that the key is meant for; a JWK that names another
            is refused.
        material: A PEM (``PUBLIC KEY`` or ``RSA PUBLIC KEY``), the same with ``\n``
            written as two characters, base64 of a PEM, a certificate as PEM, or a JWK
            as JSON.

    Returns:
        A public key object of ``cryptography``; its kind is for the caller to check.

    Raises:
        InvalidKey: A private key (says the command that makes the public one), none,
            several, or one that cannot be read. Never shows the material.

    Source: RFC 7468; RFC 7517; RFC 8037 section 2.
    """
    text = material.strip()
    if text.startswith(b"{"):
        return _from_jwk(algorithm, text)
    if not text.startswith(_BEGIN) and _BEGIN not in text:
        text = _unwrapped(text)
    if _BACKSLASH in text:
        text = text.replace(b"\\r", b"").replace(b"\\n", b"\n")
    return _from_pem(text)


def _unwrapped(text: bytes) -> bytes:
    try:
        pem = a2b_base64(text)
    except Error:
        pem = b""
    if _BEGIN not in pem:
        raise InvalidKey(
            "public_key is neither a PEM (-----BEGIN PUBLIC KEY-----), base64 of a "
            "PEM, nor a JWK"
        )
    return pem


def _from_pem(pem: bytes) -> object:
    if pem.startswith(_BEGIN_PUBLIC_KEY) and pem.rfind(_BEGIN) == 0:  # as most do
        return _guarded(load_pem_public_key, pem)
    labels = _PEM_LABEL.findall(pem)
    _check_labels(labels)
    if labels[0] == b"CERTIFICATE":
        return _guarded(_certified_key, pem)
    return _guarded(load_pem_public_key, pem)


def _check_labels(labels: Sequence[bytes]) -> None:
    if b"PRIVATE KEY" in b" ".join(labels):
        command = "openssl pkey -in private.pem -pubout -out public.pem"
        if b"OPENSSH PRIVATE KEY" in labels:
            command = "ssh-keygen -e -m PKCS8 -f private.pem > public.pem"
        raise InvalidKey(
            f"public_key holds a private key; make the public one with '{command}' "
            "and keep the private one where tokens are signed"
        )
    if len(labels) != 1:
        raise InvalidKey(f"public_key must hold one key, and holds {len(labels)}")
    if labels[0] not in _PUBLIC_LABELS:
        raise InvalidKey(
            "public_key must be a PUBLIC KEY, an RSA PUBLIC KEY or a CERTIFICATE"
        )


def _certified_key(pem: bytes) -> object:
    # Few keys are certificates, and this takes longer to import than all of the above.
    from cryptography.x509 import (  # noqa: PLC0415
        InvalidVersion,
        load_pem_x509_certificate,
    )

    try:
        return load_pem_x509_certificate(pem).public_key()
    except InvalidVersion:  # the one error of it that is of no kind in _UNREADABLE
        raise ValueError from None


def _guarded(read: Callable[[Any], object], source: Any) -> Any:
    try:
        return read(source)
    except _UNREADABLE:
        pass
    # Raised outside of a handler: the cause may keep the material.
    raise InvalidKey(
        "public_key cannot be read; 'openssl pkey -pubin -in public.pem -noout "
        "-text' shows what is wrong with a PEM"
    )


def _from_jwk(algorithm: str, text: bytes) -> object:
    jwk = _guarded(json.loads, text)
    if not isinstance(jwk, dict) or "keys" in jwk:
        raise InvalidKey("public_key must be one JWK, not a JWK Set")
    if "d" in jwk:
        raise InvalidKey(
            "public_key is a private JWK; take out all but the public part"
        )
    operations = jwk.get("key_ops", ["verify"])
    # A text holds "verify" too, as do others that are no operation.
    verifies = isinstance(operations, list) and "verify" in operations
    for_signatures = jwk.get("use", "sig") == "sig" and verifies
    if not for_signatures or jwk.get("alg", algorithm) != algorithm:
        raise InvalidKey(f"public_key is a JWK for another use or alg than {algorithm}")
    reader = _JWK_READERS.get(str(jwk.get("kty")))
    if reader is None:
        raise InvalidKey("public_key is a JWK whose kty is not RSA, EC or OKP")
    return _guarded(reader, jwk)


def _octets(jwk: Mapping[str, Any], member: str) -> bytes:
    return base64url.decode(jwk[member].encode())


def _number(jwk: Mapping[str, Any], member: str) -> int:
    return int.from_bytes(_octets(jwk, member), "big")


def _rsa(jwk: Mapping[str, Any]) -> object:
    return RSAPublicNumbers(_number(jwk, "e"), _number(jwk, "n")).public_key()


def _ec(jwk: Mapping[str, Any]) -> object:
    curve = _CURVES[jwk["crv"]]()
    return EllipticCurvePublicNumbers(
        _number(jwk, "x"), _number(jwk, "y"), curve
    ).public_key()


def _okp(jwk: Mapping[str, Any]) -> object:
    if jwk["crv"] == "Ed25519":
        return Ed25519PublicKey.from_public_bytes(_octets(jwk, "x"))
    if jwk["crv"] == "Ed448":
        return Ed448PublicKey.from_public_bytes(_octets(jwk, "x"))
    raise ValueError("crv is neither Ed25519 nor Ed448")


_JWK_READERS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {
    "RSA": _rsa,
    "EC": _ec,
    "OKP": _okp,
}
