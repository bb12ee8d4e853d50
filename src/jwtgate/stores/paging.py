"""Lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, final

from jwtgate.errors import StoreError
from jwtgate.jose import base64url

__all__ = ["MAX_LIMIT", "Page", "page_of", "position"]

MAX_LIMIT = 1000
"""Rows of a page at most, as in Kong's Admin API."""

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


def position(cursor: str | None) -> int:
    """Read a cursor: the number of the last row seen, 0 at the beginning.

    Raises:
        StoreError: A text that is no cursor.
    """
    if cursor is None:
        return 0
    try:
        return int(base64url.decode(cursor.encode()).decode("ascii"))
    except ValueError:
        raise StoreError("this is no cursor that a list gave") from None


def page_of(rows: Sequence[tuple[int, _T]], limit: int) -> Page[_T]:
    """Cut a page from rows that come after the cursor, each with its number.

    Raises:
        StoreError: ``limit`` is not between 1 and 1000.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise StoreError(f"limit must be between 1 and {MAX_LIMIT}")
    shown = rows[:limit]
    more = len(rows) > limit
    cursor = base64url.encode(str(shown[-1][0]).encode()).decode() if more else None
    return Page(tuple(row for _, row in shown), cursor)
