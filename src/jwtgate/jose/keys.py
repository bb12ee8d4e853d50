"""Verification keys: typed when a credential is made, never text at a request.

A key is bound to one algorithm for life (RFC 8725 section 3.1): nothing here takes an
algorithm from a token, which is what algorithm confusion needs.
"""

from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Protocol

from jwtgate.errors import InvalidKey
from jwtgate.jose.algorithms import ALGORITHMS, Family
from jwtgate.jose.generations import Generations

__all__ = ["VerificationKey", "load_key"]

INTERNED_KEYS = 8192


class VerificationKey(Protocol):
    """A key that can check signatures of exactly one algorithm."""

    @property
    def algorithm(self) -> str:
        """The JWA name this key is bound to."""
        ...

    def verify(self, signature: bytes, signing_input: bytes) -> bool:
        """Whether the signature covers these octets; never raises."""
        ...


class _Family(Protocol):
    def load(self, algorithm: str, material: bytes) -> VerificationKey: ...


# By the digest of algorithm and material: a PEM weighs more than the key made of it.
_INTERNED: Generations[bytes, VerificationKey] = Generations(INTERNED_KEYS)


def load_key(algorithm: str, material: bytes) -> VerificationKey:
    """Make the key object, or return the one made before from equal material.

    A store that builds its credentials for each request therefore parses no key
    twice. The table is bounded; the module of a family, and with it the
    ``cryptography`` package, is imported for the first key of that family.

    Args:
        algorithm: One of the 13 JWA names.
        material: The secret's octets for HS256, HS384 and HS512; for the others one
            public key as PEM, base64 of a PEM, certificate (PEM) or JWK.

    Raises:
        InvalidKey: An unknown algorithm, or material that does not fit it; says what
            is wrong and how to mend it, never the material.

    Source: RFC 7518 sections 3.2 to 3.5; RFC 8037 section 3.1.
    """
    row = ALGORITHMS.get(algorithm)
    if row is None:
        raise InvalidKey(f"algorithm must be one of {', '.join(ALGORITHMS)}")
    place = sha256(algorithm.encode() + b"\0" + material).digest()
    key = _INTERNED[place]
    if key is None:
        key = _family(row.family).load(algorithm, material)
        _INTERNED.put(place, key)
    return key


@cache
def _family(name: Family) -> _Family:
    family: _Family = import_module(f"jwtgate.jose.{name}")
    return family
