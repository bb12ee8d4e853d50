"""One attempt to get keys, which threads and event loops wait for together."""

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from math import inf
from typing import Final, final

from jwtgate.stores.jwks.leash import Leash

__all__ = ["Flight"]


@final
class Flight:
    """An attempt that is under way.

    Args:
        began: When, by the clock that ages are told by.
        seconds: How long it may take, and anybody wait for it.

    Attributes:
        began: As given.
        leash: Ends it in time.
    """

    def __init__(self, *, began: float, seconds: float) -> None:
        self.began: Final = began
        self.leash: Final = Leash(seconds)
        self._landed: Final[Future[None]] = Future()
        # From now on nobody who waits can cancel it for the others.
        self._landed.set_running_or_notify_cancel()

    @property
    def is_overdue(self) -> bool:
        """Whether its time is over: it hangs where nothing can cut it."""
        return not self.leash.left

    @property
    def has_landed(self) -> bool:
        """Whether it is over, and its outcome is there."""
        return self._landed.done()

    def land(self) -> None:
        """Let go on who waits."""
        self._landed.set_result(None)

    def wait(self, seconds: float = inf) -> None:
        """Wait until it lands, or is overdue; no longer than these seconds."""
        with suppress(TimeoutError):
            self._landed.result(min(seconds, self.leash.left))

    async def await_landing(self, seconds: float = inf) -> None:
        """Wait like ``wait``, letting others run."""
        landing = asyncio.wrap_future(self._landed)
        # Not wait_for: that of Python 3.11 forgets a cancellation as it lands.
        try:
            await asyncio.wait([landing], timeout=min(seconds, self.leash.left))
        finally:
            landing.cancel()  # this loop may end before the flight does
