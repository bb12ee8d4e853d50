import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.jose.generations import Generations


def filled(most: int, *keys: int) -> Generations[int, str]:
    """Keep a value of each key, in turn."""
    table: Generations[int, str] = Generations(most)
    for key in keys:
        table.put(key, str(key))
    return table


def test_what_is_kept_is_given() -> None:
    """By its key."""
    assert filled(4, 1, 2)[2] == "2"


def test_of_an_unknown_key_nothing_is_given() -> None:
    """A table is no store."""
    assert filled(4, 1)[2] is None


def test_the_newest_value_of_a_key_is_given() -> None:
    """Whichever generation the older one is in."""
    table = filled(2, 1, 2)
    table.put(1, "new")
    assert table[1] == "new"


def test_what_nobody_reads_goes() -> None:
    """Two generations later."""
    assert filled(2, 1, 2, 3)[1] is None


def test_what_is_read_stays() -> None:
    """It is young again."""
    table = filled(4, 1, 2, 3)
    assert table[1] == "1"
    table.put(4, "4")
    table.put(5, "5")
    assert table[1] == "1"


def test_a_table_for_nothing_keeps_nothing() -> None:
    """It can be asked all the same."""
    table = filled(0, 1, 2)
    assert (table[1], len(table), table.keeps) == (None, 0, False)


def test_a_table_for_one_keeps_something() -> None:
    """The smallest one there is."""
    table = filled(1, 1)
    assert (table[1], table.keeps) == ("1", True)


@given(
    st.integers(0, 9),
    st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=200),
)
def test_a_table_is_bounded_and_never_wrong(
    most: int, steps: list[tuple[bool, int]]
) -> None:
    """Whatever is put and read in whatever order."""
    table = filled(most)
    for puts, key in steps:
        if puts:
            table.put(key, str(key))
        assert table[key] in (None, str(key))
        assert len(table) <= most + most % 2


@pytest.mark.parametrize("threads", [8])
def test_threads_lose_entries_at_most(threads: int) -> None:
    """They never see another key's value, and the table stays bounded."""
    table: Generations[int, int] = Generations(16)
    wrong = []

    def work(start: int) -> None:
        for each in range(start, start + 3000):
            key = each % 64
            table.put(key, key)
            found = table[(key + 7) % 64]
            if found not in (None, (key + 7) % 64):
                wrong.append(found)

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        workers = [threading.Thread(target=work, args=(n,)) for n in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        sys.setswitchinterval(usual)
    assert (wrong, len(table) <= 16 + 2 * threads) == ([], True)
