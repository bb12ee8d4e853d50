"""Counters in this process."""

from threading import Lock
from typing import final

from jwtgate.counting.windows import Taken, count, drive
from jwtgate.quota import Quota

__all__ = ["InMemory"]


@final
class InMemory:
    """Counts in the memory storage of ``limits``; asking it waits for nothing."""

    def __init__(self) -> None:
        from limits.storage import MemoryStorage  # noqa: PLC0415 - an extra

        self._storage = MemoryStorage()
        # Threads that count at once may else be told more than there is, and between
        # the look at a rate and the count another may come.
        self._lock = Lock()

    def take(self, quota: Quota, who: tuple[str, ...], now: float) -> Taken:
        """Count a request."""
        with self._lock:
            return drive(count(self._storage, quota, who, now))

    async def atake(self, quota: Quota, who: tuple[str, ...], now: float) -> Taken:
        """Count a request; the same counters as :meth:`take`."""
        return self.take(quota, who, now)
