"""What a gate decides by now, and how other settings come in its place."""

from collections.abc import Callable
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Literal, Protocol, final

from jwtgate.errors import ConfigurationError
from jwtgate.ready import Ready
from jwtgate.settings import Settings, Source

if TYPE_CHECKING:
    from jwtgate.watch import Watch

__all__ = ["Current"]


class _Reloading(Protocol):
    def reload(self) -> None: ...


class _Make(Protocol):
    def __call__(self, settings: Settings, *, clock: Callable[[], float]) -> Ready: ...


@final
class Current:
    """Settings made ready; others take effect in one step, and only if they can work.

    Args:
        make: Makes settings ready, or raises ConfigurationError.
        settings: The first ones.
        clock: Gives seconds since the epoch.

    Attributes:
        clock: The clock.
        ready: What is decided by now.
        watch: Looks at the source, if one is watched.
    """

    def __init__(
        self, make: _Make, settings: Settings, clock: Callable[[], float]
    ) -> None:
        self._make = make
        self._source: Source | None = None
        self._mounted: set[Literal["sync", "async"]] = set()
        # Held for moments only, never while a source is read: a request may wait for
        # it, and a fork must not find it taken.
        self._changing = RLock()
        self._begun = count(1)
        self._newest = 0
        self.watch: Watch | None = None
        self.clock = clock
        self.ready = make(settings, clock=clock)

    def begin(self) -> Ready:
        """Give what a request is decided by; watching begins with the first one."""
        # Read once: another source may come in between, and end the watch.
        if (watch := self.watch) is not None:
            watch.start()
        return self.ready

    def require(self, kind: Literal["sync", "async"]) -> None:
        """See that every store can be used, now and after a change.

        Raises:
            ConfigurationError: One cannot be used; says what it lacks.
        """
        if kind not in self._mounted:
            with self._changing:
                self.ready.require(kind)
                self._mounted.add(kind)

    def replace(
        self, settings: Settings, clock: Callable[[], float] | None = None
    ) -> None:
        """Decide by other settings, and by another clock if one is given.

        Raises:
            ConfigurationError: They cannot work.
        """
        self._take(settings, next(self._begun), clock or self.clock)

    def follow(self, gate: _Reloading, source: Source, *, watch: bool) -> None:
        """Take a source to reload the gate from."""
        from jwtgate.watch import Watch  # noqa: PLC0415 - for gates that have a source

        if self.watch is not None:
            self.watch.stop()
        self._source = source
        self.watch = Watch(gate, source) if watch else None

    def reload(self) -> None:
        """Read the source anew; raises ConfigurationError."""
        if self._source is None:
            raise ConfigurationError("this gate was not loaded from a file")
        begun = next(self._begun)
        self._take(self._source.read(), begun, self.clock)

    def _take(self, settings: Settings, begun: int, clock: Callable[[], float]) -> None:
        ready = self._make(settings, clock=clock)
        with self._changing:
            for kind in self._mounted:
                ready.require(kind)
            # What began to be read earlier may be older, though it is ready later.
            if begun > self._newest:
                self._newest = begun
                self.clock, self.ready = clock, ready
