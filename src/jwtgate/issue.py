"""Tokens for a credential, and the key pairs that sign them.

A gate does not need this module, and the core does not import it: PyJWT and
``cryptography`` come along with it.
"""

import json
import math
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError, InvalidKey, KeyRejected, MalformedToken
from jwtgate.jose import ALGORITHMS, base64url, parse_compact, verify
from jwtgate.jose.compact import MAX_TOKEN_LENGTH
from jwtgate.jose.hmac import HMACKey
from jwtgate.jose.strictjson import MAX_DEPTH
from jwtgate.values import is_name, is_seconds

__all__ = ["KeyPair", "generate_keypair", "issue"]


class KeyPair(NamedTuple):
    """The two halves of a key.

    Attributes:
        private_key: For who signs; PKCS #8 as PEM, not encrypted.
        public_key: For the credential; a SubjectPublicKeyInfo as PEM.
    """

    private_key: str
    public_key: str

    def __repr__(self) -> str:
        """Show the public half alone."""
        return f"KeyPair(private_key='***', public_key={self.public_key!r})"


def issue(
    credential: Credential,
    claims: Mapping[str, object] | None = None,
    *,
    private_key: str | bytes | None = None,
    expires_in: int | None = None,
    now: float | None = None,
    key_claim: str = "iss",
) -> str:
    """Sign a token that a gate takes for this credential.

    Args:
        credential: Whose token it is; its ``kid``, if it has one, goes into the header.
        claims: What else the token says. The key claim and ``exp`` are set here,
            whatever these say of them.
        private_key: The PEM that belongs to the credential's public key; left out for
            HS256, HS384 and HS512, which sign with the credential's secret.
        expires_in: Whole seconds from now to ``exp``; left out, the credential's
            ``token_lifetime``.
        now: Seconds since the epoch; the system's clock if left out. A fraction is
            dropped, so that ``exp`` is a whole number and never later than asked for.
        key_claim: The claim that names the credential, as in the gate's policy.

    Returns:
        The compact JWS, at most 8192 characters; it was read back and its signature
        checked as a gate does.

    Raises:
        InvalidKey: No private key where one is needed or one where none is, or one
            that is encrypted, cannot be read, or does not belong to the public key.
        ConfigurationError: An argument that cannot work, or claims that no gate would
            read; says which and why.

    Source: RFC 7515 sections 3.1 and 5.1; RFC 7519 sections 4.1.4 and 7.1.
    """
    _check_arguments(credential, claims, private_key, expires_in, now, key_claim)
    exp = math.floor(time.time() if now is None else now)
    exp += credential.token_lifetime if expires_in is None else expires_in
    payload = {**(claims or {}), key_claim: credential.key, "exp": exp}
    _check_claims(payload)
    header = {"alg": credential.algorithm, "typ": "JWT"}
    if credential.kid is not None:
        header["kid"] = credential.kid
    signing_input = _segment(header) + b"." + _segment(payload)
    signature = _signature(credential, private_key, signing_input)
    token = signing_input + b"." + base64url.encode(signature)
    _check_token(token, credential)
    return token.decode()


def generate_keypair(algorithm: str) -> KeyPair:
    """Make a key pair for an asymmetric algorithm.

    Args:
        algorithm: RS or PS with 256, 384 or 512 (RSA of 2048 bits), ES256 (P-256),
            ES384 (P-384), ES512 (P-521), or EdDSA (Ed25519).

    Returns:
        Both halves as PEM, as ``openssl genpkey`` and ``openssl pkey -pubout`` write
        them.

    Raises:
        ConfigurationError: An algorithm that has no key pair.

    Source: RFC 7518 sections 3.3 to 3.5; RFC 8037 section 3.1; RFC 7468.
    """
    asymmetric = [name for name, row in ALGORITHMS.items() if not row.symmetric]
    if algorithm not in asymmetric:
        raise ConfigurationError(
            f"algorithm must be one of {', '.join(asymmetric)}; for the others, HS256, "
            "HS384 and HS512, create_credential() makes a secret"
        )
    key = _new_key(algorithm)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair(private.decode(), public.decode())


_CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}


