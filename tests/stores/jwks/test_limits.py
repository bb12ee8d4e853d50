from math import inf, nan
from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.stores.jwks.limits import Limits

USUAL: dict[str, Any] = {
    "refresh_every": 300.0,
    "cooldown": 30.0,
    "max_stale": 3600.0,
    "timeout": 5.0,
    "max_octets": 1000,
    "max_keys": 10,
}


def limits(**fields: Any) -> Limits:
    """Make the usual limits, but for these."""
    return Limits(**{**USUAL, **fields})


@pytest.mark.parametrize("value", [0, -1, nan, inf, True, "5", None], ids=repr)
@pytest.mark.parametrize("name", ["refresh_every", "cooldown", "timeout", "patience"])
def test_a_time_is_seconds(name: str, value: object) -> None:
    """More than none."""
    with pytest.raises(ConfigurationError, match=f"{name} must be seconds, more"):
        limits(**{name: value})


@pytest.mark.parametrize("value", [-1, nan, inf, True, "5", None], ids=repr)
def test_staleness_is_bounded(value: object) -> None:
    """None at all is a bound, for ever is not."""
    with pytest.raises(ConfigurationError, match="max_stale must be seconds, 0"):
        limits(max_stale=value)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "5", None], ids=repr)
@pytest.mark.parametrize("name", ["max_octets", "max_keys", "seats", "kid_seats"])
def test_a_size_is_a_whole_number(name: str, value: object) -> None:
    """Above 0."""
    with pytest.raises(ConfigurationError, match=f"{name} must be a whole number"):
        limits(**{name: value})


def test_kid_flood_few_wait_for_unknown_kids_and_not_for_long() -> None:
    """A server of eight threads has some left for others."""
    usual = limits()
    assert (usual.kid_seats, usual.patience, usual.seats) == (4, 1.0, 1000)


def test_a_cooldown_does_not_keep_from_refreshing() -> None:
    """It is the shorter one."""
    with pytest.raises(ConfigurationError, match="cooldown may not be longer"):
        limits(cooldown=301)


def test_keys_live_until_they_are_stale_for_too_long() -> None:
    """Counted from their fetch."""
    assert limits().lifetime == 3900


@pytest.mark.parametrize(
    ("max_age", "seconds"), [(None, 300), (60, 60), (15, 30), (0, 30), (86400, 300)]
)
def test_a_provider_may_shorten_how_long_keys_are_fresh(
    max_age: float | None, seconds: float
) -> None:
    """Not below the cooldown, and never lengthen it."""
    assert limits().fresh_for(max_age) == seconds


def test_a_failure_is_followed_by_the_cooldown() -> None:
    """A provider that is down is left alone."""
    assert limits().pause_after_failure(has_keys=True) == 30


def test_without_keys_it_is_tried_again_soon() -> None:
    """Nobody is let in meanwhile."""
    assert limits().pause_after_failure(has_keys=False) == 2
    assert limits(cooldown=1).pause_after_failure(has_keys=False) == 1


def test_what_may_be_looked_at_often_is() -> None:
    """And is used as long as before."""
    made = limits().looking_every(1)
    assert (made.refresh_every, made.cooldown, made.lifetime) == (1, 1, 3900)


def test_what_is_looked_at_more_often_anyway_stays() -> None:
    """The shorter one counts."""
    made = limits(refresh_every=0.5, cooldown=0.1)
    assert made.looking_every(1) == made
