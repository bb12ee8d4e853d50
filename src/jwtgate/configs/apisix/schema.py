"""What APISIX's schemas demand of a table, in the words of its log.

Source: the messages of api7/jsonschema. Where those have a text of the file, which may
be a secret, these have none.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

__all__ = [
    "ID",
    "LABELS",
    "Check",
    "anything",
    "flaw",
    "listing",
    "one_of",
    "switch",
    "table",
    "text",
    "whole",
    "whole_value",
]

Check: TypeAlias = Callable[[object], str | None]
"""Gives what is wrong with a value, or None."""

_NAMES = {str: "string", bool: "boolean", int: "number", float: "number"}
_MAX_SHOWN = 64


def _wrong_type(expected: str, value: object) -> str:
    got = "null" if value is None else _NAMES.get(type(value), "table")
    return f"wrong type: expected {expected}, got {got}"


def anything(_: object) -> str | None:
    """Take any value."""
    return None


def text(
    at_least: int = 0, at_most: int | None = None, pattern: str | None = None
) -> Check:
    """Take texts of so many characters that match a pattern as a whole."""
    form = None if pattern is None else re.compile(pattern)

    def check(value: object) -> str | None:
        if not isinstance(value, str):
            return _wrong_type("string", value)
        if len(value) < at_least:
            return f"string too short, expected at least {at_least}, got {len(value)}"
        if at_most is not None and len(value) > at_most:
            return f"string too long, expected at most {at_most}, got {len(value)}"
        if form is not None and not form.fullmatch(value):
            return f'failed to match pattern "{pattern}"'
        return None

    return check


def whole_value(value: object) -> int | None:
    """Give a whole number, however JSON or YAML wrote it; None if it is none."""
    if type(value) is int:
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None


def whole(at_least: int | None = None, at_most: int | None = None) -> Check:
    """Take whole numbers within bounds."""

    def check(value: object) -> str | None:
        number = whole_value(value)
        if number is None:
            return _wrong_type("integer", value)
        if at_least is not None and number < at_least:
            return f"expected {number} to be at least {at_least}"
        if at_most is not None and number > at_most:
            return f"expected {number} to be at most {at_most}"
        return None

    return check


def switch(value: object) -> str | None:
    """Take true and false."""
    return None if type(value) is bool else _wrong_type("boolean", value)


def one_of(*choices: str) -> Check:
    """Take some texts alone."""

    def check(value: object) -> str | None:
        if isinstance(value, str) and value in choices:
            return None
        return "matches none of the enum values"

    return check


def table(value: object) -> str | None:
    """Take tables."""
    return None if isinstance(value, dict) else _wrong_type("object", value)


def listing(item: Check, at_least: int = 0, *, unique: bool = False) -> Check:
    """Take lists of so many items, all of which pass a check."""

    def check(value: object) -> str | None:
        if not isinstance(value, list):
            return _wrong_type("array", value)
        if len(value) < at_least:
            return f"expect array to have at least {at_least} items"
        for number, each in enumerate(value, start=1):
            why = item(each)
            if why is not None:
                return f"failed to validate item {number}: {why}"
        if unique and len(set(map(str, value))) < len(value):
            return "expected unique items"
        return None

    return check


_ID_TEXT = text(1, 64, r"[a-zA-Z0-9_.-]+")
_ID_NUMBER = whole(1)


def _check_id(value: object) -> str | None:
    return _ID_TEXT(value) if isinstance(value, str) else _ID_NUMBER(value)


_LABEL = text(1, 256, r"\S+")


def _check_labels(value: object) -> str | None:
    if not isinstance(value, dict):
        return _wrong_type("object", value)
    return flaw(value, dict.fromkeys(value, _LABEL))


ID: Check = _check_id
"""An id: a text, or a number from 1 on."""

LABELS: Check = _check_labels
"""The labels of an entity: texts without blanks by name."""


def flaw(
    found: Mapping[str, object],
    rules: Mapping[str, Check],
    required: Collection[str] = (),
    *,
    closed: bool = False,
) -> str | None:
    """Give the first thing that is wrong with a table; None if it is good.

    Args:
        found: The table.
        rules: What each member may hold.
        required: Members that it must have.
        closed: Whether it may have no others than those with rules.
    """
    for name in required:
        if name not in found:
            return f'property "{name}" is required'
    for name, check in rules.items():
        why = check(found[name]) if name in found else None
        if why is not None:
            return f"property {_shown(name)} validation failed: {why}"
    for name in found if closed else ():
        if name not in rules:
            return f"additional properties forbidden, found {_shown(name)}"
    return None


def _shown(name: str) -> str:
    return json.dumps(name[:_MAX_SHOWN])