def _new_key(algorithm: str) -> PrivateKeyTypes:
    if algorithm in _CURVES:
        return ec.generate_private_key(_CURVES[algorithm])
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _check_arguments(
    credential: object,
    claims: object,
    private_key: object,
    expires_in: object,
    now: object,
    key_claim: object,
) -> None:
    # Settings and files fill these too, where no type checker looks.
    rules = {
        "credential must be a Credential": isinstance(credential, Credential),
        "claims must map names to JSON values": isinstance(claims, Mapping | None),
        "private_key must be a PEM": isinstance(private_key, str | bytes | None),
        "expires_in must be a whole number of seconds above 0": expires_in is None
        or (type(expires_in) is int and expires_in > 0),
        "now must be seconds since the epoch": now is None or is_seconds(now),
        "key_claim must be a name, not exp": is_name(key_claim) and key_claim != "exp",
    }
    if not all(rules.values()):
        raise ConfigurationError(*(rule for rule, kept in rules.items() if not kept))


def _check_claims(payload: Mapping[str, object]) -> None:
    problems = [
        f"claim {name!r:.80} holds {flaw}, which no gate reads"
        for name, value in payload.items()
        if (flaw := _flaw({name: value}))
    ]
    if problems:
        raise ConfigurationError(*problems)


def _flaw(value: object, levels: int = MAX_DEPTH) -> str | None:
    # json.dumps would write NaN, and quietly make texts of names that are numbers.
    if not isinstance(value, dict | list | tuple):
        return _flaw_of_leaf(value)
    if not levels:
        return f"more than {MAX_DEPTH} levels"
    parts = value
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            return "a name that is not a text"
        parts = [*value, *value.values()]
    return next(filter(None, (_flaw(part, levels - 1) for part in parts)), None)


def _flaw_of_leaf(value: object) -> str | None:
    if not isinstance(value, str | int | float | None):
        return f"a {type(value).__name__}"
    if isinstance(value, float) and not math.isfinite(value):
        return "a number that is not finite"
    with suppress(ValueError):
        json.dumps(value, ensure_ascii=False).encode()
        return None
    return "a lone surrogate" if isinstance(value, str) else "an integer of many digits"


def _segment(members: Mapping[str, object]) -> bytes:
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    return base64url.encode(text.encode())


def _signature(
    credential: Credential, private_key: str | bytes | None, signing_input: bytes
) -> bytes:
    key, name = credential.verification_key, credential.algorithm
    if isinstance(key, HMACKey):
        if private_key is not None:
            raise InvalidKey(f"{name} signs with the secret and takes no private_key")
        return key.sign(signing_input)
    if private_key is None:
        raise InvalidKey(f"{name} needs the private_key that signs")
    signer, readable = jwt.get_algorithm_by_name(name), _read_private_key(private_key)
    with suppress(jwt.PyJWTError, TypeError, ValueError):
        return signer.sign(signing_input, signer.prepare_key(readable))
    raise InvalidKey(f"private_key does not fit {name}")


def _read_private_key(material: str | bytes) -> PrivateKeyTypes:
    if isinstance(material, str):
        material = material.encode(errors="replace")
    pem = material.replace(b"\\n", b"\n")  # as environment variables hold one
    problem = "cannot be read; it must be a PEM (-----BEGIN PRIVATE KEY-----)"
    if b"PRIVATE KEY-----" not in pem and b"-----BEGIN" in pem:
        problem = "holds no private key; a public key checks tokens and signs none"
    try:
        return serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        problem = "is encrypted; 'openssl pkey -in private.pem' writes it plain"
    except (UnsupportedAlgorithm, ValueError, Warning):
        pass  # a warning that was made an error says that the kind of key is obsolete
    # Raised outside of a handler: the cause may keep the material.
    raise InvalidKey(f"private_key {problem}")


def _check_token(token: bytes, credential: Credential) -> None:
    try:
        verify(parse_compact(token), credential.verification_key)
    except MalformedToken as error:
        raise ConfigurationError(
            f"{error.reason.text}: it has {len(token)} characters, and gates read "
            f"{MAX_TOKEN_LENGTH} at most"
        ) from None
    except KeyRejected:
        raise InvalidKey("private_key is not the other half of public_key") from None
