"""A synchronous store made asynchronous, by threads."""

import os
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, TypeVar, final

from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError
from jwtgate.store import ConsumerStore, CredentialStore, Found

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

__all__ = ["in_thread"]

_T = TypeVar("_T")


def in_thread(store: CredentialStore, *, workers: int = 8) -> "InThread":
    """Make a store that blocks usable by asynchronous code.

    Args:
        store: Has ``find``, and ``find_consumer`` if the policy needs it; both are
            called from several threads at once.
        workers: Threads, and so look-ups at a time; further ones wait.

    Raises:
        ConfigurationError: The store has no ``find``, or ``workers`` is below 1.
    """
    if not _finds(store):
        raise ConfigurationError("in_thread() takes a store with find(key, kid=None)")
    if workers < 1:
        raise ConfigurationError("in_thread() needs a number of workers above 0")
    if isinstance(store, ConsumerStore):
        return InThreadWithConsumers(store, store, workers)
    return InThread(store, workers)


class InThread:
    """A store whose look-ups run in its own bounded set of threads.

    Threads start with the first look-up, and anew in a forked process: nothing is
    running at import or before a server forks.

    Attributes:
        answers_by_kid: Whether the store says so of itself.
    """

    def __init__(self, store: CredentialStore, workers: int) -> None:
        self._store = store
        self._workers = workers
        self.answers_by_kid = getattr(store, "answers_by_kid", False)
        # One value, so that no thread sees a new process with the old one's threads.
        self._threads: tuple[int, ThreadPoolExecutor] | None = None

    def find(self, key: str, kid: str | None = None) -> Found:
        """Find the credentials of a key, in the caller's thread."""
        return self._store.find(key, kid)

    async def afind(self, key: str, kid: str | None = None) -> Found:
        """Find the credentials of a key, in a thread."""
        return await self._run(lambda: self._store.find(key, kid))

    async def _run(self, call: Callable[[], _T]) -> _T:
        # Imported here, so that importing jwtgate does not load asyncio.
        import asyncio  # noqa: PLC0415
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415
        from contextvars import copy_context  # noqa: PLC0415

        threads = self._threads
        if threads is None or threads[0] != os.getpid():
            pool = ThreadPoolExecutor(self._workers, thread_name_prefix="jwtgate-store")
            self._threads = threads = (os.getpid(), pool)
        context = copy_context()
        return await asyncio.get_running_loop().run_in_executor(
            threads[1], lambda: context.run(_without_stop_iteration, call)
        )


@final
class InThreadWithConsumers(InThread):
    """The same for a store that finds consumers by name, too."""

    def __init__(
        self, store: CredentialStore, consumers: ConsumerStore, workers: int
    ) -> None:
        super().__init__(store, workers)
        self._consumers = consumers

    def find_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username, in the caller's thread."""
        return self._consumers.find_consumer(name)

    async def afind_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username, in a thread."""
        return await self._run(lambda: self._consumers.find_consumer(name))


def _without_stop_iteration(call: Callable[[], _T]) -> _T:
    # A future cannot hold it, and whoever waits for that would wait for ever.
    try:
        return call()
    except StopIteration as error:
        raise RuntimeError("the store raised StopIteration") from error


def _finds(store: object) -> bool:
    return isinstance(store, CredentialStore) and not iscoroutinefunction(store.find)
