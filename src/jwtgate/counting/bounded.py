"""A storage of ``limits`` in this process whose size has a bound.

The memory storage of ``limits`` keeps a counter for each caller until its window ends,
and a caller by address or header is whoever a client says: a flood of them takes all
memory. It also walks all of its counters in a thread, which stops requests meanwhile.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from itertools import islice
from typing import Final, final

from limits.storage.base import Storage

__all__ = ["MAX_KEYS", "BoundedStorage"]

MAX_KEYS: Final = 100_000
"""Counters that are kept at most, one for each rate of a caller.

About 65 MB when all are in use. More callers than that within one window are more than
one process serves, or a flood.
"""

# Of each length of window, for each new counter: as two go for one that comes, those
# that have ended become fewer, and no request waits for many.
_CLEARED = 2

# The keys of counters by length or level; of each, the one that came first is first.
_Queues = dict[int, OrderedDict[str, None]]


@final
@dataclass(slots=True, eq=False)
class _Counter:
    """What was counted in a window.

    Attributes:
        end: Of the window, in seconds since the epoch.
        length: Of the window, in seconds.
        level: The floor when it was new, and all that was counted since.
        count: What was counted.
    """

    end: float
    length: int
    level: int
    count: int = 0


@final
class BoundedStorage(Storage):
    """Counts fixed windows for one thread at a time; it has no lock of its own.

    Where there is no room for a new counter, the one of the lowest level is forgotten,
    and of these the one that has been there longest; its caller starts anew.

    The attack is a caller who is over a quota, and makes up others until his counter
    is forgotten. If the counter that ends first went, one request of each of so many
    others would do. So each request raises its counter by a level, and a new counter
    starts on the floor, which is the level of what was forgotten last. A counter of
    five goes only after the floor has risen by five, and it rises by one when each
    counter that is on it was forgotten for a new one, or was counted again. So it takes
    about as many requests as he has used, times the bound. Without the floor, busy
    counters would stay, and new callers push out each other and never be limited.

    A quota of very few requests remains one that such a flood can reset, as do callers
    who are many and busy; only a storage with room for all of them helps against that.

    Args:
        most: Counters that are kept; at least 1.
    """

    STORAGE_SCHEME = None  # so that memory:// stays what it is for the app itself

    def __init__(self, most: int = MAX_KEYS) -> None:
        super().__init__()
        self._most = most
        self._counters: dict[str, _Counter] = {}
        # Windows of one length end in the order in which they began. There are as many
        # lengths as the app has in its quotas, which is a few.
        self._lengths: _Queues = {}
        self._levels: _Queues = {}
        self._floor = 0

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Name the errors of what is below: there is nothing."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count so many more, in a window of so many seconds; tell how many there are.

        The seconds are those of a new window; one that has begun keeps its end.
        """
        now = time.time()
        counter = self._find(key, now)
        if counter is None:
            self._make_room(now)
            counter = _Counter(end=now + expiry, length=expiry, level=self._floor)
            self._counters[key] = counter
            _enter(self._lengths, expiry, key)
        else:
            _leave(self._levels, counter.level, key)
        counter.count += amount
        counter.level += amount
        _enter(self._levels, counter.level, key)
        return counter.count

    def get(self, key: str) -> int:
        """Tell how many were counted; 0 if the window has ended."""
        counter = self._find(key, time.time())
        return 0 if counter is None else counter.count

    def get_expiry(self, key: str) -> float:
        """Tell when the window ends, in seconds since the epoch; now if none is."""
        now = time.time()
        counter = self._find(key, now)
        return now if counter is None else counter.end

    def check(self) -> bool:
        """Tell that it is there."""
        return True

    def reset(self) -> int:
        """Forget all; tell how many there were."""
        number = len(self._counters)
        for each in (self._counters, self._lengths, self._levels):
            each.clear()
        return number

    def clear(self, key: str) -> None:
        """Forget a counter, if there is one."""
        if key in self._counters:
            self._forget(key)

    def _find(self, key: str, now: float) -> _Counter | None:
        counter = self._counters.get(key)
        if counter is not None and counter.end <= now:
            self._forget(key)
            return None
        return counter

    def _make_room(self, now: float) -> None:
        for queue in tuple(self._lengths.values()):
            for key in tuple(islice(queue, _CLEARED)):
                self._find(key, now)
        if len(self._counters) >= self._most:
            # Short: for a level that is skipped, a request has raised every counter.
            while self._floor not in self._levels:
                self._floor += 1
            self._forget(next(iter(self._levels[self._floor])))

    def _forget(self, key: str) -> None:
        counter = self._counters.pop(key)
        _leave(self._lengths, counter.length, key)
        _leave(self._levels, counter.level, key)


def _enter(queues: _Queues, group: int, key: str) -> None:
    queue = queues.get(group)
    if queue is None:
        queue = queues[group] = OrderedDict()
    queue[key] = None


def _leave(queues: _Queues, group: int, key: str) -> None:
    queue = queues[group]
    del queue[key]
    if not queue:
        del queues[group]
