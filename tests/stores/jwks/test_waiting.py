import asyncio
from math import inf
from threading import Thread

import pytest

from jwtgate.stores.jwks.flight import Flight
from jwtgate.stores.jwks.waiting import Room, Wait
from tests.stores.jwks.provider import until


def free(room: Room) -> int:
    """Count the seats that are free."""
    with room.seat() as has_one:
        return 1 + free(room) if has_one else 0


def wait(room: Room) -> Wait:
    """Have somebody wait in a room, for a flight of ten seconds."""
    return Wait(Flight(began=0, seconds=10), room)


def test_a_room_has_so_many_seats() -> None:
    """They are free again when who sat there leaves."""
    room = Room(seats=3, seconds=1)
    assert free(room) == 3
    with room.seat() as has_one:
        assert has_one
        assert free(room) == 2
    assert free(room) == 3


def test_who_waits_has_a_seat_until_the_flight_lands() -> None:
    """In threads."""
    room = Room(seats=3, seconds=inf)
    one = wait(room)
    threads = [Thread(target=one.wait) for _ in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: free(room) == 1)
    one.flight.land()
    for thread in threads:
        thread.join(5)
    assert free(room) == 3


def test_who_finds_no_seat_does_not_wait() -> None:
    """In threads and event loops."""
    room = Room(seats=1, seconds=inf)
    one = wait(room)
    with room.seat():
        one.wait()
        asyncio.run(one.await_landing())
    assert not one.flight.has_landed


def test_nobody_waits_for_longer_than_a_room_allows() -> None:
    """The flight is still under way."""
    room = Room(seats=1, seconds=0.02)
    one = wait(room)
    one.wait()
    asyncio.run(one.await_landing())
    assert not one.flight.has_landed
    assert not one.flight.is_overdue
    assert free(room) == 1


def test_seat_exhaustion_a_request_that_is_cancelled_leaves_its_seat() -> None:
    """A client that goes away takes none from others; and it is cancelled."""
    room = Room(seats=2, seconds=inf)
    one = wait(room)

    async def cancelled() -> None:
        waiters = [asyncio.ensure_future(one.await_landing()) for _ in range(2)]
        await asyncio.sleep(0)
        assert free(room) == 0
        for waiter in waiters:
            waiter.cancel()
        for waiter in waiters:
            with pytest.raises(asyncio.CancelledError):
                await waiter

    asyncio.run(cancelled())
    assert free(room) == 2


def test_seat_exhaustion_a_loop_that_ends_leaves_its_seats() -> None:
    """As when a server stops in a thread."""
    room = Room(seats=1, seconds=inf)
    one = wait(room)

    async def leave() -> None:
        waiter = asyncio.ensure_future(one.await_landing())
        await asyncio.sleep(0)
        assert not waiter.done()

    asyncio.run(leave())
    assert free(room) == 1
