import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from jwtgate.counting.outage import PAUSE, Outage
from tests.kit import NOW

WHAT = "the storage failed"


@pytest.fixture
def down() -> Outage:
    """Give a storage that has just failed."""
    outage = Outage()
    outage.failed(WHAT, NOW)
    return outage


def test_a_storage_is_asked_as_long_as_it_answers() -> None:
    """Each time."""
    outage = Outage()
    assert [outage.may_try(NOW) for _ in range(3)] == [True, True, True]


@pytest.mark.parametrize("after", [0, 0.1, PAUSE - 0.1])
def test_a_storage_that_failed_is_left_alone(after: float, down: Outage) -> None:
    """Nobody waits for it meanwhile."""
    assert not down.may_try(NOW + after)


@pytest.mark.parametrize("after", [PAUSE, 10 * PAUSE])
def test_after_a_pause_one_request_tries(after: float, down: Outage) -> None:
    """The others need not wait for what it finds."""
    assert [down.may_try(NOW + after) for _ in range(3)] == [True, False, False]


def test_after_a_pause_one_of_many_threads_tries(down: Outage) -> None:
    """Even of those that come at once."""
    with ThreadPoolExecutor(8) as threads:
        tries = list(threads.map(lambda _: down.may_try(NOW + PAUSE), range(100)))
    assert sum(tries) == 1


def test_one_that_never_says_what_it_found_is_not_waited_for(down: Outage) -> None:
    """A client may go away; another tries after a further pause."""
    assert down.may_try(NOW + PAUSE)
    assert not down.may_try(NOW + 2 * PAUSE - 0.1)
    assert down.may_try(NOW + 2 * PAUSE)


def test_a_clock_that_was_set_back_makes_no_pause_longer(down: Outage) -> None:
    """Else it might be a day."""
    assert down.may_try(NOW - 86_400)
    assert not down.may_try(NOW - 86_400)


def test_a_storage_that_answers_again_is_asked(down: Outage) -> None:
    """At once."""
    down.answered()
    assert [down.may_try(NOW) for _ in range(2)] == [True, True]


def test_an_outage_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """Not for each request, nor each try."""
    outage = Outage()
    for after in (0.0, 0.1, PAUSE, 10 * PAUSE):
        outage.failed(WHAT, NOW + after)
    (record,) = caplog.records
    assert (record.getMessage(), record.levelno) == (WHAT, logging.ERROR)


def test_a_further_outage_is_logged_again(
    caplog: pytest.LogCaptureFixture, down: Outage
) -> None:
    """The storage had answered."""
    down.answered()
    down.failed("again", NOW)
    assert caplog.messages[-1] == "again"
