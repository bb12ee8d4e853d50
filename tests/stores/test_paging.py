from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import StoreError
from jwtgate.jose import base64url
from jwtgate.stores.paging import MAX_LIMIT, Page, begin, cut, page_of, through_pages

ROWS = [(number, f"row {number}") for number in (1, 2, 5, 9)]


def test_a_page_has_at_most_limit_rows() -> None:
    """In their order."""
    assert page_of(ROWS, 2, None).items == ("row 1", "row 2")


def test_the_next_page_begins_behind_the_cursor() -> None:
    """With the row after the last one shown."""
    first = page_of(ROWS, 3, None)
    assert page_of(ROWS, 3, first.cursor).items == ("row 9",)


def test_a_cursor_stays_good_when_its_row_goes() -> None:
    """It is a place in the order, not a row."""
    first = page_of(ROWS, 2, None)
    rest = [row for row in ROWS if row[1] not in first.items]
    assert page_of(rest, 2, first.cursor).items == ("row 5", "row 9")


def test_rows_may_come_in_any_order() -> None:
    """Their numbers order them."""
    assert page_of(reversed(ROWS), 2, None).items == ("row 1", "row 2")


@pytest.mark.parametrize("limit", [4, 5])
def test_the_last_page_has_no_cursor(limit: int) -> None:
    """Also where it is exactly full."""
    assert page_of(ROWS, limit, None).cursor is None


def test_no_rows_are_one_empty_page() -> None:
    """Not an error."""
    assert page_of([], 1, None) == Page((), None)


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1, None, "5", 5.0, True])
def test_a_limit_has_limits(limit: Any) -> None:
    """1 to 1000."""
    with pytest.raises(StoreError, match="limit must be between 1 and 1000"):
        page_of(ROWS, limit, None)


def test_the_greatest_limit_is_good() -> None:
    """The border is in."""
    assert len(page_of(ROWS, MAX_LIMIT, None).items) == 4


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "5",
        "*",
        "MQ==",
        "\ud800",
        "ü",
        base64url.encode(b"one").decode(),
        base64url.encode(b"\xff").decode(),
        base64url.encode("\N{ARABIC-INDIC DIGIT ONE}".encode()).decode(),
        base64url.encode(b"9" * 5000).decode(),
        base64url.encode(b"-1").decode(),
        base64url.encode(b"+1").decode(),
        base64url.encode(b"1_0").decode(),
        base64url.encode(b" 1").decode(),
        base64url.encode(b"%d" % 2**63).decode(),
        base64url.encode(b"").decode() + "=",
    ],
    ids=[
        "empty",
        "number",
        "no base64",
        "padded",
        "surrogate",
        "no ASCII",
        "no number",
        "no text",
        "other digits",
        "too long",
        "below zero",
        "signed",
        "underscore",
        "blank",
        "beyond what a database counts",
        "padding alone",
    ],
)
def test_what_no_list_gave_is_no_cursor(cursor: str) -> None:
    """A client sends it back, so anything may come."""
    with pytest.raises(StoreError, match="no cursor"):
        page_of(ROWS, 1, cursor)


@given(cursor=st.text(st.characters()))
def test_any_text_gives_a_page_or_an_error(cursor: str) -> None:
    """Nothing else escapes."""
    try:
        assert len(page_of(ROWS, 1, cursor).items) <= 1
    except StoreError:
        return


@given(count=st.integers(0, 30), limit=st.integers(1, 10))
def test_the_pages_together_are_the_list(count: int, limit: int) -> None:
    """Nothing twice, nothing left out."""
    rows = [(number, number) for number in range(1, count + 1)]
    seen: list[int] = []
    page = page_of(rows, limit, None)
    seen += page.items
    while page.cursor is not None:
        page = page_of(rows, limit, page.cursor)
        seen += page.items
    assert seen == list(range(1, count + 1))


@given(count=st.integers(0, 30), limit=st.integers(1, 10))
def test_through_all_pages_comes_the_list(count: int, limit: int) -> None:
    """In its order, nothing twice, nothing left out."""
    rows = [(number, number) for number in range(1, count + 1)]
    seen = through_pages(lambda cursor: page_of(rows, limit, cursor))
    assert list(seen) == list(range(1, count + 1))


def test_a_page_is_read_when_its_rows_are_wanted() -> None:
    """Who stops early asks a store for no more than it needs."""
    cursors: list[str | None] = []

    def read(cursor: str | None) -> Page[str]:
        cursors.append(cursor)
        return page_of(ROWS, 2, cursor)

    rows = through_pages(read)
    assert cursors == []
    assert [next(rows), next(rows)] == ["row 1", "row 2"]
    assert cursors == [None]


# For stores that cut their pages themselves


def test_the_first_page_begins_at_the_beginning() -> None:
    """Rows are numbered from 1."""
    assert begin(1, None) == 0


@pytest.mark.parametrize("number", [1, 2**63 - 1])
def test_a_page_begins_behind_the_last_row_of_the_one_before(number: int) -> None:
    """Up to the highest number that a database gives."""
    cursor = cut([(number, "row"), (number + 1, "more")], 1).cursor
    assert begin(1, cursor) == number


@pytest.mark.parametrize("limit", [0, MAX_LIMIT + 1])
def test_a_limit_that_cannot_be_is_told_before_a_row_is_read(limit: int) -> None:
    """A database would be asked for all of them."""
    with pytest.raises(StoreError, match="limit"):
        begin(limit, None)


def test_one_row_more_than_the_limit_tells_that_there_are_more() -> None:
    """It is not shown."""
    page = cut(ROWS, 3)
    assert page.items == ("row 1", "row 2", "row 5")
    assert begin(3, page.cursor) == 5


def test_no_row_more_than_the_limit_is_the_last_page() -> None:
    """Also where it is exactly full."""
    assert cut(ROWS, 4) == Page(("row 1", "row 2", "row 5", "row 9"), None)
