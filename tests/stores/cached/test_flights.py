import asyncio
import logging
from concurrent.futures import Future
from typing import Any

import pytest

from jwtgate import Credential
from jwtgate.errors import Unavailable
from jwtgate.stores.cached import Limits
from jwtgate.stores.cached.flight import Flight
from jwtgate.stores.cached.flights import Flights
from jwtgate.stores.cached.shelf import Shelf
from tests.kit import credential
from tests.stores.cached.fakes import Clock, is_refused, records_of

ROWS = (credential(),)
FAILS = "the store behind a cache fails"
IS_BACK = "the store behind a cache answers again"


class Tower:
    """Flights that a test starts and lands by hand."""

    def __init__(self, **limits: Any) -> None:
        self.limits = Limits(**limits)
        self.clock = Clock()
        self.shelf: Shelf[Any] = Shelf(self.limits, Credential)
        self.started: list[Flight[Any]] = []
        self.cannot_start = False
        self.flights = Flights(self.limits, self.clock, self.start)

    def start(self, flight: Flight[Any]) -> None:
        """Start a look-up: note it."""
        if self.cannot_start or flight.is_lost:
            raise RuntimeError("can't start")
        self.started.append(flight)

    def board(self, key: str, loop: asyncio.AbstractEventLoop | None = None) -> Any:
        """Come with a question."""
        flight = Flight(self.shelf, key, tuple, Future[Any](), loop)
        return self.flights.board(flight)

    def land(self, flight: Flight[Any], *rows: Any, error: Any = None) -> None:
        """Begin a look-up and end it."""
        self.flights.may_begin(flight)
        self.flights.land(flight, None if error else rows, error)


# Who waits for what


def test_all_wait_for_one_look_up() -> None:
    """However many ask."""
    tower = Tower()
    flights = [tower.board("k") for _ in range(5)]
    assert flights == [flights[0]] * 5
    assert tower.started == flights[:1]


def test_each_loop_has_a_look_up_of_its_own() -> None:
    """A future belongs to one loop."""
    tower = Tower()
    loops = [asyncio.new_event_loop() for _ in range(2)]
    assert tower.board("k", loops[0]) is not tower.board("k", loops[1])
    for loop in loops:
        loop.close()


def test_an_answer_is_kept() -> None:
    """And given without a look-up."""
    tower = Tower()
    flight = tower.board("k")
    tower.land(flight, *ROWS)
    assert flight.future.result() == ROWS
    assert tower.board("k") == ROWS


def test_its_time_begins_when_the_store_is_asked() -> None:
    """The store may have read it then."""
    tower = Tower(ttl=10)
    flight = tower.board("k")
    tower.flights.may_begin(flight)
    tower.clock.now += 9
    tower.flights.land(flight, ROWS)
    tower.clock.now += 1
    assert isinstance(tower.board("k"), Flight)


def test_an_answer_that_was_taken_off_the_books_is_not_kept() -> None:
    """Those who wait for it get it, nobody else."""
    tower = Tower()
    before = tower.board("k")
    tower.flights.unbook(tower.shelf, {"k"})
    after = tower.board("k")
    assert after is not before
    tower.land(before, *ROWS)
    assert before.future.result() == ROWS
    assert tower.board("k") is after


def test_one_key_or_all_are_taken_off_the_books() -> None:
    """Of one shelf."""
    tower = Tower()
    other = Tower()
    kept = tower.board("kept")
    tower.flights.unbook(tower.shelf, {"k"})
    tower.flights.unbook(other.shelf)
    assert tower.board("kept") is kept
    tower.flights.unbook(tower.shelf)
    assert tower.board("kept") is not kept


# How many


def test_one_too_many_waits_for_a_turn() -> None:
    """The next look-up begins when one ends."""
    tower = Tower(max_lookups=1)
    first, second = tower.board("a"), tower.board("b")
    assert tower.started == [first]
    tower.land(first, *ROWS)
    assert tower.started == [first, second]


def test_what_nobody_waits_for_any_more_loses_its_turn() -> None:
    """The store is not asked for clients that went away."""
    tower = Tower(max_lookups=1)
    first, second = tower.board("a"), tower.board("b")
    tower.flights.leave(second)
    tower.land(first, *ROWS)
    assert tower.started == [first]


def test_what_somebody_waits_for_keeps_its_turn() -> None:
    """Though another one left."""
    tower = Tower(max_lookups=1)
    first, second = tower.board("a"), tower.board("b")
    tower.board("b")
    tower.flights.leave(second)
    tower.land(first, *ROWS)
    assert tower.started == [first, second]


def test_one_who_waits_too_many_is_refused() -> None:
    """Whatever is asked for; there is room again when one leaves."""
    tower = Tower(max_waiting=1)
    first = tower.board("a")
    assert is_refused(lambda: tower.board("a"))
    assert is_refused(lambda: tower.board("b"))
    tower.flights.leave(first)
    assert tower.board("a") is first


def test_a_turn_that_was_lost_is_given_to_another() -> None:
    """A loop that was closed with look-ups in it does not use them up."""
    tower = Tower(max_lookups=1)
    loop = asyncio.new_event_loop()
    lost = tower.board("a", loop)
    loop.close()
    assert tower.board("b").is_running
    tower.flights.land(lost, ROWS)
    assert not tower.board("c").is_running


def test_a_look_up_that_was_lost_while_it_waited_is_passed_over() -> None:
    """The next one begins."""
    tower = Tower(max_lookups=1)
    loop = asyncio.new_event_loop()
    first, _, third = tower.board("a"), tower.board("b", loop), tower.board("c")
    loop.close()
    tower.land(first, *ROWS)
    assert tower.started == [first, third]


