import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import StoreError
from jwtgate.jose import base64url
from jwtgate.stores.paging import MAX_LIMIT, page_of, position

ROWS = [(number, f"row {number}") for number in (1, 2, 5, 9)]


def test_a_page_has_at_most_limit_rows() -> None:
    """In their order."""
    assert page_of(ROWS, 2).items == ("row 1", "row 2")


def test_the_cursor_is_behind_the_last_row_shown() -> None:
    """The next page begins after it."""
    assert position(page_of(ROWS, 3).cursor) == 5


@pytest.mark.parametrize("limit", [4, 5])
def test_the_last_page_has_no_cursor(limit: int) -> None:
    """Also where it is exactly full."""
    assert page_of(ROWS, limit).cursor is None


def test_no_rows_are_one_empty_page() -> None:
    """Not an error."""
    assert (page_of([], 1).items, page_of([], 1).cursor) == ((), None)


def test_no_cursor_is_the_beginning() -> None:
    """Rows are numbered from 1."""
    assert position(None) == 0


@pytest.mark.parametrize("limit", [0, -1, MAX_LIMIT + 1])
def test_a_limit_has_limits(limit: int) -> None:
    """1 to 1000."""
    with pytest.raises(StoreError, match="limit must be between 1 and 1000"):
        page_of(ROWS, limit)


def test_the_greatest_limit_is_good() -> None:
    """The border is in."""
    assert len(page_of(ROWS, MAX_LIMIT).items) == 4


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
    ],
)
def test_what_no_list_gave_is_no_cursor(cursor: str) -> None:
    """A client sends it back, so anything may come."""
    with pytest.raises(StoreError, match="no cursor"):
        position(cursor)


@given(cursor=st.text(st.characters()))
def test_any_text_is_a_position_or_an_error(cursor: str) -> None:
    """Nothing else escapes."""
    try:
        assert isinstance(position(cursor), int)
    except StoreError:
        return


@given(count=st.integers(0, 30), limit=st.integers(1, 10))
def test_the_pages_together_are_the_list(count: int, limit: int) -> None:
    """Nothing twice, nothing left out."""
    rows = [(number, number) for number in range(1, count + 1)]
    seen: list[int] = []
    page = page_of(rows, limit)
    seen += page.items
    while page.cursor is not None:
        after = position(page.cursor)
        page = page_of([row for row in rows if row[0] > after], limit)
        seen += page.items
    assert seen == list(range(1, count + 1))
