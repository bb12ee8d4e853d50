"""How time is measured: rows take turns, so that what slows one slows them all."""

import gc
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median

__all__ = ["aalternate", "alternate", "collector_held"]


def alternate(
    rows: Mapping[str, Callable[[], object]], *, rounds: int, calls: int
) -> dict[str, float]:
    """Time functions in alternated rounds, one after another in each.

    Args:
        rows: What is called, by name.
        rounds: Rounds that count, 1 or more; one before them warms up.
        calls: Calls of each row in a round.

    Returns:
        The median of the rounds, in microseconds for each call, by name.
    """
    timings: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(rounds + 1):
        for name, call in rows.items():
            with collector_held():
                start = time.perf_counter()
                for _ in range(calls):
                    call()
                elapsed = time.perf_counter() - start
            timings[name].append(elapsed)
    return _medians(timings, calls)


async def aalternate(
    rows: Mapping[str, Callable[[], Awaitable[object]]], *, rounds: int, calls: int
) -> dict[str, float]:
    """Time coroutine functions, one call after another; see :func:`alternate`."""
    timings: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(rounds + 1):
        for name, call in rows.items():
            with collector_held():
                start = time.perf_counter()
                for _ in range(calls):
                    await call()
                elapsed = time.perf_counter() - start
            timings[name].append(elapsed)
    return _medians(timings, calls)


@contextmanager
def collector_held() -> Iterator[None]:
    """Hold the garbage collector still for a while."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _medians(timings: Mapping[str, list[float]], calls: int) -> dict[str, float]:
    return {
        name: median(elapsed[1:]) / calls * 1e6 for name, elapsed in timings.items()
    }
