"""The JWA names this library knows, and their families (RFC 7518 section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from jwtgate.record import Record

__all__ = ["ALGORITHMS", "Algorithm", "Family"]

Family = Literal["hmac", "rsa", "ec", "okp"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Algorithm(Record):
    """One row of the table.

    Attributes:
        name: The ``alg`` value, compared exactly (RFC 7515 section 4.1.1).
        family: Which module of this package verifies it.
        hash_name: The hash in :mod:`hashlib`'s spelling; empty for EdDSA.
        hash_size: Octets of that hash; 0 for EdDSA.
    """

    name: str
    family: Family
    hash_name: str
    hash_size: int

    @property
    def symmetric(self) -> bool:
        """Whether the key is a shared secret."""
        return self.family == "hmac"


def _rows() -> dict[str, Algorithm]:
    families: tuple[tuple[str, Family], ...] = (
        ("HS", "hmac"),
        ("RS", "rsa"),
        ("PS", "rsa"),
        ("ES", "ec"),
    )
    rows = [
        Algorithm(
            name=f"{prefix}{bits}",
            family=family,
            hash_name=f"sha{bits}",
            hash_size=bits // 8,
        )
        for prefix, family in families
        for bits in (256, 384, 512)
    ]
    rows.append(Algorithm(name="EdDSA", family="okp", hash_name="", hash_size=0))
    return {row.name: row for row in rows}


ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType(_rows())
"""The 13 algorithms by name. ``none`` is not one of them and never will be."""
