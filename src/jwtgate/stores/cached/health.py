"""Whether a store is to be asked, by how its last look-ups went."""

from collections.abc import Hashable
from typing import Final, final

__all__ = ["Health"]

# Keys whose look-ups fail one after the other, until the store counts as down.
_ENOUGH = 3
# What is remembered at most: while a store is down, hardly anything is added.
_MOST_REMEMBERED: Final = 1_000


@final
class Health:
    """Remembers failures, of keys and of the store as a whole; not safe for threads.

    A key that failed is left alone for a while. After three keys that failed with no
    success in between the store is down: nothing is asked for a while, then one look-up
    probes, and its success ends the outage.

    Args:
        retry_after: The while, in seconds.
    """

    def __init__(self, retry_after: float) -> None:
        self._retry_after = retry_after
        self._failed_at: dict[Hashable, float] = {}
        self._failing: set[Hashable] = set()  # since the last success
        self._down_since: float | None = None  # or since the last probe failed
        self._probe: Hashable | None = None
        self._others_first = False
        self._told: set[Hashable] = set()
        self._has_told = False  # since the last success

    @property
    def is_down(self) -> bool:
        """Whether the store counts as down."""
        return self._down_since is not None

    def may_ask(self, key: Hashable, now: float) -> bool:
        """Whether to ask for a key; if the store is down, this is the probe then.

        A probe ends by :meth:`answered`, :meth:`failed` or :meth:`gave_up`.

        Args:
            key: What is asked for.
            now: By a clock that should not be set back; if it is, nothing is left alone
                any longer for it.
        """
        if self._is_recent(self._failed_at.get(key), now):
            return False
        if self._down_since is None:
            return True
        # A few keys that always fail, asked for all the time, would else be each probe,
        # and keep the store down for all the others.
        whiles = 2 if self._others_first and key in self._failing else 1
        if self._probe is not None or self._is_recent(self._down_since, now, whiles):
            return False
        self._probe = key
        return True

    def may_begin(self, key: Hashable) -> bool:
        """Whether a look-up that was allowed may still begin."""
        return self._down_since is None or self._probe == key

    def failed(self, key: Hashable, now: float) -> bool:
        """Note a failure; return whether it is to be told, as the first of several."""
        self._failed_at.pop(key, None)
        _make_room(self._failed_at)
        self._failed_at[key] = now
        was_known = key in self._failing
        if len(self._failing) < _MOST_REMEMBERED:
            self._failing.add(key)
        if key == self._probe:
            self._down_since, self._probe, self._others_first = now, None, was_known
        elif self._down_since is None and len(self._failing) >= _ENOUGH:
            self._down_since = now
        if self._has_told or (key in self._told and self._down_since is None):
            return False
        if len(self._told) >= _MOST_REMEMBERED:
            self._told.clear()
        self._told.add(key)
        self._has_told = True
        return True

    def answered(self, key: Hashable) -> bool:
        """Note a success; return whether it is to be told, as the end of failures."""
        is_back = self._down_since is not None or key in self._told
        if self._down_since is not None:
            self._told.clear()
        self._told.discard(key)
        self._failed_at.pop(key, None)
        self._failing.clear()
        self._down_since = self._probe = None
        self._others_first = self._has_told = False
        return is_back

    def gave_up(self, key: Hashable) -> None:
        """Note that a look-up ended without telling anything of the store."""
        if key == self._probe:
            self._probe = None

    def _is_recent(self, at: float | None, now: float, whiles: int = 1) -> bool:
        return at is not None and 0 <= now - at < whiles * self._retry_after


def _make_room(remembered: dict[Hashable, float]) -> None:
    if len(remembered) >= _MOST_REMEMBERED:
        del remembered[next(iter(remembered))]
