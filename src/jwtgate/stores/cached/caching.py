"""What both caching stores have."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias, final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import ConfigurationError
from jwtgate.store import is_store
from jwtgate.stores.cached.flight import Flight
from jwtgate.stores.cached.flights import Flights
from jwtgate.stores.cached.forks import renew_after_fork
from jwtgate.stores.cached.limits import Limits
from jwtgate.stores.cached.listening import Listener, Listening
from jwtgate.stores.cached.shelf import Shelf
from jwtgate.stores.changes import EVERYTHING, Change

__all__ = ["CacheState", "Caching", "Row", "check_cacheable"]

Row: TypeAlias = Credential | UnusableCredential


def check_cacheable(store: object) -> None:
    """See that it is a store, and that what it finds depends on nothing but the key.

    Raises:
        ConfigurationError: It is none, or says ``answers_by_kid = True``.
    """
    if not is_store(store):
        raise ConfigurationError(
            f"a {type(store).__name__} is no store: it needs a method find(key, "
            "kid=None), or 'async def afind(key, kid=None)'"
        )
    if getattr(store, "answers_by_kid", False):
        raise ConfigurationError(
            "a store whose answers depend on the kid, as those of a JWKSStore and of "
            "a chain with one, cannot be cached: a cache asks for all of a key; put "
            "the cache inside the chain: ChainStore(CachedStore(sql), jwks)"
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CacheState:
    """What a cache holds, and how the store behind it does, at one moment.

    Attributes:
        keys: Known keys that are remembered; some may be past their time, and are so
            until they are asked for again, or make room.
        unknown_keys: Unknown keys, in the same way.
        consumers: Consumers, in the same way.
        unknown_consumers: Names of which there is no consumer, in the same way.
        lookups: Look-ups that the store is asked.
        waiting: Requests that wait for look-ups, those of ``lookups`` or later ones.
        is_down: Whether the store counts as down: three keys failed, one after the
            other, and no look-up has succeeded since.
    """

    keys: int
    unknown_keys: int
    consumers: int
    unknown_consumers: int
    lookups: int
    waiting: int
    is_down: bool


class Caching:
    """What is remembered, and how it is forgotten; safe for threads.

    Args:
        limits: The bounds.
        clock: What ages are told by, in seconds; it should not be set back.
        listener: Hears of changes.
        start: Starts a look-up.
    """

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float],
        listener: Listener | None,
        start: Callable[[Flight[Any]], None],
    ) -> None:
        self._limits = limits
        self._credentials: Shelf[Row] = Shelf(limits, Credential)
        self._consumers: Shelf[Consumer] = Shelf(limits, Consumer)
        self._flights = Flights(limits, clock, start)
        self._listening = None if listener is None else Listening(listener, self)
        renew_after_fork(self)

    def invalidate(self, key: str) -> None:
        """Forget a key: whoever asks for it from now on has the store asked.

        A look-up that is on its way serves those who wait for it already, nobody else.
        """
        self.apply(Change(keys=(key,)))

    def clear(self) -> None:
        """Forget everything, in the same way."""
        self.apply(EVERYTHING)

    def apply(self, change: Change) -> None:
        """Forget what may have changed, in the same way."""
        with self._flights.lock:
            if change.everything:
                self._credentials.clear()
                self._flights.unbook(self._credentials)
            for key in change.keys:
                self._credentials.forget(key)
            self._flights.unbook(self._credentials, frozenset(change.keys))
            if change.everything or change.consumers:
                self._consumers.clear()
                self._flights.unbook(self._consumers)

    def doubt(self) -> None:
        """Have the store asked anew for everything, as changes may have been missed.

        What is remembered is served, for its time, only while the store fails.
        """
        with self._flights.lock:
            self._credentials.doubt()
            self._flights.unbook(self._credentials)
            self._consumers.doubt()
            self._flights.unbook(self._consumers)

    def after_fork(self) -> None:
        """Make locks and threads anew, in a forked process."""
        self._flights.after_fork()
        if self._listening is not None:
            self._listening.after_fork()
            self.doubt()  # nobody heard anything here since the fork

    @property
    def state(self) -> CacheState:
        """What it holds now; no lock is taken, nor is the store asked."""
        flights = self._flights
        return CacheState(
            keys=len(self._credentials.known.table),
            unknown_keys=len(self._credentials.unknown.table),
            consumers=len(self._consumers.known.table),
            unknown_consumers=len(self._consumers.unknown.table),
            lookups=len(flights._running),  # noqa: SLF001 - its own part
            waiting=flights._waiting,  # noqa: SLF001 - same
            is_down=flights._health.is_down,  # noqa: SLF001 - same
        )

    def __repr__(self) -> str:
        """Show how full it is."""
        return (
            f"<{type(self).__name__} known={self._credentials.known!r}"
            f" unknown={self._credentials.unknown!r} {self._flights!r}>"
        )

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled."""
        raise TypeError("a cache of credentials cannot be pickled; make another one")

    def _listen(self) -> None:
        if self._listening is not None:
            self._listening.start()

    def _close(self) -> None:
        self._flights.close()
        if self._listening is not None:
            self._listening.stop()
