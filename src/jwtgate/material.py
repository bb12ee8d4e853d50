"""Key material as operators give it, made into verification keys."""

import json
from binascii import Error, a2b_base64
from collections.abc import Mapping

from jwtgate.errors import InvalidKey
from jwtgate.jose import ALGORITHMS, VerificationKey, load_key
from jwtgate.masked import Secret

__all__ = ["hmac_key", "public_key"]


def hmac_key(
    algorithm: str, secret: object, *, is_base64: bool, allow_weak: bool
) -> VerificationKey:
    """Make the key of an HS algorithm.

    Args:
        algorithm: HS256, HS384 or HS512.
        secret: The secret as given, masked.
        is_base64: Whether its octets are base64 of the real ones.
        allow_weak: Whether it may be shorter than the hash.

    Raises:
        InvalidKey: None given, not base64 though it should be, or too short.

    Source: RFC 7518 section 3.2; APISIX ``base64_secret``, Kong ``secret_is_base64``.
    """
    octets = secret.reveal() if isinstance(secret, Secret) else b""
    if not octets:
        raise InvalidKey(f"{algorithm} needs a secret")
    if is_base64:
        octets = _base64_octets(octets)
    size = ALGORITHMS[algorithm].hash_size
    if len(octets) < size and not allow_weak:
        raise InvalidKey(
            f"{algorithm} needs a secret of at least {size} octets (RFC 7518 3.2), "
            f"and this one has {len(octets)}; leave the secret out to have a good one "
            "made, or set allow_weak_secret=True"
        )
    return load_key(algorithm, octets)


def _base64_octets(text: bytes) -> bytes:
    bare = text.rstrip(b"=")
    standard = bare
    if b"+" not in bare and b"/" not in bare:
        standard = bare.translate(bytes.maketrans(b"-_", b"+/"))
    # Padding is as it must be, or left out whole.
    padding = b"=" * (-len(bare) % 4)
    try:
        if text not in (bare, bare + padding):
            raise Error  # noqa: TRY301 - the same answer
        return a2b_base64(standard + padding, strict_mode=True)
    except Error:
        raise InvalidKey(
            "secret_is_base64 is set and the secret is not base64 (standard or "
            "url-safe alphabet, not mixed, no blanks or line ends)"
        ) from None


def public_key(algorithm: str, material: object) -> VerificationKey:
    """Make the key of an asymmetric algorithm.

    Args:
        algorithm: One of the ten that are not HS.
        material: A text or octets, or a JWK as mapping.

    Raises:
        InvalidKey: None given, or it does not fit the algorithm.
    """
    try:
        if not isinstance(material, str) and isinstance(material, Mapping):
            material = json.dumps(dict(material))
        if isinstance(material, str):
            material = material.encode()
    except (TypeError, ValueError, RecursionError):
        material = None
    if not isinstance(material, bytes) or not material:
        raise InvalidKey(f"{algorithm} needs a public_key: a PEM or a JWK")
    return load_key(algorithm, material)
