"""Signatures that tests ask for: by a credential's own key, or by a stranger's."""

import secrets
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import jwt

from jwtgate.credential import Credential
from jwtgate.errors import InvalidKey
from jwtgate.issue import KeyPair, generate_keypair, issue
from jwtgate.jose import ALGORITHMS
from jwtgate.jose.hmac import HMACKey

__all__ = ["Sign", "keypair", "signer", "stranger"]

Sign: TypeAlias = Callable[[bytes], bytes]
"""Takes a signing input, gives its signature."""


def signer(credential: Credential, private_key: str | bytes | None = None) -> Sign:
    """Give what signs as the holder of a credential does.

    Args:
        credential: Whose; HS256, HS384 and HS512 sign with its secret.
        private_key: For the others, the PEM that belongs to its public key.

    Raises:
        InvalidKey: No private key where one is needed, or one that does not fit.
    """
    key = credential.verification_key
    if private_key is None and not isinstance(key, HMACKey):
        raise InvalidKey(
            f"{credential.algorithm} signs with a private key, and a credential has "
            "the public one alone: give private_key=..., or let with_keypair(gate, "
            "...) put a key pair in its place"
        )
    issue(credential, private_key=private_key)  # it says what is wrong with a key
    if isinstance(key, HMACKey):
        return key.sign
    return _private(credential.algorithm, private_key)


def stranger(algorithm: str) -> Sign:
    """Give what signs by an algorithm with a key that no credential has."""
    if ALGORITHMS[algorithm].symmetric:
        return HMACKey(algorithm, secrets.token_bytes(64)).sign
    return _private(algorithm, keypair(algorithm, "stranger").private_key)


def keypair(algorithm: str, whose: str) -> KeyPair:
    """Give the one key pair of this process that somebody has for an algorithm."""
    # One pair of RSA will do for the six algorithms: making it takes long.
    return _keypair("RS256" if algorithm[0] in "RP" else algorithm, whose)


@cache
def _keypair(algorithm: str, whose: str) -> KeyPair:  # noqa: ARG001 - tells them apart
    return generate_keypair(algorithm)


def _private(algorithm: str, private_key: str | bytes | None) -> Sign:
    by = jwt.get_algorithm_by_name(algorithm)
    pem = private_key.encode() if isinstance(private_key, str) else private_key or b""
    key = by.prepare_key(pem.replace(b"\\n", b"\n"))  # as environment variables hold it
    return lambda signing_input: by.sign(signing_input, key)
