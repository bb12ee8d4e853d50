"""Calls of a store, synchronous or not, alone or many at once."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from inspect import isawaitable, iscoroutinefunction
from threading import Barrier, Event, Thread
from typing import Any, TypeAlias, final

from jwtgate.testing.verdicts import must

__all__ = ["Call", "Caller"]

_PATIENCE = 60.0

Call: TypeAlias = Callable[[], Any]
"""A function, a coroutine function, or a partial of one."""

_HURRIED = 1e-4  # seconds that a thread runs before another may: races are seen sooner


@final
class Caller:
    """Makes the same text test synchronous and asynchronous stores.

    ``call(store.method(...))`` gives what the method returned, or what its coroutine
    comes to. All coroutines of a test run in one event loop, as engines with a pool of
    connections need it.

    Args:
        patience: Seconds after which calls that were made at once, and have not come
            back, are taken for stuck.
    """

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        # With a factory the loop does not become the thread's own, which other tests
        # may have set.
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)

    def __call__(self, given: Any) -> Any:
        """Give a value as it is, or what an awaitable comes to."""
        return self._runner.run(_awaited(given)) if isawaitable(given) else given

    def at_once(self, calls: Sequence[Call], *, times: int = 1) -> list[Any]:
        """Make calls side by side: in threads, or in tasks if they are coroutines.

        Args:
            calls: All of one kind.
            times: How often each of them is made.

        Returns:
            What they returned, or the exceptions that they raised, in the order of the
            calls.
        """
        if iscoroutinefunction(calls[0]):
            return list(self._runner.run(_in_tasks(calls, times, self._patience)))
        return _in_threads(calls, times, self._patience)

    def meanwhile(self, look: Call, changes: Sequence[Call]) -> list[Any]:
        """Look again and again while changes are made, one after another.

        Returns:
            All that was seen, and exceptions that were raised in looking.
        """
        if iscoroutinefunction(look):
            return list(self._runner.run(_watched_by_a_task(look, changes)))
        return _watched_by_a_thread(look, changes, self._patience)

    def close(self) -> None:
        """Close the event loop, if there was need of one."""
        self._runner.close()


async def _awaited(given: Awaitable[Any]) -> Any:
    return await given


async def _outcome(call: Call) -> Any:
    try:
        found = call()
        return await found if isawaitable(found) else found
    except Exception as error:  # noqa: BLE001 - whoever asked judges it
        return error


def _outcome_here(call: Call) -> Any:
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - whoever asked judges it
        return error


async def _in_tasks(calls: Sequence[Call], times: int, patience: float) -> list[Any]:
    async def repeated(call: Call) -> list[Any]:
        return [await _outcome(call) for _ in range(times)]

    tasks = [asyncio.ensure_future(repeated(call)) for call in calls]
    _, stuck = await asyncio.wait(tasks, timeout=patience)
    _must_be_back(len(stuck), patience)
    return [outcome for task in tasks for outcome in task.result()]


def _in_threads(calls: Sequence[Call], times: int, patience: float) -> list[Any]:
    start = Barrier(len(calls))
    outcomes: list[list[Any]] = [[] for _ in calls]

    def repeated(call: Call, into: list[Any]) -> None:
        start.wait(patience)
        into.extend(_outcome_here(call) for _ in range(times))

    threads = [
        Thread(target=repeated, args=each, daemon=True)
        for each in zip(calls, outcomes, strict=True)
    ]
    with _hurried():
        for thread in threads:
            thread.start()
        _join(threads, patience)
    return [outcome for each in outcomes for outcome in each]


async def _watched_by_a_task(look: Call, changes: Sequence[Call]) -> list[Any]:
    seen: list[Any] = []
    begun, done = asyncio.Event(), asyncio.Event()

    async def watch() -> None:
        while not done.is_set():
            seen.append(await _outcome(look))
            begun.set()
            await asyncio.sleep(0)  # a look-up that waits for nothing lets nobody run

    watcher = asyncio.ensure_future(watch())
    await begun.wait()
    try:
        for change in changes:
            await change()
    finally:
        done.set()
        await watcher
    return seen


def _watched_by_a_thread(
    look: Call, changes: Sequence[Call], patience: float
) -> list[Any]:
    seen: list[Any] = []
    begun, done = Event(), Event()

    def watch() -> None:
        while not done.is_set():
            seen.append(_outcome_here(look))
            begun.set()

    watcher = Thread(target=watch, daemon=True)
    with _hurried():
        watcher.start()
        begun.wait(patience)
        try:
            for change in changes:
                change()
        finally:
            done.set()
            _join([watcher], patience)
    return seen


def _join(threads: Sequence[Thread], patience: float) -> None:
    end = time.monotonic() + patience
    for thread in threads:
        thread.join(max(0, end - time.monotonic()))
    _must_be_back(sum(thread.is_alive() for thread in threads), patience)


def _must_be_back(stuck: int, patience: float) -> None:
    must(
        not stuck,
        f"{stuck} calls had not come back after {patience} s: the store waits for "
        "itself when it is called many times at once",
    )


@contextmanager
def _hurried() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_HURRIED)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
