"""A bounded table of what can be made again at any time."""

from collections.abc import Hashable
from typing import TypeVar, final

__all__ = ["Generations"]

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


@final
class Generations(dict[_K, _V | None]):
    """Two plain dicts: a young one, which fills, and the old one that it was before.

    What is read is young again, and what nobody read for a whole generation goes. No
    lock, which could be held at a fork: reading the young one writes nothing, and where
    threads change generations at once, entries are lost, never mixed up.

    ``table[key]`` gives what is kept of a key, None if nothing is. The table itself is
    the young dict, so that a hit runs no code of ours; what else a dict has, such as
    ``get``, knows the young one alone.

    Args:
        most: Entries that are kept at most, about; none if 0.
    """

    __slots__ = ("_half", "_old")

    def __init__(self, most: int) -> None:
        self._half = (most + 1) // 2
        self._old: dict[_K, _V | None] = {}

    @property
    def keeps(self) -> bool:
        """Whether it keeps anything."""
        return self._half > 0

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.keys() | self._old.keys())

    def __missing__(self, key: _K) -> _V | None:
        """Give what the old generation has of a key, and make it young again."""
        found = self._old.get(key)
        if found is not None:
            self.put(key, found)
        return found

    def put(self, key: _K, value: _V) -> None:
        """Keep a value, which is not None, for a while."""
        if dict.__len__(self) >= self._half:
            self._old = dict(self)
            self.clear()
        if self._half:
            self[key] = value
