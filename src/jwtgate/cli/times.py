"""Times and durations, as people write and read them."""

import re
import time
from argparse import ArgumentTypeError
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

__all__ = ["distance", "duration", "local", "moment", "told", "utc"]

_UNITS: Mapping[str, int] = MappingProxyType(
    {"d": 86_400, "h": 3600, "m": 60, "s": 1, "": 1}
)
_DURATION = re.compile(r"[0-9]{1,12}|(?:[0-9]{1,12}[dhms])+")
_PART = re.compile(r"([0-9]{1,12})([dhms]?)")
_EPOCH = re.compile(r"[+-]?[0-9]{1,14}(?:\.[0-9]{1,9})?")
# Of years 1 to 9999, less a day for the zones.
_LAST: Final = 253_402_214_400
_FIRST: Final = -62_135_510_400
_FROM_NOW = re.compile(r"\+(\w+)|-([0-9]+[dhms]\w*)|(\w+) ago", re.ASCII)
_MOMENTS: Final = (
    "expected now, +10m, '1h ago', seconds since the epoch, or such as "
    "2027-01-31T12:00Z"
)


def duration(text: str) -> int:
    """Read such as ``600``, ``10m`` or ``1h30m``: whole seconds, 0 or more.

    Raises:
        ArgumentTypeError: It is none.
    """
    if not _DURATION.fullmatch(text):
        raise ArgumentTypeError("expected such as 600, 10m, 12h or 1d12h")
    return sum(int(each) * _UNITS[unit] for each, unit in _PART.findall(text))


def moment(text: str) -> float:
    """Read a time: seconds since the epoch.

    Args:
        text: ``now``; such as ``+10m``, ``-1h`` or ``1h ago``; seconds since the epoch;
            or ISO 8601 such as ``2027-01-31T12:00Z``, in the local zone if it has none.

    Raises:
        ArgumentTypeError: It is none.
    """
    if text == "now":
        return time.time()
    if found := _FROM_NOW.fullmatch(text):
        ahead, behind, ago = found.groups()
        return time.time() + (duration(ahead) if ahead else -duration(behind or ago))
    if _EPOCH.fullmatch(text):
        return float(text)
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise ArgumentTypeError(_MOMENTS) from None


def utc(seconds: float) -> str | None:
    """Write a time as ``2027-01-15T08:00:00Z``; None for what no calendar has."""
    if not _FIRST < seconds < _LAST:
        return None
    # Not fromtimestamp(), which some systems bound more narrowly.
    found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds // 1))
    return f"{found:%Y-%m-%dT%H:%M:%SZ}".rjust(20, "0")


def local(seconds: float) -> str | None:
    """Write a time as ``2027-01-15 09:00:00 +0100``, in the local zone."""
    if not _FIRST < seconds < _LAST:
        return None
    found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(seconds // 1))
    return f"{found.astimezone():%Y-%m-%d %H:%M:%S %z}".rjust(25, "0")


def distance(seconds: float, now: float) -> str:
    """Write how far a time is from another: ``in 10m``, ``1h30m ago``, ``now``."""
    rest = abs(round(seconds - now))
    if not rest:
        return "now"
    parts = []
    for unit in "dhms":
        number, rest = divmod(rest, _UNITS[unit])
        if number:
            parts.append(f"{number}{unit}")
    text = "".join(parts[:2])
    return f"in {text}" if seconds > now else f"{text} ago"


def told(seconds: float, now: float) -> str:
    """Write a time for people: local, UTC, and how far it is.

    What lies beyond the calendar is told to be so: a time in milliseconds does.
    """
    here, there = local(seconds), utc(seconds)
    if here is None or there is None:
        return "beyond the calendar; are these seconds?"
    return f"{here} = {there} ({distance(seconds, now)})"
