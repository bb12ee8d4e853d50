"""A store in front of an asynchronous one, which remembers what that one found."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar, Unpack, final

from jwtgate.backend import AnyStore, async_backend
from jwtgate.consumer import Consumer
from jwtgate.store import AsyncConsumerStore, AsyncCredentialStore, ConsumerStore
from jwtgate.stores.cached.caching import Caching, Row, check_cacheable
from jwtgate.stores.cached.flight import Flight
from jwtgate.stores.cached.flights import Answer
from jwtgate.stores.cached.limits import LimitFields, Limits
from jwtgate.stores.cached.listening import Listener
from jwtgate.stores.cached.shelf import NONE, Shelf

__all__ = ["AsyncCachedStore"]

_T = TypeVar("_T")


class _Find(Protocol):
    async def __call__(self, key: str, kid: str | None = None) -> tuple[Row, ...]: ...


class _FindConsumer(Protocol):
    async def __call__(self, name: str) -> Consumer | None: ...


@final
class AsyncCachedStore(Caching):
    """A cache of the credentials that an asynchronous store finds.

    It is what :class:`CachedStore` is, in event loops; there may be several of them in
    one process, in several threads. They share what is remembered; each asks the store
    for itself.

    A look-up is a task of its own, which goes on if the request that began it is
    cancelled: others may wait for it, and the next ones need its answer. It is
    cancelled when it takes longer than ``timeout``, whoever waits for it.

    Args:
        store: Finds credentials by ``afind``, and consumers if it has
            ``afind_consumer``; for one that has ``find`` there is
            ``AsyncCachedStore(in_thread(store))``.
        clock: Tells ages, in seconds; it should not be set back.
        listener: Hears at once of what changes in the store: a
            :class:`PostgresListener`, a :class:`RedisListener`, or one of your own.
        limits: The bounds; see :class:`Limits`.

    Attributes:
        afind: Find the credentials of a key; see :class:`jwtgate.CredentialStore`.
            Raises :class:`jwtgate.errors.Unavailable` if the store cannot be asked.
        afind_consumer: Find a consumer by id, else by username, in the same way. It is
            there if the store has it.

    Raises:
        ConfigurationError: A bound that cannot work, or a store that would block, or
            one that answers by kid.
    """

    afind: _Find
    afind_consumer: _FindConsumer

    def __init__(
        self,
        store: AnyStore,
        *,
        clock: Callable[[], float] = time.monotonic,
        listener: Listener | None = None,
        **limits: Unpack[LimitFields],
    ) -> None:
        check_cacheable(store)
        # Of one that has afind the other methods would block.
        is_async = isinstance(store, AsyncCredentialStore)
        consumers = AsyncConsumerStore if is_async else ConsumerStore
        finds_consumers = isinstance(store, consumers)
        inner = async_backend(store, finds_consumers=finds_consumers)
        super().__init__(Limits(**limits), clock, listener, self._start)
        self._tasks: set[asyncio.Task[Answer]] = set()
        # Closures, since a hit costs little more than the names that it looks up.
        self.afind = _finder(
            self._credentials,
            clock,
            partial(
                self._look_up, self._credentials, lambda key: inner.afind(key, None)
            ),
        )
        if finds_consumers:
            self.afind_consumer = _consumer_finder(
                partial(self._look_up, self._consumers, _rows(inner.afind_consumer))
            )

    async def aclose(self) -> None:
        """Ask the store no more, and wait for the look-ups of this event loop.

        What is remembered is served for its time. The store itself is not closed.
        """
        self._close()
        loop = asyncio.get_running_loop()
        own = [task for task in list(self._tasks) if task.get_loop() is loop]
        if own:
            await asyncio.wait(own, timeout=self._limits.timeout)

    async def _look_up(
        self,
        shelf: Shelf[_T],
        ask: Callable[[str], Awaitable[Sequence[_T]]],
        key: str,
    ) -> tuple[_T, ...]:
        self._listen()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer | None] = loop.create_future()
        flight = self._flights.board(Flight(shelf, key, ask, future, loop))
        if isinstance(flight, tuple):
            return flight
        try:
            # Neither a time that is over nor a cancelled request ends the future.
            await asyncio.wait([flight.future], timeout=self._limits.timeout)
        finally:
            self._flights.leave(flight)
        found = flight.future.result() if flight.future.done() else None
        return self._flights.answer(flight, found)

    def _start(self, flight: Flight[Any]) -> None:
        # In the thread of its loop, which may be another one, and may be closed.
        loop = flight.future.get_loop()
        loop.call_soon_threadsafe(self._fly, flight, context=flight.context)

    def _fly(self, flight: Flight[Any]) -> None:
        if not self._flights.may_begin(flight):
            self._flights.land(flight)
            return
        task = asyncio.ensure_future(_asked(flight, self._limits.timeout))
        self._tasks.add(task)  # event loops hold tasks weakly
        # Not in the task itself, which may be cancelled before it begins.
        task.add_done_callback(partial(self._land, flight))

    def _land(self, flight: Flight[Any], task: asyncio.Task[Answer]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            self._flights.land(flight)
        elif (error := task.exception()) is not None:
            self._flights.land(flight, error=error)
        else:
            self._flights.land(flight, task.result())


async def _asked(flight: Flight[Any], seconds: float) -> Answer:
    async with asyncio.timeout(seconds):
        return tuple(await flight.ask(flight.key))


def _finder(
    shelf: Shelf[Row],
    clock: Callable[[], float],
    look_up: Callable[[str], Awaitable[tuple[Row, ...]]],
) -> _Find:
    known, unknown = shelf.known.table, shelf.unknown.table

    async def afind(
        key: str,
        kid: str | None = None,  # noqa: ARG001 - the gate picks by kid
    ) -> tuple[Row, ...]:
        try:
            until, found = known[key]
        except KeyError:
            until, found = unknown.get(key, NONE)
        if clock() < until:
            return found
        return await look_up(key)

    return afind


def _consumer_finder(
    look_up: Callable[[str], Awaitable[tuple[Consumer, ...]]],
) -> _FindConsumer:
    async def afind_consumer(name: str) -> Consumer | None:
        return next(iter(await look_up(name)), None)

    return afind_consumer


def _rows(
    afind_consumer: Callable[[str], Awaitable[Consumer | None]],
) -> Callable[[str], Awaitable[tuple[Consumer, ...]]]:
    async def rows(name: str) -> tuple[Consumer, ...]:
        consumer = await afind_consumer(name)
        return () if consumer is None else (consumer,)

    return rows
