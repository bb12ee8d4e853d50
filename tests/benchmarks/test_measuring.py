import asyncio
import gc
from functools import partial

import pytest

from benchmarks.measuring import aalternate, alternate, collector_held


def test_rows_take_turns_in_every_round() -> None:
    """What slows the machine for a while slows every row."""
    called: list[str] = []
    rows = {name: partial(called.append, name) for name in ("one", "two")}
    alternate(rows, rounds=1, calls=2)
    assert called == ["one", "one", "two", "two"] * 2


def test_one_round_more_than_counts_warms_up() -> None:
    """Nothing is counted of a row that was never called before."""
    called: list[int] = []
    alternate({"row": partial(called.append, 1)}, rounds=3, calls=5)
    assert len(called) == (1 + 3) * 5


def test_each_row_has_its_median() -> None:
    """Every row that was timed is told."""
    medians = alternate({"one": list, "two": dict}, rounds=1, calls=10)
    assert set(medians) == {"one", "two"}
    assert all(median > 0 for median in medians.values())


def test_coroutines_take_turns_too() -> None:
    """Asynchronous rows are measured as the others are."""
    called: list[str] = []

    async def call(name: str) -> None:
        called.append(name)

    rows = {name: partial(call, name) for name in ("one", "two")}
    medians = asyncio.run(aalternate(rows, rounds=1, calls=2))
    assert called == ["one", "one", "two", "two"] * 2
    assert set(medians) == {"one", "two"}


def test_no_garbage_is_collected_while_a_row_is_timed() -> None:
    """A collection would be the cost of whoever filled the memory."""
    seen: list[bool] = []
    alternate({"row": lambda: seen.append(gc.isenabled())}, rounds=1, calls=1)
    assert seen == [False, False]
    assert gc.isenabled()


def test_the_collector_runs_again_after_a_failure() -> None:
    """A row that fails leaves the process as it was."""
    with pytest.raises(KeyError), collector_held():
        raise KeyError
    assert gc.isenabled()
