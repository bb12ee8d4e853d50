"""The fields that a store takes when it creates or changes something."""

import os
import string
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from jwtgate.jose import ALGORITHMS
from jwtgate.quota import Quota

__all__ = [
    "ConsumerFields",
    "CredentialFields",
    "completed",
    "new_key",
    "new_kid",
    "new_secret",
]

_ALPHABET = (string.ascii_letters + string.digits).encode()
# 62 goes into an octet four times; the eight that are left over would favour some.
_LETTERS = (5 * _ALPHABET)[:256]
_LEFT_OVER = bytes(range(4 * len(_ALPHABET), 256))
_KEY_LENGTH = 32  # Kong's, for both
_KID_LENGTH = 8


class ConsumerFields(TypedDict, total=False):
    """The fields of a :class:`jwtgate.Consumer`."""

    username: str | None
    custom_id: str | None
    id: str
    groups: Sequence[str]
    tags: Sequence[str]
    quota: Quota | str | None
    enabled: bool


class CredentialFields(TypedDict, total=False):
    """The fields of a :class:`jwtgate.Credential`, but for its consumer."""

    key: str
    algorithm: str
    secret: str | bytes | None
    public_key: str | bytes | Mapping[str, Any] | None
    secret_is_base64: bool
    kid: str | None
    id: str | None
    tags: Sequence[str]
    token_lifetime: int
    lifetime_grace_period: float | None
    not_before: float | None
    retire_after: float | None
    enabled: bool
    consumer_claim: str | None
    allow_weak_secret: bool
    audience: Sequence[str]
    types: Sequence[str]


def completed(fields: CredentialFields) -> CredentialFields:
    """Give fields of a new credential with what a store makes if it is left out.

    That is its key, and the secret of an HS algorithm.
    """
    chosen: CredentialFields = {**fields}
    if "key" not in fields:
        chosen["key"] = new_key()
    if "secret" not in fields:
        chosen["secret"] = new_secret(fields.get("algorithm", "HS256"))
    return chosen


def new_key() -> str:
    """Make a key: 32 of A-Za-z0-9, as Kong does."""
    return _random(_KEY_LENGTH)


def new_kid() -> str:
    """Make a key id: 8 of A-Za-z0-9."""
    return _random(_KID_LENGTH)


def new_secret(algorithm: str) -> str | None:
    """Make a secret of A-Za-z0-9, at least as long as the hash (RFC 7518 3.2).

    Returns:
        32, 48 or 64 characters; None for an algorithm that takes no secret.
    """
    row = ALGORITHMS.get(algorithm)
    if row is None or not row.symmetric:
        return None
    return _random(max(_KEY_LENGTH, row.hash_size))


def _random(length: int) -> str:
    text = b""
    while len(text) < length:
        text += os.urandom(length).translate(_LETTERS, _LEFT_OVER)
    return text[:length].decode("ascii")
