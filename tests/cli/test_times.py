import time
from argparse import ArgumentTypeError
from collections.abc import Iterator

import pytest
from time_machine import travel

from jwtgate.cli.times import distance, duration, local, moment, told, utc
from tests.kit import NOW


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Kolkata")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("600", 600), ("10m", 600), ("1h30m", 5400), ("1d", 86_400), ("0", 0), ("5s", 5)],
)
def test_a_duration_is_read(text: str, seconds: int) -> None:
    """Units are days, hours, minutes and seconds, which need none."""
    assert duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", "1h30", "10x", "m", "1" * 13, "\u0661"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    """It says what was expected."""
    with pytest.raises(ArgumentTypeError, match="600, 10m"):
        duration(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("now", NOW),
        ("+10m", NOW + 600),
        ("-1h", NOW - 3600),
        ("1h30m ago", NOW - 5400),
        ("1733285147", 1_733_285_147),
        ("-5.5", -5.5),
        ("2027-01-15T08:00Z", 1_800_000_000),
        ("2027-01-15T13:30:00", 1_800_000_000),
        ("2027-01-15 09:00+01:00", 1_800_000_000),
    ],
)
def test_a_moment_is_read(text: str, seconds: float) -> None:
    """Without a zone a time is the local one."""
    with travel(NOW, tick=False):
        assert moment(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "1e9", "nan", "2027-13-01", "+x", "-1x", "x ago"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    """It says what was expected."""
    with pytest.raises(ArgumentTypeError, match="expected"):
        moment(text)


def test_a_time_is_told_in_both_zones() -> None:
    """Local, UTC, and how far it is."""
    assert told(NOW + 600, NOW) == (
        "2027-01-15 13:40:00 +0530 = 2027-01-15T08:10:00Z (in 10m)"
    )


@pytest.mark.parametrize(
    ("ahead", "text"),
    [
        (0, "now"),
        (0.4, "now"),
        (61, "in 1m1s"),
        (-3600, "1h ago"),
        (90_061, "in 1d1h"),
    ],
)
def test_a_distance_is_told_by_its_two_largest_units(ahead: float, text: str) -> None:
    """Nobody needs the seconds of a day."""
    assert distance(NOW + ahead, NOW) == text


def test_a_time_in_milliseconds_is_told_to_be_none() -> None:
    """The slip of JavaScript's clocks is no year 50000."""
    assert told(NOW * 1000, NOW) == "beyond the calendar; are these seconds?"
    assert utc(-1e14) is None
    assert local(-1e14) is None


def test_years_have_four_digits() -> None:
    """The year 1 is written as 0001 on every system."""
    assert utc(-62_135_500_000) == "0001-01-02T02:53:20Z"
