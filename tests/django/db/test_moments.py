from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.test import override_settings

from jwtgate.django.db.moments import moment, seconds
from tests.kit import NOW

THEN = datetime.fromtimestamp(NOW, UTC)


@pytest.fixture
def naive() -> Iterator[None]:
    """Set up a project without time zones, in New York."""
    with override_settings(USE_TZ=False, TIME_ZONE="America/New_York"):
        yield


def test_a_moment_is_seconds_since_the_epoch() -> None:
    """As the gate counts."""
    assert seconds(THEN) == NOW


def test_a_moment_of_another_zone_is_the_same_moment() -> None:
    """Whatever the clock on the wall says."""
    assert seconds(THEN.astimezone(timezone(timedelta(hours=9)))) == NOW


@pytest.mark.usefixtures("naive")
def test_a_naive_moment_is_in_the_zone_of_the_settings() -> None:
    """Not in that of the machine."""
    assert seconds(datetime(1970, 1, 1)) == 5 * 3600  # noqa: DTZ001 - the case


def test_seconds_are_a_moment_with_a_zone() -> None:
    """As Django takes it."""
    assert moment(NOW) == THEN


@pytest.mark.usefixtures("naive")
def test_seconds_are_a_naive_moment_where_zones_are_off() -> None:
    """As Django takes it then, in the zone of the settings."""
    assert moment(5 * 3600) == datetime(1970, 1, 1)  # noqa: DTZ001 - the case


def test_none_is_none() -> None:
    """A credential need not begin or end."""
    assert (seconds(None), moment(None)) == (None, None)
