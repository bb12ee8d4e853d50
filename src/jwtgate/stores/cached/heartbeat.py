"""Whether a peer is there."""

from collections.abc import Callable
from typing import Final, final

__all__ = ["TICK", "Heartbeat"]

TICK: Final = 0.5
"""Seconds that a listener waits for a message, until it looks at other things."""

_BETWEEN = 3.0
_PATIENCE = 5.0


@final
class Heartbeat:
    """Tells when to ask a peer whether it is there, and when it is not.

    A connection whose peer has vanished looks like one on which nothing is told.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heard_at = clock()
        self._asked_at: float | None = None

    def is_due(self) -> bool:
        """Whether to ask now.

        Raises:
            TimeoutError: The peer was asked and did not answer.
        """
        now = self._clock()
        if self._asked_at is not None:
            if now - self._asked_at > _PATIENCE:
                raise TimeoutError("the peer does not answer")
            return False
        if now - self._heard_at < _BETWEEN:
            return False
        self._asked_at = now
        return True

    def heard(self) -> None:
        """Note that it answered."""
        self._heard_at = self._clock()
        self._asked_at = None
