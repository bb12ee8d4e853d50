"""What a second thread adds, or takes: verifications per second of two beside one."""

import os
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from threading import Barrier, Thread
from typing import Final

from benchmarks.core import verifying
from benchmarks.measuring import collector_held
from benchmarks.results import Ratio, Section
from benchmarks.tables import figure, show
from benchmarks.tokens import floor, token

__all__ = ["measure"]

_TARGETS: Final = {"HS256": 0.95, "RS256": 1.6}
_COLUMNS: Final = ("", "one thread", "two threads", "ratio")


def measure(*, quick: bool) -> list[Section]:
    """Measure one thread and two in turns, in verifications per second."""
    rounds, calls = (3, 1000) if quick else (9, 10_000)
    rows, ratios = [], []
    for algorithm, target in _TARGETS.items():
        core, octets = verifying(algorithm), token(algorithm).encode()
        measured: dict[str, Callable[[], object]] = {
            f"{algorithm}: jwtgate": partial(core, octets),
            f"{algorithm}: the signature alone": floor(algorithm),
        }
        for name, call in measured.items():
            one, two = _rates(call, rounds, calls)
            rows.append((name, figure(one), figure(two), f"{two / one:.2f}x"))
            if "jwtgate" in name:
                what = f"{algorithm}, two threads / one"
                ratios.append(Ratio("9", what, two / one, target, at_least=True))
    return [
        Section(
            title="Threads, verifications per second",
            columns=_COLUMNS,
            rows=rows,
            ratios=ratios,
            notes=[f"{os.cpu_count()} cores."],
        )
    ]


def _rates(call: Callable[[], object], rounds: int, calls: int) -> tuple[float, float]:
    timings = [
        (_seconds(call, calls, threads=1), _seconds(call, calls, threads=2))
        for _ in range(rounds + 1)
    ][1:]
    one, two = (median(column) for column in zip(*timings, strict=True))
    return calls / one, 2 * calls / two


def _seconds(call: Callable[[], object], calls: int, *, threads: int) -> float:
    barrier = Barrier(threads)
    spans: list[tuple[float, float]] = []

    def work() -> None:
        barrier.wait()
        # Each tells its own times: the main thread may wait for the GIL meanwhile.
        start = time.perf_counter()
        for _ in range(calls):
            call()
        spans.append((start, time.perf_counter()))

    workers = [Thread(target=work) for _ in range(threads)]
    with collector_held():
        for each in workers:
            each.start()
        for each in workers:
            each.join()
    return max(end for _, end in spans) - min(start for start, _ in spans)


if __name__ == "__main__":
    show(measure(quick=False))
