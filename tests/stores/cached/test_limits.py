import math
from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.stores.cached import Limits

SECONDS = ("ttl", "negative_ttl", "stale_if_error", "retry_after")
NUMBERS = ("max_entries", "max_unknown", "max_lookups", "max_waiting")


@pytest.mark.parametrize("name", SECONDS)
def test_seconds_may_be_none_at_all(name: str) -> None:
    """Then nothing is remembered, or left alone."""
    fields: Any = {name: 0}
    assert getattr(Limits(**fields), name) == 0


@pytest.mark.parametrize("value", [-1, math.nan, math.inf, True, None, "1"])
@pytest.mark.parametrize("name", [*SECONDS, "timeout"])
def test_seconds_that_cannot_be_are_refused(name: str, value: Any) -> None:
    """A NaN would compare with nothing, and an entry live for ever."""
    fields: Any = {name: value}
    with pytest.raises(ConfigurationError, match=name):
        Limits(**fields)


@pytest.mark.parametrize("value", [0, -1, 1.0, True, None])
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_above_0(name: str, value: Any) -> None:
    """Of nothing there would be nothing to wait for."""
    fields: Any = {name: value}
    with pytest.raises(ConfigurationError, match=name):
        Limits(**fields)


def test_no_time_to_answer_is_refused() -> None:
    """Every look-up would be too late."""
    with pytest.raises(ConfigurationError, match="timeout"):
        Limits(timeout=0)


def test_all_problems_are_told_together() -> None:
    """They are mended together."""
    with pytest.raises(ConfigurationError) as caught:
        Limits(ttl=-1, max_entries=0)
    assert len(caught.value.problems) == 2
