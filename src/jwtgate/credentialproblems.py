"""What can be wrong with the fields of a credential, each with its mend."""

from __future__ import annotations

from itertools import compress
from operator import attrgetter, is_not
from typing import TYPE_CHECKING

from jwtgate.consumer import Consumer
from jwtgate.identity import is_header_safe
from jwtgate.jose import ALGORITHMS
from jwtgate.keytext import MAX_KEY_OCTETS, is_key_text
from jwtgate.masked import Secret
from jwtgate.values import is_name, is_seconds, is_switch

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from jwtgate.credential import Credential

    _Fits: TypeAlias = Callable[[object], bool]

__all__ = ["CHECKS", "TOKEN_LIFETIME", "credential_problems"]

TOKEN_LIFETIME = 86400
"""Seconds that tokens issued with a credential live, unless it says otherwise."""


def credential_problems(credential: Credential) -> list[str]:
    """Tell what is wrong with the fields of a credential, but for its material."""
    values = _checked(credential)
    # A default fits, and most fields are left at theirs.
    chosen = compress(zip(values, CHECKS, strict=True), map(is_not, values, _USUAL))
    return [
        f"{name} must be {expected}"
        for value, (name, _, fits, expected) in chosen
        if not fits(value)
    ]


def _or_none(fits: _Fits) -> _Fits:
    return lambda value: value is None or fits(value)


def _is_consumer(value: object) -> bool:
    return isinstance(value, Consumer)


def _is_algorithm(value: object) -> bool:
    return value in _NAMES


def _is_secret(value: object) -> bool:
    return isinstance(value, str | bytes | Secret | None)


def _is_grace(value: object) -> bool:
    return is_seconds(value) and value >= 0


def _is_lifetime(value: object) -> bool:
    return type(value) is int and value > 0


_NAMES = tuple(ALGORITHMS)  # what cannot be hashed is not in it, as it should be
_REQUIRED = object()
_KEY = f"a printable text of 1 to {MAX_KEY_OCTETS} octets"
_HEADER = "a text without CR, LF or NUL (it goes into a header)"
_SWITCH = "True or False"
_TIME = "seconds since the epoch, or None"

# Rows come from databases and files, where the type checker does not see them.
CHECKS: tuple[tuple[str, object, _Fits, str], ...] = (
    ("consumer", _REQUIRED, _is_consumer, "a Consumer"),
    ("algorithm", "HS256", _is_algorithm, f"one of {', '.join(ALGORITHMS)}"),
    ("key", _REQUIRED, is_key_text, _KEY),
    ("kid", None, _or_none(is_key_text), f"{_KEY}, or None"),
    ("id", None, _or_none(is_header_safe), f"{_HEADER}, or None"),
    ("secret", None, _is_secret, "a text or octets"),
    ("consumer_claim", None, _or_none(is_name), "the name of a claim, or None"),
    ("secret_is_base64", False, is_switch, _SWITCH),
    ("enabled", True, is_switch, _SWITCH),
    ("allow_weak_secret", False, is_switch, _SWITCH),
    (
        "token_lifetime",
        TOKEN_LIFETIME,
        _is_lifetime,
        "a whole number of seconds above 0",
    ),
    (
        "lifetime_grace_period",
        None,
        _or_none(_is_grace),
        "seconds, 0 or more, or None",
    ),
    ("not_before", None, _or_none(is_seconds), _TIME),
    ("retire_after", None, _or_none(is_seconds), _TIME),
)
"""The name of each field, a value that fits, what tells, and what is expected."""

_checked = attrgetter(*(name for name, _, _, _ in CHECKS))
_USUAL = tuple(usual for _, usual, _, _ in CHECKS)
