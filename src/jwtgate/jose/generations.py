"""A bounded table of what can be made again at any time."""

from collections.abc import Hashable
from typing import Generic, TypeVar, final

__all__ = ["Generations"]

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


@final
class Generations(Generic[_K, _V]):
    """Two plain dicts: a young one, which fills, and the old one that it was before.

    What is read is young again, and what nobody read for a whole generation goes. No
    lock, which could be held at a fork: reading the young one writes nothing, and where
    threads change generations at once, entries are lost, never mixed up.

    Args:
        most: Entries that are kept at most, about; none if 0.
    """

    __slots__ = ("_half", "_old", "_young")

    def __init__(self, most: int) -> None:
        self._half = (most + 1) // 2
        self._young: dict[_K, _V] = {}
        self._old: dict[_K, _V] = {}

    @property
    def keeps(self) -> bool:
        """Whether it keeps anything."""
        return self._half > 0

    def __len__(self) -> int:
        """Count the entries."""
        return len(self._young) + len(self._old.keys() - self._young.keys())

    def get(self, key: _K) -> _V | None:
        """Give what is kept of a key; None if nothing is."""
        found = self._young.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self.put(key, found)
        return found

    def put(self, key: _K, value: _V) -> None:
        """Keep a value, which is not None, for a while."""
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        if self._half:
            self._young[key] = value
