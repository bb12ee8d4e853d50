import asyncio
from threading import Thread

import pytest

from jwtgate.stores.jwks.flight import Flight


def flight(seconds: float = 10) -> Flight:
    """Make a flight."""
    return Flight(began=5, seconds=seconds)


def test_a_flight_knows_when_it_began() -> None:
    """By whatever clock."""
    assert flight().began == 5


def test_all_who_wait_are_let_go_when_it_lands() -> None:
    """In threads."""
    one = flight()
    threads = [Thread(target=one.wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    one.land()
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)


def test_all_who_wait_in_event_loops_are_let_go() -> None:
    """In several loops at once."""
    one = flight()

    async def waiting() -> None:
        waiters = [asyncio.ensure_future(one.await_landing()) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.gather(*waiters)

    threads = [Thread(target=asyncio.run, args=(waiting(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    one.land()
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)


def test_it_tells_whether_it_has_landed() -> None:
    """Not before."""
    one = flight()
    assert not one.has_landed
    one.land()
    assert one.has_landed


def test_who_waits_may_be_less_patient() -> None:
    """In threads and event loops; it is not overdue for that."""
    one = flight()
    one.wait(0.02)
    asyncio.run(one.await_landing(0.02))
    assert not one.has_landed
    assert not one.is_overdue


def test_nobody_waits_for_longer_than_it_may_take() -> None:
    """It is overdue then."""
    one = flight(0.02)
    one.wait()
    assert one.is_overdue
    one.wait()


def test_nobody_waits_for_longer_in_an_event_loop() -> None:
    """Nor again."""
    one = flight(0.02)
    asyncio.run(one.await_landing())
    assert one.is_overdue
    asyncio.run(one.await_landing())


def test_a_request_that_is_cancelled_does_not_cancel_the_flight() -> None:
    """Others wait for it, too; and it is told that it was cancelled."""
    one = flight()

    async def cancelled() -> None:
        waiter = asyncio.ensure_future(one.await_landing())
        other = asyncio.ensure_future(one.await_landing())
        await asyncio.sleep(0)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        assert not other.done()
        one.land()
        await other

    asyncio.run(cancelled())
    assert not one.is_overdue


def test_a_request_that_is_cancelled_as_it_lands_is_cancelled() -> None:
    """Though there is nothing to wait for any more."""
    one = flight()

    async def cancelled() -> None:
        waiter = asyncio.ensure_future(one.await_landing())
        await asyncio.sleep(0)
        one.land()
        await asyncio.sleep(0)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter

    asyncio.run(cancelled())


def test_a_loop_may_end_before_the_flight_does(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It lands all the same, and tells nobody who is gone."""
    one = flight()

    async def leave() -> None:
        waiter = asyncio.ensure_future(one.await_landing())
        await asyncio.sleep(0)
        assert not waiter.done()

    asyncio.run(leave())
    one.land()
    one.wait()
    assert not one.is_overdue
    assert caplog.records == []


def test_a_loop_may_end_before_the_flight_that_took_too_long_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who waited has gone on without it."""
    one = flight()
    asyncio.run(one.await_landing(0.001))
    one.land()
    assert caplog.records == []
