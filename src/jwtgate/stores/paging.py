"""Lists in pages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Generic, TypeVar, final

from jwtgate.errors import StoreError
from jwtgate.jose import base64url

__all__ = ["MAX_LIMIT", "Page", "begin", "cut", "page_of", "through_pages"]

MAX_LIMIT = 1000
"""Rows of a page at most, as in Kong's Admin API."""

_END = 2**63  # of the numbers that databases count with

_T = TypeVar("_T")


@final
@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """A part of a list.

    Attributes:
        items: What is on this page, in the order of creation.
        cursor: Where the next page begins; None on the last one. Opaque: it is for
            handing back, and stays good while rows come and go.
    """

    items: tuple[_T, ...]
    cursor: str | None


def page_of(rows: Iterable[tuple[int, _T]], limit: int, cursor: str | None) -> Page[_T]:
    """Cut a page from rows, each with its number in the order of creation.

    Args:
        rows: All rows, in any order.
        limit: Rows of the page at most, 1 to 1000.
        cursor: Of the page before; None for the first.

    Raises:
        StoreError: A limit or a cursor that cannot be.
    """
    after = begin(limit, cursor)
    # No two have the same number, so that rows themselves are never compared.
    return cut(nsmallest(limit + 1, (row for row in rows if row[0] > after)), limit)


def begin(limit: int, cursor: str | None) -> int:
    """Give the number that the rows of a page come after.

    Raises:
        StoreError: A limit or a cursor that cannot be.
    """
    if type(limit) is not int or not 1 <= limit <= MAX_LIMIT:
        raise StoreError(f"limit must be between 1 and {MAX_LIMIT}")
    return _position(cursor)


def cut(rows: Sequence[tuple[int, _T]], limit: int) -> Page[_T]:
    """Make a page of its rows, in their order, and one more if there is one."""
    shown = rows[:limit]
    more = len(rows) > limit
    following = base64url.encode(b"%d" % shown[-1][0]).decode() if more else None
    return Page(tuple(row for _, row in shown), following)


def through_pages(read: Callable[[str | None], Page[_T]]) -> Iterator[_T]:
    """Give the rows of a list, page by page.

    Args:
        read: Gives the page at a cursor.
    """
    page = read(None)
    yield from page.items
    while page.cursor is not None:
        page = read(page.cursor)
        yield from page.items


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        text = base64url.decode(cursor.encode()).decode("ascii")
        position = int(text) if text.isdecimal() else -1
    except ValueError:
        position = -1
    if not 0 <= position < _END:
        raise StoreError("this is no cursor that a list gave")
    return position
