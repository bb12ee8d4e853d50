import datetime as dt
import math
from pathlib import Path
from types import MappingProxyType

import pytest

from jwtgate.configs.problems import Problems
from jwtgate.configs.tree import BROKEN, MAX_DEPTH, Table, is_broken, sound
from jwtgate.errors import SecretUnavailable
from jwtgate.secrets import References

REFERENCES = References(Path(), {"NAME": "value"})


def check(value: object) -> tuple[object, tuple[str, ...]]:
    """Give the sound copy of a value, and the problems."""
    problems = Problems()
    copy = sound(value, problems, REFERENCES)
    return copy, problems.error().problems


@pytest.mark.parametrize(
    "value",
    [None, True, 1, -1.5, "text", [], {}, {"a": [1, {"b": None}]}],
    ids=str,
)
def test_a_sound_value_stays(value: object) -> None:
    """Whatever JSON has."""
    assert check(value) == (value, ())


def test_references_are_resolved_at_any_depth() -> None:
    """In lists and tables alike."""
    assert check({"a": ["$env://NAME"]})[0] == {"a": ["value"]}


def test_a_resolved_text_is_remembered_by_its_reference() -> None:
    """So that no problem quotes it."""
    problems = Problems()
    sound(["$env://NAME", "text"], problems, REFERENCES)
    assert problems.references == {"value": "$env://NAME"}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (dt.date(2026, 1, 1), "is a date or a time"),
        (dt.time(1), "is a date or a time"),
        (dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "is a date or a time"),
        (math.nan, "expected a finite number"),
        (-math.inf, "expected a finite number"),
        ("\ud800", "has half of a surrogate pair"),
        ("$env://OTHER", "$env://OTHER is not set"),
    ],
    ids=["date", "time", "datetime", "NaN", "infinity", "surrogate", "unset"],
)
def test_what_cannot_be_is_told_with_its_place(value: object, sentence: str) -> None:
    """And the copy is broken there alone."""
    copy, problems = check({"a": [value, 1]})
    assert copy == {"a": [BROKEN, 1]}
    assert [each.startswith(f"a[0]: {sentence}") for each in problems] == [True]


def test_a_name_that_occurs_twice_is_told() -> None:
    """Readers disagree on which one counts."""
    twice = Table([("realm", 1), ("mode", 2), ("realm", 3)])
    _, problems = check({"policy": twice})
    assert problems == ("policy.realm: occurs twice; expected one",)


def nested(levels: int) -> object:
    """Nest lists."""
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


def test_levels_up_to_the_bound_are_read() -> None:
    """The bound itself is within."""
    assert check(nested(MAX_DEPTH)) == (nested(MAX_DEPTH), ())


def test_levels_beyond_the_bound_are_refused() -> None:
    """No file needs them, and each is a frame of ours."""
    copy, problems = check(nested(MAX_DEPTH + 1))
    assert is_broken(copy)
    assert "nested too deeply; expected 32 levels at most" in problems[0]


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        (BROKEN, True),
        ([1, [BROKEN]], True),
        ({"a": {"b": BROKEN}}, True),
        ([{}], False),
    ],
    ids=["itself", "in a list", "in a table", "nowhere"],
)
def test_a_value_is_broken_at_any_depth(value: object, broken: bool) -> None:  # noqa: FBT001 - a column
    """A key that is a table may have a broken member."""
    assert is_broken(value) is broken


class Lost:
    """Resolves one text to what it was, and cannot say what another one is."""

    excused = MappingProxyType({"$secret://a/b/known": "is lost"})

    def resolve(self, text: str) -> str:
        """Give what it was, or nothing."""
        if text in self.excused:
            return "before"
        raise SecretUnavailable("cannot be had")


def test_what_no_manager_gives_is_a_problem_unless_it_was_known() -> None:
    """Then its place is excused, and told why."""
    problems = Problems()
    found = sound(["$secret://a/b/known", "$secret://a/b/c"], problems, Lost())
    assert found == ["before", BROKEN]
    assert problems.excuse((0,)) == "is lost"
    assert problems.excuse((1,)) is None
    assert problems.error().problems == ("[1]: cannot be had",)
