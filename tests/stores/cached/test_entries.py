import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.stores.cached.entries import Entries


def filled(most: int, number: int) -> Entries[int]:
    """Make entries of so many keys, put one after the other."""
    entries: Entries[int] = Entries(most)
    for each in range(number):
        entries.put(str(each), 0.0, (each,))
    return entries


def test_what_was_put_is_found() -> None:
    """With its time."""
    entries: Entries[int] = Entries(1)
    entries.put("a", 7.0, (1,))
    assert entries.get("a") == (7.0, (1,))
    assert entries.get("b") is None


def test_as_many_are_kept_as_there_is_room_for() -> None:
    """Whoever has no more keys than that never loses one."""
    entries = filled(100, 100)
    assert all(entries.get(str(each)) for each in range(100))


@given(st.integers(1, 40), st.lists(st.integers(0, 60)))
def test_there_are_never_more(most: int, keys: list[int]) -> None:
    """Whatever is put."""
    entries: Entries[int] = Entries(most)
    for key in keys:
        entries.put(str(key), 0.0, (key,))
        assert len(entries.table) <= most
        assert entries.get(str(key))


def test_the_oldest_go_first() -> None:
    """Their time is over first, too."""
    assert list(filled(16, 17).table) == [str(each) for each in range(2, 17)]


def test_what_is_put_again_is_the_youngest() -> None:
    """A key that is asked for all the time stays."""
    entries = filled(16, 16)
    entries.put("0", 0.0, ())
    entries.put("16", 0.0, ())
    assert entries.get("0")


@pytest.mark.parametrize("key", ["0", "nobody"])
def test_one_is_dropped(key: str) -> None:
    """If it is there."""
    entries = filled(2, 2)
    entries.drop(key)
    assert entries.get(key) is None
    assert entries.get("1")


def test_all_are_cleared_and_the_table_stays() -> None:
    """Hits read it without asking for it again."""
    entries = filled(2, 2)
    table = entries.table
    entries.clear()
    assert table == {}
    assert entries.table is table


def test_repr_tells_how_many_there_are() -> None:
    """And not what they are."""
    assert repr(filled(5, 3)) == "3/5"
