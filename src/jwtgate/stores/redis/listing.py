"""Lists of a store in Redis, in pages."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from jwtgate.stores.paging import Page, begin, cut
from jwtgate.stores.redis.documents import Member, Raw
from jwtgate.stores.redis.steps import Command, Work

__all__ = ["listed"]

_T = TypeVar("_T")

# A row may be moved between two looks; one that is named and never there was evicted.
_LOOKS: Final = 3


def listed(
    name: bytes,
    limit: int,
    cursor: str | None,
    get: Callable[[Sequence[Member]], Work[list[_T | None]]],
) -> Work[Page[_T]]:
    """Give a page of a list.

    Args:
        name: Of the list.
        limit: Rows at most, 1 to 1000.
        cursor: Of the page before.
        get: Gives the row of each member; None for one that is not there.

    Raises:
        StoreError: A limit or cursor that cannot be.
    """
    after = begin(limit, cursor)
    words = name, f"({after}", "+inf", "LIMIT", 0, limit + 1
    members: list[Member] = []
    rows: list[_T | None] = []
    for _ in range(_LOOKS):
        raws: list[Raw] = yield Command(("ZRANGEBYSCORE", *words))
        members = [Member.read(raw) for raw in raws]
        rows = (yield from get(members)) if members else []
        if None not in rows:
            break
    numbers = (member.number for member in members)
    page = cut(list(zip(numbers, rows, strict=True)), limit)
    return Page(tuple(row for row in page.items if row is not None), page.cursor)
