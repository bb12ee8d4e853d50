"""The token that is measured, of each algorithm: five claims, 95 octets of JSON."""

import time
from collections.abc import Callable, Mapping
from functools import cache, partial
from hmac import digest
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

__all__ = [
    "ALGORITHMS",
    "KEY",
    "SECRET",
    "claims",
    "floor",
    "material",
    "token",
    "verifying_key",
]

ALGORITHMS: Final = ("HS256", "HS512", "RS256", "ES256", "EdDSA")
KEY: Final = "jack-key"
SECRET: Final = "published-in-the-benchmarks-64-octets-as-RFC-7518-wants-of-HS512"  # noqa: S105 - of nobody

_LIFETIME = 3600
_HASHES = {"HS256": "sha256", "HS512": "sha512"}


@cache
def signing_key(algorithm: str) -> Any:
    """Give the key that tokens of an algorithm are signed with, one for each run."""
    if algorithm in _HASHES:
        return SECRET.encode()
    if algorithm == "RS256":
        return rsa.generate_private_key(65537, 2048)
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def verifying_key(algorithm: str) -> Any:
    """Give the secret's octets, or the public key as ``cryptography`` has it."""
    key = signing_key(algorithm)
    return key if isinstance(key, bytes) else key.public_key()


def material(algorithm: str) -> str:
    """Give what a credential of an algorithm is made of: a secret, or a PEM."""
    if algorithm in _HASHES:
        return SECRET
    public = verifying_key(algorithm)
    octets: bytes = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return octets.decode()


def claims() -> dict[str, object]:
    """Give the five claims, good for an hour from now."""
    now = int(time.time())
    return {
        "iss": KEY,
        "sub": "orders-service-12",
        "iat": now,
        "nbf": now,
        "exp": now + _LIFETIME,
    }


def token(algorithm: str, payload: Mapping[str, object] | None = None) -> str:
    """Sign a token of an algorithm."""
    chosen = claims() if payload is None else dict(payload)
    return jwt.encode(chosen, signing_key(algorithm), algorithm=algorithm)


def floor(algorithm: str, text: str | None = None) -> Callable[[], object]:
    """Give the bare check of a token's signature, ready to be called.

    It is what no verifier in Python that calls OpenSSL can be faster than: one call,
    every object made before.

    Args:
        algorithm: Of the token.
        text: The token, whose signature need not hold if it is an HMAC; the one that
            :func:`token` makes if left out.
    """
    chosen = token(algorithm) if text is None else text
    signing_input, _, last = chosen.encode().rpartition(b".")
    key = verifying_key(algorithm)
    if algorithm in _HASHES:
        return partial(digest, key, signing_input, _HASHES[algorithm])
    signature = jwt.utils.base64url_decode(last)
    if algorithm == "RS256":
        return partial(key.verify, signature, signing_input, PKCS1v15(), SHA256())
    if algorithm == "ES256":
        r, s = (
            int.from_bytes(half, "big") for half in (signature[:32], signature[32:])
        )
        der = encode_dss_signature(r, s)
        return partial(key.verify, der, signing_input, ec.ECDSA(SHA256()))
    return partial(key.verify, signature, signing_input)
