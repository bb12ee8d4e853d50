from collections.abc import Sequence
from typing import Any

import pytest

from jwtgate import StoreError
from jwtgate.stores.paging import Page
from jwtgate.stores.redis.documents import Member
from jwtgate.stores.redis.listing import listed
from jwtgate.stores.redis.steps import Work, run

MEMBERS = ('[1, "a", null]', '[2, "b", null]', '[3, "c", null]')


class Lists:
    """A server that has one list."""

    def __init__(self, members: Sequence[str]) -> None:
        self.members = members
        self.asked: list[Any] = []

    def execute_command(self, *words: Any) -> list[str]:
        """Give as many as are asked for."""
        self.asked.append(words)
        return list(self.members[: words[-1]])


class Rows:
    """Rows of which some are not there at each look."""

    def __init__(self, *missing: set[str]) -> None:
        self.missing = [*missing]

    def get(self, members: Sequence[Member]) -> Work[list[str | None]]:
        """Give the names of those that are there."""
        yield from ()
        missing = self.missing.pop(0)
        return [None if each.name in missing else each.name for each in members]


def page(rows: Rows, limit: int = 2, members: Sequence[str] = MEMBERS) -> Page[str]:
    """Give the first page."""
    return run(Lists(members), listed(b"l", limit, None, rows.get))


def test_a_page_has_a_cursor_if_there_is_more() -> None:
    """One more is read to know."""
    assert page(Rows(set())).items == ("a", "b")
    assert page(Rows(set())).cursor is not None


def test_the_last_page_has_none() -> None:
    """Nothing comes after it."""
    assert page(Rows(set()), limit=3) == Page(("a", "b", "c"), None)


def test_an_empty_list_asks_for_no_rows() -> None:
    """There are none to ask for."""
    assert page(Rows(), members=[]) == Page((), None)


def test_a_page_comes_after_its_cursor() -> None:
    """By the number, which it is read from."""
    lists = Lists(MEMBERS)
    cursor = run(lists, listed(b"l", 2, None, Rows(set()).get)).cursor
    run(lists, listed(b"l", 2, cursor, Rows(set()).get))
    assert [words[2] for words in lists.asked] == ["(0", "(2"]


def test_a_row_that_was_moved_between_two_looks_is_looked_for_again() -> None:
    """It was there all the time."""
    assert page(Rows({"a"}, set())).items == ("a", "b")


def test_a_row_that_was_evicted_is_left_out() -> None:
    """The others are listed, and the next page."""
    found = page(Rows({"b"}, {"b"}, {"b"}))
    assert found.items == ("a",)
    assert found.cursor == page(Rows(set())).cursor


@pytest.mark.parametrize(("limit", "cursor"), [(0, None), (1001, None), (1, "?")])
def test_what_cannot_be_is_a_store_error(limit: int, cursor: str | None) -> None:
    """Before Redis is asked."""
    with pytest.raises(StoreError):
        run(Lists([]), listed(b"l", limit, cursor, Rows().get))
