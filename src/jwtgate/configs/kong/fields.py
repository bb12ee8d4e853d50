"""What members of Kong's entities may hold, refused in Kong's words.

Source: Kong 3.10, ``kong/db/schema/init.lua``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from jwtgate.configs.problems import Path, Problems
from jwtgate.configs.tree import BROKEN

__all__ = [
    "ANY",
    "BOOLEAN",
    "INTEGER",
    "NUMBER",
    "RECORD",
    "STRING",
    "TEXT",
    "UUID",
    "Field",
    "Test",
    "array_of",
    "as_written",
    "between",
    "matching",
    "one_of",
    "positive",
    "set_of",
]

Test: TypeAlias = Callable[[object, Path, Problems], bool]
"""Whether a value is one; what is wrong with it is reported."""

_MAX_SHOWN = 128
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a member may hold.

    Attributes:
        test: Whether it does.
        required: Null is refused; else it is as if the member was left out.
    """

    test: Test
    required: bool = False


def as_written(text: str, problems: Problems) -> str:
    """Give the text for a sentence: the reference, where the file has one in place.

    A reference may point elsewhere than was meant: at a secret.
    """
    shown = problems.references.get(text, text)[:_MAX_SHOWN]
    return shown if shown.isprintable() else ascii(shown)[1:-1]


def _typed(fits: Callable[[object], bool], expected: str) -> Test:
    def test(value: object, at: Path, problems: Problems) -> bool:
        if not fits(value):
            problems.add(at, f"expected {expected}")
            return False
        return True

    return test


def _string(value: object, at: Path, problems: Problems) -> bool:
    if not TEXT(value, at, problems):
        return False
    if value == "":
        problems.add(at, "length must be at least 1")
        return False
    return True


def matching(pattern: re.Pattern[str], sentence: str) -> Test:
    """Make the test of a text; ``{}`` in the sentence stands for what it is."""

    def test(value: object, at: Path, problems: Problems) -> bool:
        if not _string(value, at, problems):
            return False
        if pattern.fullmatch(str(value)) is None:
            problems.add(at, sentence.replace("{}", as_written(str(value), problems)))
            return False
        return True

    return test


def one_of(*names: str) -> Test:
    """Make the test of a text that is one of some."""

    def test(value: object, at: Path, problems: Problems) -> bool:
        if not TEXT(value, at, problems):
            return False
        if value not in names:
            problems.add(at, f"expected one of: {', '.join(names)}")
            return False
        return True

    return test


def between(low: int, high: int, *, whole: bool = False) -> Test:
    """Make the test of a number within bounds, both included."""
    of_type = INTEGER if whole else NUMBER

    def test(value: object, at: Path, problems: Problems) -> bool:
        if not of_type(value, at, problems):
            return False
        if not (isinstance(value, int | float) and low <= value <= high):
            problems.add(at, f"value should be between {low} and {high}")
            return False
        return True

    return test


def positive(value: object, at: Path, problems: Problems) -> bool:
    """Test a number that is above 0."""
    if not NUMBER(value, at, problems):
        return False
    if not (isinstance(value, int | float) and value > 0):
        problems.add(at, "value must be greater than 0")
        return False
    return True


def array_of(test: Test, expected: str = "an array") -> Test:
    """Make the test of several values, each of which passes one of its own."""

    def test_all(value: object, at: Path, problems: Problems) -> bool:
        if not isinstance(value, list):
            problems.add(at, f"expected {expected}")
            return False
        passed = [
            each is not BROKEN and test(each, (*at, index), problems)
            for index, each in enumerate(value)
        ]
        return all(passed)

    return test_all


def set_of(test: Test) -> Test:
    """Make the test of several values of which each counts once."""
    return array_of(test, "a set")


def _is_whole(value: object) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return type(value) is int


def _any(_value: object, _at: Path, _problems: Problems) -> bool:
    return True


TEXT: Final = _typed(lambda value: isinstance(value, str), "a string")
STRING: Final[Test] = _string
BOOLEAN: Final = _typed(lambda value: type(value) is bool, "a boolean")
NUMBER: Final = _typed(lambda value: type(value) in (int, float), "a number")
INTEGER: Final = _typed(_is_whole, "an integer")
RECORD: Final = _typed(lambda value: isinstance(value, dict), "a record")
UUID: Final = matching(_UUID, "expected a valid UUID")
ANY: Final[Test] = _any
