"""Look-ups on their way, and who waits for them."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Container
from threading import Lock
from typing import Any, TypeAlias, TypeVar, final

from jwtgate._log import log_failure, log_note
from jwtgate.errors import Unavailable
from jwtgate.reason import Reason
from jwtgate.stores.cached.flight import AnyFuture, Flight
from jwtgate.stores.cached.health import Health
from jwtgate.stores.cached.limits import Limits
from jwtgate.stores.cached.shelf import Shelf

__all__ = ["Answer", "Flights"]

_F = TypeVar("_F", bound=AnyFuture)

Answer: TypeAlias = tuple[Any, ...]
"""The rows of one shelf."""

_Place: TypeAlias = tuple[Shelf[Any], str, AbstractEventLoop | None]

_FAILS = "the store behind a cache fails; what is in the cache is served for its time"
_IS_BACK = "the store behind a cache answers again"


@final
class Flights:
    """Keeps the books of look-ups, for threads and for event loops alike.

    Of each key there is one at a time (in each event loop), for however many wait. A
    look-up that was taken off the books, as something changed meanwhile, serves those
    who wait for it, and nobody else; its answer is not kept.

    Args:
        limits: How many may run, and wait.
        clock: What ages are told by, in seconds.
        start: Starts a look-up, without waiting for it; sees that :meth:`land` is
            called when it ends. Raises RuntimeError if it cannot.
    """

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float],
        start: Callable[[Flight[Any]], None],
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._start = start
        self._is_closed = False
        self.after_fork()

    def after_fork(self) -> None:
        """Begin anew: what was on its way is not in this process."""
        self.lock = Lock()
        self._health = Health(self._limits.retry_after)
        self._booked: dict[_Place, Flight[Any]] = {}
        self._running: set[Flight[Any]] = set()
        self._queue: dict[Flight[Any], None] = {}
        self._waiting = 0

    def board(self, new: Flight[_F]) -> Flight[_F] | Answer:
        """Give the look-up to wait for and to :meth:`leave`, or an answer.

        It is the given one, unless there is one for the key already.

        Raises:
            Unavailable: The store is not to be asked for the key now.
        """
        now = self._clock()
        with self.lock:
            found = new.shelf.fresh(new.key, now)
            if found is not None:
                return found
            flight = self._joined(new, now)
            if flight is not None:
                flight.waiting += 1
                self._waiting += 1
        if flight is None:
            return self.answer(new, None)
        if flight is new and flight.is_running:
            self._launch(flight)
        return flight

    def leave(self, flight: Flight[Any]) -> None:
        """Wait no more; a look-up that nobody waits for any more loses its turn."""
        with self.lock:
            self._waiting -= 1
            flight.waiting -= 1
            if not flight.waiting and flight in self._queue:
                del self._queue[flight]
                self._give_up(flight)

    def answer(self, flight: Flight[Any], found: Answer | None) -> Answer:
        """Give what is served: what came, or if nothing did, what may be stale.

        Raises:
            Unavailable: There is neither.
        """
        if found is None:
            found = flight.shelf.stale(flight.key, self._clock())
        if found is None:
            raise Unavailable(Reason.STORE_UNAVAILABLE)
        return found

    def may_begin(self, flight: Flight[Any]) -> bool:
        """Whether to ask the store, now that it is its turn; notes when."""
        flight.asked_at = self._clock()
        with self.lock:
            return not self._is_closed and self._health.may_begin(flight.question)

    def overdue(self, flight: Flight[Any]) -> None:
        """Note that it failed by taking too long, though it is still on its way."""
        with self.lock:
            if flight.is_late or flight not in self._running:
                return
            flight.is_late = True
            tell = self._health.failed(flight.question, self._clock())
        if tell:
            log_failure(_FAILS, TimeoutError(f"waited {self._limits.timeout} seconds"))

    def land(
        self,
        flight: Flight[Any],
        found: Answer | None = None,
        error: BaseException | None = None,
    ) -> None:
        """End a look-up that had its turn, and start the next one.

        Args:
            flight: The look-up.
            found: The answer.
            error: Why there is none; None also if it was given up.
        """
        self._launch(self._end(flight, found, error))

    def unbook(self, shelf: Shelf[Any], keys: Container[str] | None = None) -> None:
        """See that answers on their way to a shelf are not kept.

        Args:
            shelf: The shelf; whoever calls holds the lock.
            keys: Only those for these keys.
        """
        for place in list(self._booked):
            if place[0] is shelf and (keys is None or place[1] in keys):
                del self._booked[place]

    def close(self) -> None:
        """Ask the store no more."""
        self._is_closed = True

    def __repr__(self) -> str:
        """Show how many are on their way, and how many wait for them."""
        return (
            f"lookups={len(self._running)}/{self._limits.max_lookups}"
            f" waiting={self._waiting}/{self._limits.max_waiting}"
        )

    def _joined(self, new: Flight[_F], now: float) -> Flight[_F] | None:
        """Give the look-up to wait for; None if there is to be none."""
        if self._is_closed or self._waiting >= self._limits.max_waiting:
            return None
        place = new.shelf, new.key, new.loop
        flight: Flight[_F] | None = self._booked.get(place)
        if flight is not None:
            # One that is late may hang for ever. The key is not asked for again while
            # it does, or that one key would take all the turns.
            return None if flight.is_late else flight
        has_room = self._has_room()
        if self._health.is_down and not has_room:
            return None
        if not self._health.may_ask(new.question, now):
            return None
        self._booked[place] = new
        if has_room:
            self._give_turn(new)
        else:
            self._queue[new] = None
        return new

    def _has_room(self) -> bool:
        if len(self._running) >= self._limits.max_lookups:
            for flight in [each for each in self._running if each.is_lost]:
                self._running.discard(flight)
                self._give_up(flight)
        return len(self._running) < self._limits.max_lookups

    def _give_turn(self, flight: Flight[Any]) -> None:
        flight.is_running = True
        self._running.add(flight)

    def _give_up(self, flight: Flight[Any]) -> None:
        self._unbook(flight)
        self._health.gave_up(flight.question)

    def _unbook(self, flight: Flight[Any]) -> bool:
        place = flight.shelf, flight.key, flight.loop
        if self._booked.get(place) is not flight:
            return False
        del self._booked[place]
        return True

    def _launch(self, flight: Flight[Any] | None) -> None:
        while flight is not None:
            try:
                self._start(flight)
            except RuntimeError as error:  # there is no thread, or no loop any more
                flight = self._end(flight, None, error)
            else:
                return

    def _end(
        self, flight: Flight[Any], found: Answer | None, error: BaseException | None
    ) -> Flight[Any] | None:
        """Take it off the books; give the one whose turn it is now."""
        with self.lock:
            if flight not in self._running:  # it was lost, and so was its turn
                return None
            self._running.discard(flight)
            if self._unbook(flight) and found is not None:
                flight.shelf.keep(flight.key, found, flight.asked_at)
            tell = self._judge(flight, found, error)
            following = next(iter(self._queue), None)
            if following is not None:
                del self._queue[following]
                self._give_turn(following)
        if tell and error is not None:  # the log has it ahead of its refusals
            log_failure(_FAILS, error)
        elif tell:
            # As a warning, so that whoever sees the error sees the end of it.
            log_note(_IS_BACK, harmless=False)
        if not flight.is_lost:
            flight.future.set_result(found)
        return following

    def _judge(
        self, flight: Flight[Any], found: Answer | None, error: BaseException | None
    ) -> bool:
        """Note how it went; return whether that is to be told."""
        if flight.is_late:
            return False
        if found is not None:
            return self._health.answered(flight.question)
        if error is not None and not (flight.is_lost or self._is_closed):
            return self._health.failed(flight.question, self._clock())
        self._health.gave_up(flight.question)
        return False
