"""A gate's time, standing still for a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import final

from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.values import is_seconds

__all__ = ["FrozenClock", "frozen", "now_of"]


@final
class FrozenClock:
    """A clock that stands still until it is told to go on; safe for threads.

    Args:
        at: Seconds since the epoch, or a datetime with a time zone.

    Attributes:
        now: What it tells, in seconds since the epoch.

    Raises:
        ConfigurationError: Another time.
    """

    def __init__(self, at: float | datetime) -> None:
        self.now = _seconds(at)

    def __call__(self) -> float:
        """Tell the time."""
        return self.now

    def __repr__(self) -> str:
        """Show what it tells."""
        return f"FrozenClock({self.now!r})"

    def tick(self, seconds: float = 1) -> None:
        """Go on by some seconds; back, if they are negative."""
        self.now += seconds

    def move_to(self, at: float | datetime) -> None:
        """Tell another time; see the class for ``at``."""
        self.now = _seconds(at)


@contextmanager
def frozen(gate: Gate, at: float | datetime | None = None) -> Iterator[FrozenClock]:
    """Freeze a gate's clock while the block runs.

    What the gate judges by time stands still with it: claims, the times of credentials
    and the windows of aligned quotas. Other quotas, stores, caches and denylists have
    clocks of their own. Requests on their way keep the clock that they began with.

    Args:
        gate: The gate, which may be serving.
        at: When: seconds since the epoch, or a datetime with a time zone; left out,
            what its clock tells now.

    Yields:
        The clock, whose ``tick(seconds)`` moves it.

    Raises:
        ConfigurationError: A time that is none.
    """
    clock = FrozenClock(now_of(gate) if at is None else at)
    usual = gate.clock
    gate.replace(gate.settings, clock=clock)
    try:
        yield clock
    finally:
        gate.replace(gate.settings, clock=usual)


def now_of(gate: Gate) -> float:
    """Read a gate's clock, in seconds since the epoch."""
    return gate.clock()


def _seconds(at: object) -> float:
    if isinstance(at, datetime):
        if at.tzinfo is None:
            raise ConfigurationError("a datetime needs a time zone, to be one time")
        return at.timestamp()
    if not is_seconds(at):
        raise ConfigurationError(
            "a time must be seconds since the epoch, or a datetime with a time zone"
        )
    return at
