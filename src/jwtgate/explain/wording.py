"""What others chose, and times, as words for an operator.

A claim may hold what a terminal obeys, or a whole token; so nothing of a request is
shown that did not pass here.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

__all__ = [
    "bounded",
    "difference",
    "lapse",
    "members",
    "moment",
    "plain",
    "shown",
]

MAX_SHOWN: Final = 200
"""Characters of one value that are shown."""

# A token inside of a claim or a path: its last segment is somebody's signature.
_SIGNED = re.compile(r"(ey[\w-]+\.[\w-]*\.)[\w-]+")
_UNITS = ((2 * 86_400, 86_400, "days"), (2 * 3600, 3600, "h"), (120, 60, "min"))


def shown(value: object) -> str:
    """Write a value as JSON on one line: printable, cut at 200 characters.

    Args:
        value: What JSON has; tuples are arrays.
    """
    return plain(json.dumps(value, ensure_ascii=False))


def plain(text: str) -> str:
    """Write a text on one line, without quotes: printable, cut at 200 characters."""
    printable = "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in _SIGNED.sub(r"\1***", text)
    )
    if len(printable) <= MAX_SHOWN:
        return printable
    return f"{printable[: MAX_SHOWN - 1]}…"


def bounded(value: object) -> Any:
    """Give a value as JSON has it, or as :func:`shown` where that tells less."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return shown(value)
    if len(text) > MAX_SHOWN or not text.isprintable() or _SIGNED.search(text):
        return shown(value)
    return json.loads(text)


def members(found: Mapping[str, object]) -> dict[str, Any]:
    """Give the members of a header or payload, bounded, names too."""
    return {str(bounded(name)): bounded(value) for name, value in found.items()}


def difference(one: float, other: float) -> float:
    """Subtract; an integer of thousands of digits is as good as infinite."""
    try:
        return float(one - other)
    except OverflowError:
        return float("inf") if one > other else float("-inf")


def lapse(seconds: float) -> str:
    """Write a length of time: ``3 s``, ``35 min``, ``7 h``, ``12 days``."""
    seconds = abs(seconds)
    if seconds == float("inf"):
        return "longer than can be told"
    for least, unit, name in _UNITS:
        if seconds >= least:
            return f"{seconds // unit:.0f} {name}"
    return f"{round(seconds, 3):g} s"


def moment(seconds: float) -> str:
    """Write seconds since the epoch as a time in UTC."""
    try:
        found = datetime.fromtimestamp(float(seconds), UTC)
    except (OSError, OverflowError, ValueError):
        return "beyond any calendar"
    return f"{found:%Y-%m-%d %H:%M:%S} UTC"
