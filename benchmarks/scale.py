"""What many credentials cost: to find one among a million, to load 100,000 keys."""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from random import Random
from typing import Final

from benchmarks.fresh import in_fresh_process
from benchmarks.measuring import alternate, collector_held
from benchmarks.population import MATERIALS, add, key_of
from benchmarks.results import Ratio, Section
from benchmarks.tables import figure, show
from jwtgate import MemoryStore

__all__ = ["measure"]

_LOOKUPS = 100_000
_FEW = 10
_TARGETS: Final = {10_000: 3.0, 1_000_000: 20.0}
_LOADED = 100_000
_LOAD_TARGET = 2.0

Lookups = Callable[[], None]


def measure(*, quick: bool) -> list[Section]:
    """Measure look-ups, in microseconds, and loading, in seconds."""
    sizes = (_FEW, 10_000) if quick else (_FEW, 10_000, 1_000_000)
    found = in_fresh_process(lookups, sizes, 3 if quick else 9)
    load = 5_000 if quick else _LOADED
    held = in_fresh_process(seconds_to_load, load, held=True)
    at_work = in_fresh_process(seconds_to_load, load, held=False)
    return [_lookup_section(found, quick=quick), _load_section(load, held, at_work)]


def lookups(sizes: Sequence[int], rounds: int) -> dict[int, float]:
    """Time look-ups in stores of these sizes, in microseconds for each."""
    rows = {str(size): _lookups_in(size) for size in sizes}
    medians = alternate(rows, rounds=rounds, calls=1)
    return {int(size): median / _LOOKUPS for size, median in medians.items()}


def seconds_to_load(count: int, *, held: bool) -> dict[str, float]:
    """Time how long it takes to add credentials with their consumers, in seconds.

    Args:
        count: How many.
        held: Whether the garbage collector is held still meanwhile.
    """
    taken = {}
    for algorithm, make in MATERIALS.items():
        materials = [make() for _ in range(count)]
        store = MemoryStore()
        with collector_held() if held else nullcontext():
            start = time.perf_counter()
            for number, material in enumerate(materials):
                add(store, number, algorithm, material)
            taken[algorithm] = time.perf_counter() - start
    return taken


def _lookups_in(size: int) -> Lookups:
    store = MemoryStore()
    jack = store.create_consumer(username="jack")
    secret = MATERIALS["HS256"]()
    for number in range(size):
        store.create_credential(jack, key=key_of(number), secret=secret)
    chosen = Random(1).choices(range(size), k=_LOOKUPS)  # noqa: S311 - no secret
    return partial(_look_up, store, [key_of(number).encode() for number in chosen])


def _look_up(store: MemoryStore, keys: Sequence[bytes]) -> None:
    find = store.find
    for key in keys:
        find(key.decode())  # a text that was not hashed before, as of a token


def _lookup_section(found: dict[int, float], *, quick: bool) -> Section:
    few = found[_FEW]
    return Section(
        title="Look-ups in a MemoryStore, µs for each",
        columns=("credentials", "µs", "ratio"),
        rows=[
            (f"{size:,}", figure(median), f"{median / few:.2f}x")
            for size, median in found.items()
        ],
        ratios=[
            Ratio("11", f"look-up at {size:,} / at {_FEW}", found[size] / few, target)
            for size, target in _TARGETS.items()
            if size in found
        ],
        skipped=["a million credentials, when quick"] if quick else (),
        notes=["Keys at random, each a text that was just made, as of a token."],
    )


def _load_section(
    count: int, held: dict[str, float], at_work: dict[str, float]
) -> Section:
    for_all = _LOADED / count
    return Section(
        title=f"Loading {_LOADED:,} credentials into a MemoryStore, seconds",
        columns=("", "collector held", "collector at work"),
        rows=[
            (name, figure(seconds * for_all), figure(at_work[name] * for_all))
            for name, seconds in held.items()
        ],
        ratios=[
            Ratio(
                "11",
                f"load of {_LOADED:,} RSA keys, collector held",
                held["RS256"] * for_all,
                _LOAD_TARGET,
                unit=" s",
            )
        ],
        notes=[
            f"{count:,} were loaded, each with its consumer: all checked and parsed.",
            "All keys differ; their moduli are random numbers, which cost the same.",
            "Held: Python's garbage collector, as for every other figure.",
        ],
    )


if __name__ == "__main__":
    show(measure(quick=False))
