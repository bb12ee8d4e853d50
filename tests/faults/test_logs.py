import logging
from collections.abc import Iterator

import pytest

from tests.faults.apps import assert_served, assert_unavailable
from tests.faults.sites import Site, main_engines


class FullDisk(logging.Handler):
    """A log that cannot be written."""

    def emit(self, record: logging.LogRecord) -> None:
        """Fail, and not by the handler's own care."""
        raise OSError(record.name)


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Log to what cannot be written."""
    logger = logging.getLogger("jwtgate")
    handler = FullDisk()
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)


@main_engines
@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("way", ["direct", "cached"])
def test_a_log_that_fails_changes_no_answer(site: Site, way: str) -> None:
    """An outage that cannot be logged is a 503, and ends."""
    key = site.add()
    opened = site.direct() if way == "direct" else site.cached(retry_after=1.0)
    with opened as app:
        site.server.kill()
        assert_unavailable(app.ask(key))
        site.server.start()
        site.hands.now += 1.0
        assert_served(app.ask(key), key)


@main_engines
def test_an_outage_is_told_twice(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """When it begins, and when it is over; not with each request."""
    keys = [site.add() for _ in range(10)]
    with site.cached(retry_after=1.0) as app:
        site.server.kill()
        for key in keys:
            assert_unavailable(app.ask(key))
        site.server.start()
        site.hands.now += 1.0
        for key in keys[3:]:
            assert_served(app.ask(key), key)
    told = [
        each
        for each in caplog.records
        if "the store behind a cache" in each.msg % each.args
    ]
    assert len(told) == 2
