"""Key pairs of every kind, as PEM and as JWK."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from jwtgate.cli.errors import UsageError
from jwtgate.jose import base64url

__all__ = ["CURVES", "Pair", "make_pair", "pem_of", "secret_jwk", "thumbprint"]

CURVES: Mapping[str, str] = MappingProxyType({"Ed25519": "EdDSA", "Ed448": "EdDSA"})
"""Names of curves that stand for an algorithm, and the ``alg`` that tokens have."""

_MAKERS: Mapping[str, Callable[[], PrivateKeyTypes]] = MappingProxyType(
    {
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "ES512": lambda: ec.generate_private_key(ec.SECP521R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
        "Ed25519": ed25519.Ed25519PrivateKey.generate,
        "Ed448": ed448.Ed448PrivateKey.generate,
    }
)
_EXPONENT: Final = 65_537

# RFC 7638 section 3.2 and RFC 8037 section 2: what a thumbprint is of, in its order.
_REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "RSA": ("e", "kty", "n"),
        "EC": ("crv", "kty", "x", "y"),
        "OKP": ("crv", "kty", "x"),
    }
)


@final
@dataclass(frozen=True, slots=True)
class Pair:
    """A key pair, in both notations.

    Attributes:
        private_pem: PKCS #8, not encrypted.
        public_pem: A SubjectPublicKeyInfo.
        private_jwk: RFC 7517 and 7518 section 6, with ``use``, ``alg`` and ``kid``.
        public_jwk: The same less what is private.
    """

    private_pem: str = field(repr=False)
    public_pem: str
    private_jwk: Mapping[str, Any] = field(repr=False)
    public_jwk: Mapping[str, Any]


def make_pair(name: str, *, bits: int, kid: str | None) -> Pair:
    """Make a key pair.

    Args:
        name: A JWA name, or one of :data:`CURVES`.
        bits: Of an RSA key.
        kid: The key id of the JWKs; the thumbprint (RFC 7638) if None.
    """
    if name in _MAKERS:
        key = _MAKERS[name]()
    else:
        key = rsa.generate_private_key(_EXPONENT, bits)
    algorithm = CURVES.get(name, name)
    public = _jwk(algorithm, key.public_key())
    marks = {
        "use": "sig",
        "alg": algorithm,
        "kid": thumbprint(public) if kid is None else kid,
    }
    public_pem = key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    return Pair(
        private_pem=_pem(key),
        public_pem=public_pem.decode(),
        private_jwk=_jwk(algorithm, key) | marks,
        public_jwk=public | marks,
    )


def secret_jwk(algorithm: str, octets: bytes, kid: str | None) -> Mapping[str, str]:
    """Write a secret as a JWK (RFC 7518 section 6.4)."""
    marks = {} if kid is None else {"kid": kid}
    text = base64url.encode(octets).decode()
    return {"kty": "oct", "k": text, "use": "sig", "alg": algorithm, **marks}


def pem_of(algorithm: str, material: str) -> str:
    """Give a private key as PEM, that is a PEM or a JWK.

    Args:
        algorithm: What it signs with.
        material: The key; what is no JWK is given back as it is.

    Raises:
        UsageError: A JWK that is no private key for this algorithm; never shows it.
    """
    if not material.lstrip().startswith("{"):
        return material
    try:
        return _pem(jwt.get_algorithm_by_name(algorithm).from_jwk(material))
    except (jwt.PyJWTError, AttributeError, NotImplementedError, ValueError):
        pass  # raised outside of the handler: the cause may keep the material
    raise UsageError(f"the JWK is no private key for {algorithm}")


def _pem(key: Any) -> str:
    octets: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return octets.decode()


def _jwk(algorithm: str, key: object) -> dict[str, Any]:
    members = jwt.get_algorithm_by_name(algorithm).to_jwk(key, as_dict=True)
    # The name of the kind comes first; "use" says what "key_ops" would.
    rest = {name: members[name] for name in members if name not in ("kty", "key_ops")}
    return {"kty": members["kty"], **rest}


def thumbprint(public: Mapping[str, Any]) -> str:
    """Give the thumbprint of a public JWK: SHA-256, in base64url (RFC 7638)."""
    required = {name: public[name] for name in _REQUIRED[public["kty"]]}
    text = json.dumps(required, separators=(",", ":"))
    return base64url.encode(hashlib.sha256(text.encode()).digest()).decode()
