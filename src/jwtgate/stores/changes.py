"""What a store tells caches elsewhere of a change that was made in it."""

import json
from dataclasses import dataclass
from typing import Final, final

from jwtgate.keytext import is_key_text

__all__ = ["CHANNEL", "EVERYTHING", "Change", "decode", "encode"]

CHANNEL: Final = "jwtgate"
"""The channel of PostgreSQL or Redis that changes are told on, if none is named."""

_MAX_OCTETS = 7000  # PostgreSQL takes payloads below 8000


@final
@dataclass(frozen=True, slots=True)
class Change:
    """What may be another one now than a cache holds.

    Attributes:
        keys: Keys whose credentials, or their consumer, changed.
        consumers: Whether what consumers' names find may have changed.
        everything: Whether all of it may have.
    """

    keys: tuple[str, ...] = ()
    consumers: bool = False
    everything: bool = False


EVERYTHING = Change(everything=True)
"""The change of which it is not known what it touched."""


def encode(change: Change) -> str:
    """Write a change as a message of ASCII, at most 7,000 characters.

    One of too many keys becomes one of everything.
    """
    if not change.everything:
        text = json.dumps({"keys": change.keys, "consumers": change.consumers})
        if len(text) <= _MAX_OCTETS:
            return text
    return "*"


def decode(message: str) -> Change:
    """Read a message; whatever is none that :func:`encode` wrote means everything."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return EVERYTHING
    match found:
        case {"keys": list() as keys, "consumers": bool() as consumers, **rest}:
            if not rest and all(map(is_key_text, keys)):
                return Change(tuple(keys), consumers)
    return EVERYTHING
