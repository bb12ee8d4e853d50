"""How entries of a list of revoked tokens are put together, and for how long."""

from collections.abc import Collection
from math import inf
from typing import Final, NamedTuple

from jwtgate.denylist import Subject
from jwtgate.errors import ConfigurationError
from jwtgate.jose.claims import is_numeric_date
from jwtgate.values import is_seconds

__all__ = ["MARGIN", "Entry", "check_entry", "check_margin", "new_entry", "stricter"]

MARGIN: Final = 3600.0
"""Seconds that an entry outlives its token: a gate may take a token with leeway."""

# Three million years: after all clocks, and every list can hold it.
_LAST: Final = 1e14


class Entry(NamedTuple):
    """What is denied of a subject.

    Attributes:
        until: Seconds since the epoch from when the entry is not needed any more, as
            the tokens have expired; None for ever.
        issued_before: Only tokens that were issued before, in seconds since the
            epoch; None for all.
    """

    until: float | None
    issued_before: float | None


def check_margin(margin: object) -> float:
    """See that a margin is seconds, and does not make entries end too early.

    Raises:
        ConfigurationError: It is not.
    """
    if not (is_seconds(margin) and margin >= 0):
        raise ConfigurationError("margin must be seconds, 0 or more")
    return margin


def new_entry(
    subject: Subject,
    by: Collection[str],
    until: float | None,
    issued_before: float | None,
) -> Entry:
    """Make the entry of a subject.

    Raises:
        ConfigurationError: What is no time, or a kind of subject that is not asked
            for: it would deny nothing.
    """
    if subject.kind not in by:
        raise ConfigurationError(
            f"this denylist is not asked for {subject.kind}; say by=[...] with it"
        )
    # A token's exp, which may be any finite number.
    if is_numeric_date(until) and -inf < until < inf:
        until = max(-_LAST, min(until, _LAST))
    return check_entry(until, issued_before)


def check_entry(until: object, issued_before: object) -> Entry:
    """See that both are times, or None.

    Raises:
        ConfigurationError: They are not.
    """
    if not (until is None or is_seconds(until)):
        raise ConfigurationError("until must be seconds since the epoch, or None")
    if not (issued_before is None or is_seconds(issued_before)):
        raise ConfigurationError("issued_before must be seconds since the epoch")
    return Entry(until, issued_before)


def stricter(one: Entry, other: Entry) -> Entry:
    """Put two entries of one subject together: what either denies is denied."""
    return Entry(
        _later(one.until, other.until), _later(one.issued_before, other.issued_before)
    )


def _later(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else max(one, other)
