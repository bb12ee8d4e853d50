"""A store in front of a synchronous one, which remembers what that one found."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, Protocol, TypeVar, Unpack, final

from jwtgate.backend import backend
from jwtgate.consumer import Consumer
from jwtgate.store import ConsumerStore, CredentialStore
from jwtgate.stores.cached.caching import Caching, Row, check_cacheable
from jwtgate.stores.cached.flight import Flight
from jwtgate.stores.cached.limits import LimitFields, Limits
from jwtgate.stores.cached.listening import Listener
from jwtgate.stores.cached.shelf import NONE, Shelf
from jwtgate.stores.cached.workers import Workers

__all__ = ["CachedStore"]

_T = TypeVar("_T")


class _Find(Protocol):
    def __call__(self, key: str, kid: str | None = None) -> tuple[Row, ...]: ...


class _FindConsumer(Protocol):
    def __call__(self, name: str) -> Consumer | None: ...


@final
class CachedStore(Caching):
    """A cache of the credentials that a synchronous store finds; safe for threads.

    It holds credentials, never verdicts: lifetimes, signatures and claims are judged
    anew for each request. What a key finds may depend on nothing but the key: the
    store is asked for all of a key's credentials, with no ``kid``, and what one
    request is given the next one is given, too. A store of which that is not so says
    ``answers_by_kid = True``, and is refused, as a
    :class:`jwtgate.stores.jwks.JWKSStore` is, which remembers keys by itself. Put the
    cache inside the chain: ``ChainStore(CachedStore(sql), jwks)``.

    The store is asked in threads of the cache, once for however many requests wait. A
    request waits ``timeout`` seconds at most; a thread in which the store does not
    answer stays taken, so the store should have time limits of its own. While the
    store fails, is too slow or has too many waiting for it, what is remembered is
    served for its time, and all else is refused: the answer is 503, never 401. The log
    tells once that the store fails, and once that it answers again.

    Asynchronous code has ``AsyncCachedStore(in_thread(store))``.

    Args:
        store: Finds credentials, and consumers if it has ``find_consumer``.
        clock: Tells ages, in seconds; it should not be set back.
        listener: Hears at once of what changes in the store: a
            :class:`PostgresListener`, a :class:`RedisListener`, or one of your own.
        limits: The bounds; see :class:`Limits`.

    Attributes:
        find: Find the credentials of a key; see :class:`jwtgate.CredentialStore`.
            Raises :class:`jwtgate.errors.Unavailable` if the store cannot be asked.
        find_consumer: Find a consumer by id, else by username, in the same way. It is
            there if the store has it.

    Raises:
        ConfigurationError: A bound that cannot work, or a store without ``find``, or
            one that answers by kid.
    """

    find: _Find
    find_consumer: _FindConsumer

    def __init__(
        self,
        store: CredentialStore,
        *,
        clock: Callable[[], float] = time.monotonic,
        listener: Listener | None = None,
        **limits: Unpack[LimitFields],
    ) -> None:
        check_cacheable(store)
        find = backend(store, finds_consumers=False).find
        super().__init__(Limits(**limits), clock, listener, self._start)
        self._workers = Workers(self._limits.max_lookups)
        # Closures, since a hit costs little more than the names that it looks up.
        self.find = _finder(
            self._credentials,
            clock,
            partial(self._look_up, self._credentials, lambda key: find(key, None)),
        )
        if isinstance(store, ConsumerStore):
            self.find_consumer = _consumer_finder(
                partial(self._look_up, self._consumers, _rows(store.find_consumer))
            )

    def close(self) -> None:
        """Ask the store no more, and let the threads end.

        Who waits for a look-up that is on its way gets its answer. What is remembered
        is served for its time. The store itself is not closed.
        """
        self._close()
        self._workers.close()

    def after_fork(self) -> None:
        """Make locks and threads anew, in a forked process."""
        super().after_fork()
        self._workers = Workers(self._limits.max_lookups)

    def _look_up(
        self, shelf: Shelf[_T], ask: Callable[[str], Sequence[_T]], key: str
    ) -> tuple[_T, ...]:
        self._listen()
        future: Future[Any] = Future()
        flight = self._flights.board(Flight(shelf, key, ask, future))
        if isinstance(flight, tuple):
            return flight
        # Who has to wait for a turn first does not learn how long the store takes.
        had_its_turn = flight.is_running
        found = None
        try:
            found = flight.future.result(self._limits.timeout)
        except TimeoutError:
            if had_its_turn:
                self._flights.overdue(flight)
        finally:
            self._flights.leave(flight)
        return self._flights.answer(flight, found)

    def _start(self, flight: Flight[Any]) -> None:
        self._workers.submit(partial(flight.context.run, self._fly, flight))

    def _fly(self, flight: Flight[Any]) -> None:
        if not self._flights.may_begin(flight):
            self._flights.land(flight)
            return
        try:
            found = tuple(flight.ask(flight.key))
        except BaseException as error:  # noqa: BLE001 - those who wait must learn of it
            self._flights.land(flight, error=error)
        else:
            self._flights.land(flight, found)


def _finder(
    shelf: Shelf[Row],
    clock: Callable[[], float],
    look_up: Callable[[str], tuple[Row, ...]],
) -> _Find:
    known, unknown = shelf.known.table, shelf.unknown.table

    def find(
        key: str,
        kid: str | None = None,  # noqa: ARG001 - the gate picks by kid
    ) -> tuple[Row, ...]:
        try:
            until, found = known[key]
        except KeyError:
            until, found = unknown.get(key, NONE)
        if clock() < until:
            return found
        return look_up(key)

    return find


def _consumer_finder(
    look_up: Callable[[str], tuple[Consumer, ...]],
) -> _FindConsumer:
    def find_consumer(name: str) -> Consumer | None:
        return next(iter(look_up(name)), None)

    return find_consumer


def _rows(
    find_consumer: Callable[[str], Consumer | None],
) -> Callable[[str], tuple[Consumer, ...]]:
    def rows(name: str) -> tuple[Consumer, ...]:
        consumer = find_consumer(name)
        return () if consumer is None else (consumer,)

    return rows
