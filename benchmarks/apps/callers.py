"""The caller whom every app lets in: one key, one token of five claims, one gate."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from benchmarks.population import give
from benchmarks.tokens import KEY, material, token
from jwtgate import Gate, MemoryStore

__all__ = ["Caller"]

_ALGORITHM, _MATERIAL = "BENCHMARK_ALGORITHM", "BENCHMARK_MATERIAL"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whom an app can verify.

    Attributes:
        algorithm: What the token is signed with.
        material: What verifies it: a secret, or a public key as PEM.
        token: The token; empty in a server's own process, which needs none.
    """

    algorithm: str
    material: str
    token: str = ""

    @classmethod
    def make(cls, algorithm: str) -> Self:
        """Make a caller with a token."""
        return cls(algorithm, material(algorithm), token(algorithm))

    @classmethod
    def of_environment(cls) -> Self:
        """Give the caller whom :attr:`environment` told this process of."""
        return cls(os.environ[_ALGORITHM], os.environ[_MATERIAL])

    @property
    def environment(self) -> Mapping[str, str]:
        """What to start a server with, whose app is to know the caller."""
        return {_ALGORITHM: self.algorithm, _MATERIAL: self.material}

    @property
    def forged(self) -> str:
        """The token with another signature, as long as its own."""
        signed, dot, signature = self.token.rpartition(".")
        return signed + dot + ("B" if signature[0] == "A" else "A") + signature[1:]

    def gate(self, *, memo: bool) -> Gate:
        """Make a gate that knows the caller, with strict defaults.

        Args:
            memo: Whether it may remember which tokens it has verified.
        """
        store = MemoryStore()
        jack = store.create_consumer(username="jack", custom_id="495aec6a")
        give(store, jack, KEY, self.algorithm, self.material)
        return Gate(store) if memo else Gate(store, memo=0)

    def by_pyjwt(self) -> Callable[[str], dict[str, Any]]:
        """Give what verifies a token by PyJWT, and raises ``jwt.InvalidTokenError``.

        Its key is made ready here, once.
        """
        octets, algorithms = self.material.encode(), [self.algorithm]
        is_secret = self.algorithm.startswith("HS")
        key: Any = octets if is_secret else load_pem_public_key(octets)

        def claims_of(text: str) -> dict[str, Any]:
            return jwt.decode(text, key, algorithms=algorithms)

        return claims_of
