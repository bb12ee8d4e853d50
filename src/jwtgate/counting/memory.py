"""Counters in this process."""

from threading import Lock
from typing import final

from jwtgate.counting.windows import Taken, count, drive
from jwtgate.quota import Quota

__all__ = ["InMemory"]


@final
class InMemory:
    """Counts in a storage of ``limits`` that has a bound; asking it waits for nothing.

    Of a flood of callers the storage may forget some, who start anew.
    """

    def __init__(self) -> None:
        # Only now: limits is an extra.
        from jwtgate.counting.bounded import BoundedStorage  # noqa: PLC0415

        self._storage = BoundedStorage()
        # Threads that count at once may else be told more than there is, and between
        # the look at a rate and the count another may come.
        self._lock = Lock()

    def take(
        self, quota: Quota, who: tuple[str, ...], now: float, *, takes: bool = True
    ) -> Taken:
        """Count a request, or only look whether there is room for one."""
        with self._lock:
            return drive(count(self._storage, quota, who, now, takes=takes))

    async def atake(
        self, quota: Quota, who: tuple[str, ...], now: float, *, takes: bool = True
    ) -> Taken:
        """Count a request; the same counters as :meth:`take`."""
        return self.take(quota, who, now, takes=takes)
