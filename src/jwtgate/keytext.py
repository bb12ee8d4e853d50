"""Which texts can name a key at all."""

from typing import TypeGuard

__all__ = ["MAX_KEY_OCTETS", "is_key_text"]

MAX_KEY_OCTETS = 512
"""Octets of UTF-8 that a key or a kid may have."""


def is_key_text(value: object) -> TypeGuard[str]:
    """Whether a value can name a credential: a printable text of 1 to 512 octets.

    Anything else never reaches a store: drivers fail on NUL and surrogates, and a
    key of megabytes would be work that a client chooses.
    """
    return (
        type(value) is str
        and value.isprintable()  # false for lone surrogates, controls, line ends
        and 0 < len(value.encode()) <= MAX_KEY_OCTETS
    )
