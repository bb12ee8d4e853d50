"""Test vectors as the RFCs publish them; nothing here was computed by us."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jwtgate.jose import VerificationKey, load_key

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Published:
    """One example of an RFC.

    Attributes:
        section: Where it stands in the RFC.
        algorithm: The ``alg`` it is made with.
        jwk: Its key, if it has one.
        token: Its JWS Compact Serialization, or empty for an example of a key.
    """

    section: str
    algorithm: str
    jwk: Mapping[str, Any]
    token: str

    def __str__(self) -> str:
        """Name it, for the ids of tests."""
        return f"{self.section}-{self.algorithm}"

    @property
    def signing_input(self) -> bytes:
        """The octets that its signature covers."""
        return self.token.rpartition(".")[0].encode()

    @property
    def signature(self) -> bytes:
        """The octets of its signature, decoded without our own decoder."""
        return urlsafe_b64decode(self.token.rpartition(".")[2] + "==")

    def key(self) -> VerificationKey:
        """Load its key, as an operator would who read the RFC."""
        if self.jwk["kty"] == "oct":
            material = urlsafe_b64decode(self.jwk["k"] + "==")
        else:
            material = json.dumps(self.jwk).encode()
        return load_key(self.algorithm, material)


def read(name: str) -> Sequence[dict[str, Any]]:
    """Read a file of vectors."""
    rows: list[dict[str, Any]] = json.loads((_FOLDER / f"{name}.json").read_text())
    return rows


def examples(name: str) -> dict[str, Published]:
    """Give the examples of one RFC by section."""
    return {
        row["section"]: Published(
            section=row["section"],
            algorithm=row["algorithm"],
            jwk=row["jwk"] or {},
            token=row["token"] or "",
        )
        for row in read(name)
    }
