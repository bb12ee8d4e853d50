"""Stores, a clock and threads whose every step a test decides."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from threading import Event, Lock, Semaphore
from threading import enumerate as threads
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from jwtgate import Consumer
from jwtgate.errors import Unavailable
from tests.kit import credential

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30
"""Seconds after which a test that waits for ever is a failed one."""

BRIEFLY = 0.05
"""Seconds that a look-up may take where a test waits until it is over time."""


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


class Books:
    """What a store has, what it was asked, and which keys fail."""

    def __init__(self, *keys: str) -> None:
        self.rows: dict[str, Sequence[Any]] = {
            key: (credential(key=key),) for key in keys
        }
        self.consumers: dict[str, Consumer] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.names_asked: list[str] = []
        self.broken: set[str] = set()
        self.is_down = False
        self.error: BaseException = OSError("the store is gone")
        self.meanwhile: Callable[[], object] = int

    def look(self, key: str, kid: str | None) -> Sequence[Any]:
        """Note that it was asked, and find the rows."""
        self.asked.append((key, kid))
        self.meanwhile()
        return self.rows.get(key, ())

    def answer(self, key: str, rows: Sequence[Any]) -> Sequence[Any]:
        """Give the rows, or fail."""
        if self.is_down or key in self.broken:
            raise self.error
        return rows

    def times(self, key: str) -> int:
        """Tell how often a key was asked for."""
        return sum(each == key for each, _ in self.asked)


class Store(Books):
    """A synchronous store; keys may be held, until they are let go."""

    def __init__(self, *keys: str) -> None:
        super().__init__(*keys)
        self.held: dict[str, Event] = {}
        self.entered = Semaphore(0)
        self._lock = Lock()
        self._inside = 0
        self.most_inside = 0

    def find(self, key: str, kid: str | None = None) -> Sequence[Any]:
        """Find the rows; they are read before the key is held."""
        with self._lock:
            rows = self.look(key, kid)
            self._inside += 1
            self.most_inside = max(self.most_inside, self._inside)
            held = self.held.get(key)
        self.entered.release()
        if held is not None:
            held.wait(PATIENCE)
        with self._lock:
            self._inside -= 1
        return self.answer(key, rows)

    def hold(self, key: str) -> Event:
        """Hold a key; return what lets it go."""
        self.held[key] = Event()
        return self.held[key]

    def wait(self, number: int = 1) -> None:
        """Wait until so many more look-ups are in the store."""
        for _ in range(number):
            assert self.entered.acquire(timeout=PATIENCE)


class StoreOfConsumers(Store):
    """The same, which finds consumers, too."""

    def find_consumer(self, name: str) -> Consumer | None:
        """Find a consumer."""
        self.names_asked.append(name)
        self.answer(name, ())
        return self.consumers.get(name)


class AsyncStore(Books):
    """An asynchronous store; keys may be held, until they are let go."""

    def __init__(self, *keys: str) -> None:
        super().__init__(*keys)
        self.held: dict[str, asyncio.Event] = {}
        self.entered = asyncio.Semaphore(0)
        self.cancelled: list[str] = []
        self._inside = 0
        self.most_inside = 0

    async def afind(self, key: str, kid: str | None = None) -> Sequence[Any]:
        """Find the rows; they are read before the key is held."""
        rows = self.look(key, kid)
        self._inside += 1
        self.most_inside = max(self.most_inside, self._inside)
        self.entered.release()
        try:
            if key in self.held:
                await self.held[key].wait()
        except asyncio.CancelledError:
            self.cancelled.append(key)
            raise
        finally:
            self._inside -= 1
        return self.answer(key, rows)

    def hold(self, key: str) -> asyncio.Event:
        """Hold a key; return what lets it go."""
        self.held[key] = asyncio.Event()
        return self.held[key]

    async def wait(self, number: int = 1) -> None:
        """Wait until so many more look-ups are in the store."""
        for _ in range(number):
            await asyncio.wait_for(self.entered.acquire(), PATIENCE)


class AsyncStoreOfConsumers(AsyncStore):
    """The same, which finds consumers, too."""

    async def afind_consumer(self, name: str) -> Consumer | None:
        """Find a consumer."""
        self.names_asked.append(name)
        self.answer(name, ())
        return self.consumers.get(name)


@contextmanager
def aside(number: int = 1) -> "Iterator[Callable[..., Future[Any]]]":
    """Give what calls something in a thread."""
    with ThreadPoolExecutor(number) as pool:
        yield pool.submit


def is_refused(call: Callable[[], object]) -> bool:
    """Whether a look-up is refused, in place of an answer."""
    try:
        call()
    except Unavailable:
        return True
    return False


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds that another thread sees to."""
    end = monotonic() + PATIENCE
    pause = Event()
    while not holds():
        assert monotonic() < end
        pause.wait(0.005)


def threads_named(name: str) -> int:
    """Count the threads of this name."""
    return sum(each.name == name for each in threads())


def threads_end(name: str) -> None:
    """Wait until no thread of this name is left; what nobody holds is collected."""
    looks = count()

    def have_ended() -> bool:
        if next(looks) % 10 == 9:
            gc.collect()
        return threads_named(name) == 0

    eventually(have_ended)


def records_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give the first words of what was logged."""
    return [record.getMessage().partition(";")[0] for record in caplog.records]
