from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.secrets.contents import Content
from jwtgate.secrets.kept import Ages, Kept

GOOD = {"refresh_every": 60.0, "keep_for": 3600.0, "retry_after": 5.0}


def test_ages_may_be_equal() -> None:
    """What is kept no longer than until it is asked for again is not kept at all."""
    assert Ages(**{**GOOD, "keep_for": 60}).keep_for == 60


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), True, "5", None])
def test_an_age_that_cannot_be(name: str, value: Any) -> None:
    """It is a finite number of seconds."""
    with pytest.raises(ConfigurationError) as caught:
        Ages(**{**GOOD, name: value})
    assert caught.value.problems == (f"{name} must be seconds, more than 0",)


def test_what_is_kept_must_not_be_too_old_before_it_is_asked_for_again() -> None:
    """It would be lost in between, each time."""
    with pytest.raises(ConfigurationError) as caught:
        Ages(**{**GOOD, "keep_for": 59})
    assert caught.value.problems == ("keep_for must be refresh_every or more",)


def test_what_is_too_old_is_not_given() -> None:
    """At the very second."""
    kept = Kept(content=Content.of("a"), good_until=10)
    assert kept.at(9.9) is not None
    assert kept.at(10) is None


A, B = Content.of("a"), Content.of("b")


@pytest.mark.parametrize(
    ("kept", "now", "same"),
    [
        (Kept(), None, True),
        (Kept(), A, False),
        (Kept(content=A, is_good=True), A, True),
        (Kept(content=A, is_good=True), B, False),
        (Kept(content=A, is_good=True), None, False),
        (Kept(content=A), A, False),
        (Kept(content=A), None, True),
    ],
)
def test_it_is_told_whether_it_gave_the_same(
    kept: Kept,
    now: Content | None,
    same: bool,  # noqa: FBT001 - a column
) -> None:
    """What was too old, and is had again, is a change."""
    assert kept.gave(now) is same
