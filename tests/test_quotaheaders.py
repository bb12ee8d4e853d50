from typing import Literal

import pytest

from jwtgate import Quota
from jwtgate.counting.windows import Figure, Taken
from jwtgate.quota import Rate
from jwtgate.quotaheaders import quota_headers

BY_MINUTE = Figure(Rate(100, 60), 99, 30)
BY_HOUR = Figure(Rate(1000, 3_600), 7, 1_800)
SHOWN, UNSHOWN = Quota(rates="1/s"), Quota(rates="1/s", shown=False)

Style = Literal["tightest", "by_period"]
each_style = pytest.mark.parametrize("style", ["tightest", "by_period"])


def headers(
    *figures: Figure, style: Style = "tightest", ok: bool = True, quota: Quota = SHOWN
) -> list[tuple[str, str]]:
    """Write figures as headers."""
    return list(quota_headers(quota, Taken(ok, figures), style))


def test_the_rate_with_least_left_is_told() -> None:
    """Its limit, what is left, and when its window ends."""
    assert headers(BY_MINUTE, BY_HOUR) == [
        ("X-RateLimit-Limit", "1000"),
        ("X-RateLimit-Remaining", "7"),
        ("X-RateLimit-Reset", "1800"),
    ]


def test_of_rates_with_equally_much_left_the_longer_is_told() -> None:
    """Of two that are used up it mostly ends later."""
    short, long = Figure(Rate(1, 60), 0, 30), Figure(Rate(2, 3_600), 0, 1_800)
    assert ("X-RateLimit-Reset", "1800") in headers(short, long)
    assert ("X-RateLimit-Reset", "1800") in headers(long, short)


def test_kong_tells_of_each_rate_by_its_period() -> None:
    """Beside the tightest one, without prefix."""
    assert headers(BY_MINUTE, BY_HOUR, style="by_period") == [
        ("X-RateLimit-Limit-Minute", "100"),
        ("X-RateLimit-Remaining-Minute", "99"),
        ("X-RateLimit-Limit-Hour", "1000"),
        ("X-RateLimit-Remaining-Hour", "7"),
        ("RateLimit-Limit", "1000"),
        ("RateLimit-Remaining", "7"),
        ("RateLimit-Reset", "1800"),
    ]


@pytest.mark.parametrize(
    ("seconds", "period"),
    [(1, "Second"), (60, "Minute"), (3_600, "Hour"), (86_400, "Day")],
)
def test_periods_have_names(seconds: int, period: str) -> None:
    """Those of Kong that are always equally long."""
    figure = Figure(Rate(5, seconds), 4, 1)
    told = headers(figure, style="by_period")
    assert told[0] == (f"X-RateLimit-Limit-{period}", "5")


def test_a_rate_without_a_name_is_told_as_apisix_does() -> None:
    """Kong has none such, so no client expects other names."""
    odd = Figure(Rate(3, 30), 2, 9)
    told = headers(BY_MINUTE, odd, style="by_period")
    assert told == headers(BY_MINUTE, odd)


@each_style
def test_a_request_that_passes_is_not_told_to_wait(style: Style) -> None:
    """There may be none left and it passes all the same."""
    names = [name for name, _ in headers(Figure(Rate(1, 60), 0, 9), style=style)]
    assert "Retry-After" not in names


@each_style
def test_a_request_that_is_refused_is_told_when_to_come_back(style: Style) -> None:
    """RFC 9110 10.2.3, in seconds."""
    told = headers(Figure(Rate(1, 60), 0, 9), style=style, ok=False)
    assert told[-1] == ("Retry-After", "9")


@each_style
def test_a_quota_that_is_not_shown_says_nothing(style: Style) -> None:
    """As Kong's hide_client_headers and APISIX's show_limit_quota_header."""
    assert headers(BY_HOUR, style=style, quota=UNSHOWN) == []


@each_style
def test_a_refusal_by_a_quota_that_is_not_shown_says_when_to_come_back(
    style: Style,
) -> None:
    """And no more."""
    used_up = Figure(Rate(1, 60), 0, 9)
    told = headers(used_up, style=style, ok=False, quota=UNSHOWN)
    assert told == [("Retry-After", "9")]


@each_style
@pytest.mark.parametrize("ok", [True, False])
def test_what_was_not_counted_is_not_told(style: Style, *, ok: bool) -> None:
    """The storage is down."""
    assert headers(style=style, ok=ok) == []


def test_a_refused_request_is_told_when_all_rates_have_room_again() -> None:
    """The window of an hour may end before one of a minute that began late."""
    hour, minute = Figure(Rate(60, 3_600), 0, 1), Figure(Rate(1, 60), 0, 60)
    assert headers(hour, minute, ok=False)[-1] == ("Retry-After", "60")


def test_a_rate_that_has_room_is_not_waited_for() -> None:
    """However long its window."""
    minute, hour = Figure(Rate(1, 60), 0, 30), Figure(Rate(60, 3_600), 5, 1_800)
    assert headers(hour, minute, ok=False)[-1] == ("Retry-After", "30")
