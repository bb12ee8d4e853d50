"""What was answered, for a time."""

from itertools import islice
from typing import Generic, TypeAlias, TypeVar, final

__all__ = ["Entries", "Entry"]

_T = TypeVar("_T")

Entry: TypeAlias = tuple[float, tuple[_T, ...]]
"""Until when an answer is served, by the cache's clock, and the answer."""

# Of so many entries one is dropped ahead, so that room is made seldom.
_PART = 16


@final
class Entries(Generic[_T]):
    """Answers by key, bounded in number; where there is no room, the oldest go.

    A hit writes nothing: each entry is served for the same time, so the oldest is the
    one whose time is over first, and one that is asked for all the time comes back as
    the youngest. Whoever writes holds a lock; ``table`` may be read without, and is
    the same object for ever.

    Args:
        most: Entries that are kept; at least 1.
    """

    __slots__ = ("_most", "table")

    def __init__(self, most: int) -> None:
        self._most = most
        self.table: dict[str, Entry[_T]] = {}

    def get(self, key: str) -> Entry[_T] | None:
        """Give an answer, though its time may be over; None if there is none."""
        return self.table.get(key)

    def put(self, key: str, until: float, found: tuple[_T, ...]) -> None:
        """Keep an answer as the youngest one."""
        self.table.pop(key, None)
        if len(self.table) >= self._most:
            # Several at a time: a dict walks over what was dropped at its front.
            for old in tuple(islice(self.table, self._most // _PART + 1)):
                del self.table[old]
        self.table[key] = until, found

    def drop(self, key: str) -> None:
        """Forget an answer, if there is one."""
        self.table.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        self.table.clear()

    def __repr__(self) -> str:
        """Show how many there are."""
        return f"{len(self.table)}/{self._most}"
