"""Who waits for a fetch: so many at once, each for so long."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Semaphore
from typing import Final, final

from jwtgate.stores.jwks.flight import Flight

__all__ = ["Room", "Wait"]


@final
class Room:
    """Seats for threads and coroutines of one process that wait for a fetch.

    Args:
        seats: How many there are.
        seconds: How long anybody may keep one, if the fetch takes longer.
    """

    def __init__(self, *, seats: int, seconds: float) -> None:
        self.seconds: Final = seconds
        self._free: Final = Semaphore(seats)

    @contextmanager
    def seat(self) -> Iterator[bool]:
        """Take a seat, and leave it at the end; tells whether there was one."""
        if not self._free.acquire(blocking=False):
            yield False
            return
        try:
            yield True
        finally:
            self._free.release()


@final
@dataclass(frozen=True, slots=True)
class Wait:
    """What a look-up waits for, and where; without a seat it does not wait."""

    flight: Flight
    room: Room

    def wait(self) -> None:
        """Wait as long as the room allows."""
        with self.room.seat() as has_one:
            if has_one:
                self.flight.wait(self.room.seconds)

    async def await_landing(self) -> None:
        """Wait as long as the room allows, letting others run."""
        with self.room.seat() as has_one:
            if has_one:
                await self.flight.await_landing(self.room.seconds)
