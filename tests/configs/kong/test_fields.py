import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.configs.kong.fields import (
    ANY,
    BOOLEAN,
    INTEGER,
    NUMBER,
    RECORD,
    STRING,
    TEXT,
    UUID,
    Test,
    array_of,
    as_written,
    between,
    matching,
    one_of,
    positive,
    set_of,
)
from jwtgate.configs.problems import Problems
from jwtgate.configs.tree import BROKEN
from tests.configs.kong.kit import ID, sentences

WORD = matching(re.compile("[a-z]+"), "bad word '{}'")

FITTING: dict[str, tuple[Test, object]] = {
    "any": (ANY, None),
    "text": (TEXT, ""),
    "string": (STRING, "a"),
    "boolean": (BOOLEAN, False),
    "number": (NUMBER, 2.5),
    "integer": (INTEGER, 2),
    "integer, as a float": (INTEGER, 2.0),
    "record": (RECORD, {}),
    "uuid": (UUID, ID),
    "uuid in capitals": (UUID, ID.upper()),
    "word": (WORD, "a"),
    "choice": (one_of("a", "b"), "b"),
    "low": (between(0, 5), 0),
    "high": (between(0, 5), 5.0),
    "positive": (positive, 0.1),
    "array": (array_of(STRING), ["a", "a"]),
    "no members": (set_of(STRING), []),
}


@pytest.mark.parametrize(("test", "value"), FITTING.values(), ids=FITTING.keys())
def test_a_value_that_fits_is_not_told(test: Test, value: object) -> None:
    """It is taken as it is."""
    problems = Problems()
    assert test(value, ("a",), problems)
    assert not problems


REFUSED: dict[str, tuple[Test, object, str]] = {
    "text": (TEXT, 1, "a: expected a string"),
    "string": (STRING, None, "a: expected a string"),
    "empty": (STRING, "", "a: length must be at least 1"),
    "boolean": (BOOLEAN, 1, "a: expected a boolean"),
    "number": (NUMBER, True, "a: expected a number"),
    "integer": (INTEGER, 2.5, "a: expected an integer"),
    "integer, no number": (INTEGER, True, "a: expected an integer"),
    "record": (RECORD, [], "a: expected a record"),
    "uuid": (UUID, "jack", "a: expected a valid UUID"),
    "uuid, too long": (UUID, ID + "0", "a: expected a valid UUID"),
    "no text": (WORD, 1, "a: expected a string"),
    "word": (WORD, "A", "a: bad word 'A'"),
    "choice": (one_of("a", "b"), "c", "a: expected one of: a, b"),
    "no choice": (one_of("a", "b"), ["a"], "a: expected a string"),
    "low": (between(1, 5), 0, "a: value should be between 1 and 5"),
    "high": (between(1, 5), 5.1, "a: value should be between 1 and 5"),
    "between": (between(1, 5), "2", "a: expected a number"),
    "whole": (between(1, 5, whole=True), 2.5, "a: expected an integer"),
    "zero": (positive, 0, "a: value must be greater than 0"),
    "positive": (positive, "1", "a: expected a number"),
    "array": (array_of(STRING), "a", "a: expected an array"),
    "set": (set_of(STRING), "a", "a: expected a set"),
    "member": (set_of(STRING), ["a", 1], "a[1]: expected a string"),
}


@pytest.mark.parametrize(
    ("test", "value", "problem"), REFUSED.values(), ids=REFUSED.keys()
)
def test_a_value_that_does_not_fit_is_told_in_kongs_words(
    test: Test, value: object, problem: str
) -> None:
    """With its place."""
    problems = Problems()
    assert not test(value, ("a",), problems)
    assert sentences(problems) == (problem,)


def test_what_was_told_already_is_not_told_again() -> None:
    """A broken member makes the whole list broken."""
    problems = Problems()
    assert not array_of(STRING)(["a", BROKEN], ("a",), problems)
    assert not problems


def test_every_member_that_does_not_fit_is_told() -> None:
    """Not the first one alone."""
    problems = Problems()
    array_of(STRING)([1, "a", 2], ("a",), problems)
    assert len(problems) == 2


def test_a_text_of_a_reference_is_shown_as_the_reference() -> None:
    """It may be a secret."""
    problems = Problems()
    problems.references["hunter2"] = "$env://PASSWORD"
    assert as_written("hunter2", problems) == "$env://PASSWORD"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("jack", "jack"), ("a\nb", "a\\nb"), ("\u00e9", "\u00e9"), ("x" * 500, "x" * 128)],
)
def test_a_text_is_shown_on_one_line(text: str, shown: str) -> None:
    """Nobody writes lines of a log by the names in a file."""
    assert as_written(text, Problems()) == shown


TESTS = [test for test, _ in FITTING.values()]


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.floats(),
        lambda below: st.lists(below) | st.dictionaries(st.text(), below),
    ),
    test=st.sampled_from(TESTS),
)
def test_any_value_fits_or_is_told(value: Any, test: Test) -> None:
    """Exactly one of the two."""
    problems = Problems()
    assert test(value, ("a",), problems) is not bool(problems)
