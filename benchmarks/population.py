"""Many credentials, each of a consumer and with key material of its own."""

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwtgate import Consumer, Credential, MemoryStore

__all__ = ["MATERIALS", "add", "give", "key_of"]


def _secret() -> str:
    return os.urandom(16).hex()


def _rsa_pem() -> str:
    # A random number of 2048 bits is no product of two primes. Nobody can sign with
    # such a key, but no reader of public keys looks, so it costs what a real one
    # costs, and 100,000 of them are made in seconds, not in hours.
    modulus = int.from_bytes(os.urandom(256), "big") | 1 << 2047 | 1
    key = RSAPublicNumbers(65537, modulus).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


MATERIALS: Final[Mapping[str, Callable[[], str]]] = MappingProxyType(
    {"HS256": _secret, "RS256": _rsa_pem}
)
"""What makes a secret of 32 characters, or an RSA public key of 2048 bits as PEM."""


def key_of(number: int) -> str:
    """Give the key of one credential, 32 characters as stores make them."""
    return f"{number:032}"


def add(store: MemoryStore, number: int, algorithm: str, material: str) -> Credential:
    """Add a consumer with one credential."""
    consumer = store.create_consumer(username=f"consumer-{number}")
    return give(store, consumer, key_of(number), algorithm, material)


def give(
    store: MemoryStore, consumer: Consumer, key: str, algorithm: str, material: str
) -> Credential:
    """Give a consumer a credential: of a secret if it is an HMAC's, else of a PEM."""
    if algorithm.startswith("HS"):
        return store.create_credential(
            consumer, key=key, algorithm=algorithm, secret=material
        )
    return store.create_credential(
        consumer, key=key, algorithm=algorithm, public_key=material
    )
