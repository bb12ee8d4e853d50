"""Asking again for secrets before they are too old, in the background."""

import os
from threading import Event, Thread
from typing import Protocol, final
from weakref import ref

from jwtgate._log import log_failure

__all__ = ["Refreshing"]

_SECONDS_BETWEEN_LOOKS = 1.0


class _Refreshed(Protocol):
    def refresh(self) -> None: ...


@final
class Refreshing:
    """Refreshes something once a second, in one thread of each process.

    The thread is started by whoever needs it first in a process, ends with what it
    refreshes, and does not survive a fork: the child starts its own.

    Args:
        refreshed: Asks for what is due; held weakly.
        seconds: From one look to the next.
    """

    def __init__(
        self, refreshed: _Refreshed, *, seconds: float = _SECONDS_BETWEEN_LOOKS
    ) -> None:
        self._refreshed = ref(refreshed)
        self._seconds = seconds
        self._stopped = False
        self._threads: dict[int, Thread] = {}

    def start(self) -> None:
        """Start this process's thread, unless it was started, or stopped."""
        pid = os.getpid()
        if pid in self._threads or self._stopped:
            return
        thread = Thread(target=self._run, name="jwtgate-secrets", daemon=True)
        # Two first uses may each start one; the second does no harm.
        self._threads[pid] = thread
        try:
            thread.start()
        except RuntimeError as error:  # a limit of the system; the next one tries
            self._threads.pop(pid, None)
            log_failure("secrets are not refreshed", error)

    def stop(self) -> None:
        """Let the threads end; they refresh no more."""
        self._stopped = True

    def look(self) -> bool:
        """Refresh once; return False when there is nothing left to refresh."""
        refreshed = self._refreshed()
        if refreshed is None or self._stopped:
            return False
        try:
            refreshed.refresh()
        except Exception as error:  # noqa: BLE001 - the thread must live on
            log_failure("secrets were not refreshed", error)
        return True

    def _run(self) -> None:
        # An event of this thread alone: one that was there at a fork may be locked.
        pause = Event()
        while self.look():
            pause.wait(self._seconds)
