"""What is done about a storage that does not answer."""

from threading import Lock
from typing import final

from jwtgate._log import log_problem

__all__ = ["PAUSE", "Outage"]

PAUSE = 5.0
"""Seconds in which a storage that failed is not asked.

Long against the second that a request may wait for it, so that few do; short enough
for nobody to miss the counting once it is back.
"""


@final
class Outage:
    """Remembers whether a storage failed; used by many threads at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._failed_at: float | None = None  # when it last failed; None if it answers

    def may_try(self, now: float) -> bool:
        """Whether to ask the storage: of requests after a pause, one may."""
        with self._lock:
            last = self._failed_at
            if last is None:
                return True
            # A clock that was set back does not make the pause longer.
            if 0 <= now - last < PAUSE:
                return False
            self._failed_at = now
            return True

    def failed(self, what: str, now: float) -> None:
        """Note a failure; log what it means, unless that is known."""
        with self._lock:
            known = self._failed_at is not None
            self._failed_at = now
        if not known:
            log_problem(what)

    def answered(self) -> None:
        """Note that the storage answers."""
        with self._lock:
            self._failed_at = None
