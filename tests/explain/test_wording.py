import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.explain.wording import (
    bounded,
    difference,
    lapse,
    members,
    moment,
    plain,
    shown,
)
from tests.kit import NOW, mint

INFINITE = float("inf")


@given(st.recursive(st.text() | st.floats() | st.none(), st.lists))
def test_whatever_is_shown_is_one_short_line(value: Any) -> None:
    """A terminal obeys nothing in it."""
    assert shown(value).isprintable()
    assert len(shown(value)) <= 200


def test_controls_are_escaped() -> None:
    """Those that clear the screen, and those that turn a text round."""
    assert shown("\x1b[2J\u202ea") == r'"\u001b[2J\u202ea"'
    assert plain("a\nb") == r"a\nb"


def test_a_signature_inside_of_a_value_is_masked() -> None:
    """A claim or a path may hold a whole token."""
    token = mint()
    assert token.rpartition(".")[2] not in shown({"act": token})
    assert shown(token).endswith('.***"')


@pytest.mark.parametrize(
    "value", [7, "a", None, True, [1, {"a": "b"}], (1, 2)], ids=str
)
def test_short_values_stay_as_they_are(value: Any) -> None:
    """For programs."""
    assert bounded(value) == json.loads(json.dumps(value))


@pytest.mark.parametrize(
    "value",
    ["x" * 300, float("nan"), "\ud800", mint()],
    ids=["long", "nan", "lone", "token"],
)
def test_other_values_become_their_text(value: Any) -> None:
    """They can be written as JSON in UTF-8 by whoever gets them."""
    found = bounded(value)
    assert found == shown(value)
    json.dumps(found, allow_nan=False, ensure_ascii=False).encode()


def test_names_of_members_are_bounded_too() -> None:
    """They are chosen by the same sender."""
    (name,) = members({"x" * 300: 1})
    assert len(name) == 200


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [(3, 1.5, 1.5), (10**400, 1.0, INFINITE), (-(10**400), 1.0, -INFINITE)],
    ids=["near", "far", "long ago"],
)
def test_differences_of_any_numbers(one: float, other: float, found: float) -> None:
    """An integer of 400 digits is none that a float has."""
    assert difference(one, other) == found


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (3, "3 s"),
        (-0.5, "0.5 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7200, "2 h"),
        (2 * 86_400, "2 days"),
        (INFINITE, "longer than can be told"),
    ],
    ids=str,
)
def test_lengths_of_time(seconds: float, text: str) -> None:
    """In the unit that people think in."""
    assert lapse(seconds) == text


def test_moments() -> None:
    """In UTC, as far as there is a calendar."""
    assert moment(NOW) == "2027-01-15 08:00:00 UTC"
    assert moment(NOW * 1000) == moment(10**400) == "beyond any calendar"
