import math
from functools import partial
from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.values import (
    as_texts,
    is_awaited,
    is_name,
    is_seconds,
    is_switch,
    is_unicode,
)


def test_as_texts_names_the_field() -> None:
    """The error says which one."""
    with pytest.raises(ConfigurationError, match="colours must be several texts"):
        as_texts("colours", "red")


@pytest.mark.parametrize(
    ("value", "expected"), [("a", True), ("", False), (None, False), (b"a", False)]
)
def test_a_name_is_a_text_that_is_not_empty(value: object, expected: object) -> None:
    """Nothing else."""
    assert is_name(value) is expected


def test_several_texts_become_a_tuple() -> None:
    """So that nobody can change them later."""
    assert as_texts("colours", ["red", "blue"]) == ("red", "blue")


@pytest.mark.parametrize("values", [["red", ""], ["red", 5], [None]])
def test_each_of_several_texts_is_one(values: list[str]) -> None:
    """None is empty, or something else."""
    with pytest.raises(ConfigurationError, match="colours must be texts"):
        as_texts("colours", values)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, True),
        (-1.5, True),
        (1e14, True),
        (1e15, False),
        (-(10**400), False),
        (math.nan, False),
        (math.inf, False),
        (True, False),
        ("5", False),
        (None, False),
    ],
)
def test_seconds_are_numbers_to_count_with(value: object, expected: object) -> None:
    """Sums with the clock neither overflow nor lose seconds."""
    assert is_seconds(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, True), (1, False), ("true", False), (None, False)],
)
def test_a_switch_is_true_or_false(value: object, expected: object) -> None:
    """The text "false" would count as true."""
    assert is_switch(value) is expected


@pytest.mark.parametrize("values", ["red", None, 5], ids=repr)
def test_one_value_is_not_several_texts(values: Any) -> None:
    """A text would be read as its characters."""
    with pytest.raises(ConfigurationError, match="not one text"):
        as_texts("colours", values)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", True),
        ("Zo\u00eb \u2603\r\n\0", True),
        ("\ud800", False),
        ("\ude00\ud83d", False),
        (b"a", False),
        (5, False),
        (None, False),
    ],
    ids=ascii,
)
def test_a_text_can_be_written_as_utf_8(value: object, expected: object) -> None:
    """A lone surrogate, as escapes in JSON bring it, cannot be sent."""
    assert is_unicode(value) is expected


async def _coroutine() -> None: ...


class _Called:
    async def __call__(self) -> None: ...


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (_coroutine, True),
        (partial(partial(_coroutine)), True),
        (_Called(), True),
        (print, False),
        (partial(print), False),
    ],
    ids=["coroutine", "partial", "object", "function", "partial of a function"],
)
def test_what_has_to_be_awaited(function: Any, expected: object) -> None:
    """However it is wrapped."""
    assert is_awaited(function) is expected