def test_a_look_up_that_cannot_start_is_refused() -> None:
    """There may be no thread to be had."""
    tower = Tower()
    tower.cannot_start = True
    flight = tower.board("k")
    assert flight.future.result() is None
    assert is_refused(lambda: tower.flights.answer(flight, None))


# Failures


def test_a_failure_is_no_answer() -> None:
    """It is not remembered as an unknown key."""
    tower = Tower()
    flight = tower.board("k")
    tower.land(flight, error=OSError())
    assert flight.future.result() is None
    assert is_refused(lambda: tower.board("k"))
    tower.clock.now += 1
    assert isinstance(tower.board("k"), Flight)


def test_what_is_remembered_is_served_while_the_store_fails() -> None:
    """Until it is too old."""
    tower = Tower(ttl=10, stale_if_error=5)
    tower.land(tower.board("k"), *ROWS)
    tower.clock.now += 10
    flight = tower.board("k")
    tower.land(flight, error=OSError())
    assert tower.flights.answer(flight, None) == ROWS
    assert tower.board("k") == ROWS
    tower.clock.now += 5
    with pytest.raises(Unavailable):
        tower.flights.answer(flight, None)


def test_a_store_that_is_down_is_not_asked_for_those_who_waited() -> None:
    """Their look-ups were allowed before."""
    tower = Tower(max_lookups=3)
    running = [tower.board(key) for key in "abc"]
    waiting = tower.board("d")
    for flight in running:
        tower.land(flight, error=OSError())
    assert tower.started == [*running, waiting]
    assert not tower.flights.may_begin(waiting)


def test_a_probe_that_would_have_to_wait_is_refused() -> None:
    """All turns are taken by look-ups that hang."""
    tower = Tower(max_lookups=3)
    for key in "abc":
        tower.flights.overdue(tower.board(key))
    tower.clock.now += 1
    assert is_refused(lambda: tower.board("d"))


def test_a_key_whose_look_up_hangs_is_not_asked_for_again() -> None:
    """It would take one turn after the other."""
    tower = Tower()
    flight = tower.board("k")
    tower.flights.overdue(flight)
    tower.clock.now += 60
    assert is_refused(lambda: tower.board("k"))
    assert tower.started == [flight]


def test_an_answer_that_comes_too_late_is_kept() -> None:
    """The next request is served; the store does not count as well for it."""
    tower = Tower()
    for key in "abc":
        tower.flights.overdue(tower.board(key))
    tower.land(tower.started[0], *ROWS)
    assert tower.board("a") == ROWS
    assert is_refused(lambda: tower.board("d"))


def test_a_look_up_that_has_ended_is_not_overdue() -> None:
    """Its answer came as the time was over."""
    tower = Tower()
    flight = tower.board("k")
    tower.land(flight)
    tower.flights.overdue(flight)
    tower.clock.now += 5
    assert isinstance(tower.board("k"), Flight)


def test_a_look_up_is_overdue_once() -> None:
    """Though all who wait for it say so."""
    tower = Tower(retry_after=1)
    flight = tower.board("k")
    tower.flights.overdue(flight)
    tower.clock.now += 1
    tower.flights.overdue(flight)
    tower.flights.unbook(tower.shelf)
    assert isinstance(tower.board("k"), Flight)


def test_a_look_up_that_was_given_up_has_not_failed() -> None:
    """It was cancelled, and may be made again at once."""
    tower = Tower()
    flight = tower.board("k")
    tower.flights.land(flight)
    assert flight.future.result() is None
    assert isinstance(tower.board("k"), Flight)


def test_the_books_that_are_closed_take_nobody() -> None:
    """What was remembered is served, what was on its way lands."""
    tower = Tower()
    tower.land(tower.board("known"), *ROWS)
    flight = tower.board("k")
    tower.flights.close()
    assert is_refused(lambda: tower.board("new"))
    assert not tower.flights.may_begin(flight)
    tower.flights.land(flight, ROWS)
    assert tower.board("known") == tower.board("k") == ROWS


def test_a_forked_process_begins_anew() -> None:
    """What was on its way is not there."""
    tower = Tower(max_lookups=1)
    first = tower.board("k")
    tower.flights.after_fork()
    second = tower.board("k")
    assert second is not first
    assert second.is_running


# The log


def test_an_outage_is_told_when_it_begins_and_when_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Once each, with the error of the first look-up."""
    tower = Tower()
    for key in "abcde":
        if not is_refused(lambda key=key: tower.board(key)):  # type: ignore[misc]
            tower.land(tower.started[-1], error=OSError("gone"))
    tower.clock.now += 1
    tower.land(tower.board("f"), *ROWS)
    assert records_of(caplog) == [FAILS, IS_BACK]
    assert caplog.records[0].exc_info
    assert isinstance(caplog.records[0].exc_info[1], OSError)
    assert [each.levelno for each in caplog.records] == [logging.ERROR, logging.WARNING]


def test_a_store_that_does_not_answer_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """Once, with how long was waited."""
    tower = Tower(timeout=7)
    for key in "ab":
        tower.flights.overdue(tower.board(key))
    [record] = caplog.records
    assert record.exc_info
    assert str(record.exc_info[1]) == "waited 7 seconds"


def test_what_ends_as_the_books_are_closed_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A server that shuts down closes its database first."""
    tower = Tower()
    flight = tower.board("k")
    tower.flights.close()
    tower.flights.land(flight, error=OSError())
    assert not caplog.records
