"""What can be wrong with the fields of a credential, each with its mend."""

from __future__ import annotations

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
    _Check: TypeAlias = tuple[str, _Fits, str]

__all__ = ["CHECKS", "TOKEN_LIFETIME", "credential_problems"]

TOKEN_LIFETIME = 86400
"""Seconds that tokens issued with a credential live, unless it says otherwise."""


def credential_problems(credential: Credential) -> list[str]:
    """Tell what is wrong with the fields of a credential, but for its material."""
    if _is_usual(credential):
        return []
    return [
        f"{name} must be {expected}"
        for name, fits, expected in CHECKS
        if not fits(getattr(credential, name))
    ]


def _is_usual(credential: Credential) -> bool:
    # Most leave all but four at their defaults. Identity tells True from 1.
    return (
        _is_consumer(credential.consumer)
        and credential.algorithm in _NAMES
        and is_key_text(credential.key)
        and _is_secret(credential.secret)
        and credential.kid is None
        and credential.id is None
        and credential.consumer_claim is None
        and credential.secret_is_base64 is False
        and credential.enabled is True
        and credential.allow_weak_secret is False
        and credential.token_lifetime is TOKEN_LIFETIME
        and credential.lifetime_grace_period is None
        and credential.not_before is None
        and credential.retire_after is None
    )


def _or_none(fits: _Fits) -> _Fits:
    return lambda value: value is None or fits(value)


def _is_consumer(value: object) -> bool:
    return isinstance(value, Consumer)


def _is_algorithm(value: object) -> bool:
    return value in _NAMES


def _is_secret(value: object) -> bool:
    return isinstance(value, _SECRETS)


def _is_grace(value: object) -> bool:
    return is_seconds(value) and value >= 0


def _is_lifetime(value: object) -> bool:
    return type(value) is int and value > 0


_NAMES = tuple(ALGORITHMS)  # what cannot be hashed is not in it, as it should be
_SECRETS = (str, bytes, Secret, type(None))  # a union would be made for each look
_KEY = f"a printable text of 1 to {MAX_KEY_OCTETS} octets"
_HEADER = "a text without CR, LF or NUL (it goes into a header)"
_SWITCH = "True or False"
_TIME = "seconds since the epoch, or None"

# Rows come from databases and files, where the type checker does not see them.
CHECKS: tuple[_Check, ...] = (
    ("consumer", _is_consumer, "a Consumer"),
    ("algorithm", _is_algorithm, f"one of {', '.join(ALGORITHMS)}"),
    ("key", is_key_text, _KEY),
    ("secret", _is_secret, "a text or octets"),
    ("kid", _or_none(is_key_text), f"{_KEY}, or None"),
    ("id", _or_none(is_header_safe), f"{_HEADER}, or None"),
    ("consumer_claim", _or_none(is_name), "the name of a claim, or None"),
    ("secret_is_base64", is_switch, _SWITCH),
    ("enabled", is_switch, _SWITCH),
    ("allow_weak_secret", is_switch, _SWITCH),
    ("token_lifetime", _is_lifetime, "a whole number of seconds above 0"),
    ("lifetime_grace_period", _or_none(_is_grace), "seconds, 0 or more, or None"),
    ("not_before", _or_none(is_seconds), _TIME),
    ("retire_after", _or_none(is_seconds), _TIME),
)
"""Of each field: what tells whether it fits, what is expected."""
