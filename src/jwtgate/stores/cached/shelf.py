"""What a cache remembers of one kind of question."""

from math import inf
from typing import Any, Generic, TypeVar, final

from jwtgate.stores.cached.entries import Entries, Entry
from jwtgate.stores.cached.limits import Limits

__all__ = ["NONE", "Shelf"]

_T = TypeVar("_T")

NONE: Entry[Any] = (-inf, ())
"""What is remembered of a key of which nothing is."""


@final
class Shelf(Generic[_T]):
    """The answers for keys that the store knows, and for those that it does not.

    They have bounds of their own: however many unknown keys are made up, no known one
    is forgotten for them. Whoever calls a method that changes something holds a lock;
    the tables may be read without.

    Args:
        limits: How many, and for how long.
        whole: What each row of an answer is that may be kept for all of ``ttl``. One
            with another row, such as one that cannot be used, is kept as briefly as an
            unknown key, since it may be mended.
    """

    __slots__ = ("_doubted", "_limits", "_whole", "known", "unknown")

    def __init__(self, limits: Limits, whole: type[_T]) -> None:
        self._limits = limits
        self._whole = whole
        self.known: Entries[_T] = Entries(limits.max_entries)
        self.unknown: Entries[_T] = Entries(limits.max_unknown)
        self._doubted: Entries[_T] = Entries(limits.max_entries)

    def fresh(self, key: str, now: float) -> tuple[_T, ...] | None:
        """Give an answer whose time is not over; None if there is none."""
        until, found = self.known.get(key) or self.unknown.get(key) or NONE
        return found if now < until else None

    def stale(self, key: str, now: float) -> tuple[_T, ...] | None:
        """Give what may be served while the store fails; None if there is nothing.

        That is what was found, not that nothing was: in doubt or not, for its time and
        ``stale_if_error`` more.
        """
        until, found = self.known.get(key) or self._doubted.get(key) or NONE
        return found if now < until + self._limits.stale_if_error else None

    def keep(self, key: str, found: tuple[_T, ...], asked_at: float) -> None:
        """Remember an answer.

        Args:
            key: The key.
            found: What the store gave.
            asked_at: When it was asked: it may have read it then.
        """
        limits = self._limits
        if not found:
            self.forget(key)
            self.unknown.put(key, asked_at + limits.negative_ttl, ())
            return
        whole = all(type(row) is self._whole for row in found)
        ttl = limits.ttl if whole else min(limits.ttl, limits.negative_ttl)
        self.unknown.drop(key)
        self._doubted.drop(key)
        self.known.put(key, asked_at + ttl, found)

    def doubt(self) -> None:
        """Serve what is remembered no more, unless the store fails."""
        for key, (until, found) in self.known.table.items():
            self._doubted.put(key, until, found)
        self.known.clear()
        self.unknown.clear()

    def forget(self, key: str) -> None:
        """Forget the answer for a key."""
        for entries in (self.known, self.unknown, self._doubted):
            entries.drop(key)

    def clear(self) -> None:
        """Forget all."""
        for entries in (self.known, self.unknown, self._doubted):
            entries.clear()
