"""Fixed windows, counted in any storage of ``limits``.

The flow is written once: it yields each question to the storage, and is sent the
answer. :func:`drive` and :func:`adrive` run it.
"""

import json
import time
from collections.abc import Awaitable, Generator, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil, floor
from typing import Protocol, TypeVar, final

from jwtgate.quota import Quota, Rate
from jwtgate.record import per_request

__all__ = ["Counts", "Figure", "Taken", "adrive", "count", "drive"]

_KEY_BYTES = 16  # 2**64 tries for two callers of one key; they would share a counter

_T = TypeVar("_T")
_Answer_co = TypeVar("_Answer_co", covariant=True)


@final
@per_request
class Figure:
    """What is left of one rate after a request.

    Attributes:
        rate: Of the quota.
        remaining: Requests that the window still has room for.
        reset: Seconds until the window ends, rounded up; at least 1.
    """

    rate: Rate
    remaining: int
    reset: int


@final
@per_request
class Taken:
    """What a counter says to a request.

    Attributes:
        ok: Whether each rate had room for it.
        figures: One for each rate of the quota; none where the storage is down.
    """

    ok: bool
    figures: tuple[Figure, ...]


class Counts(Protocol[_Answer_co]):
    """What is asked of a storage of ``limits``; an asynchronous one is awaited."""

    def get(self, key: str) -> _Answer_co:
        """Tell how many were counted; 0 if the window has ended."""
        ...

    def incr(self, key: str, expiry: int) -> _Answer_co:
        """Count one more, in a window of so many seconds; tell how many there are."""
        ...

    def get_expiry(self, key: str) -> _Answer_co:
        """Tell when the window ends, in seconds since the epoch."""
        ...


@final
@dataclass(slots=True, eq=False)
class _Window:
    """A window of one rate, and how much of it is used."""

    rate: Rate
    key: str
    end: float | None  # by the clock of the requests; None is what the storage tells
    used: int = 0


def count(
    counts: Counts[_T],
    quota: Quota,
    who: tuple[str, ...],
    now: float,
    *,
    takes: bool = True,
) -> Generator[_T, float, Taken]:
    """Count a request, unless a rate has no room for it, or it is only asked for.

    All rates are looked at before it is counted in any: a request that one of them
    refuses uses up nothing of the others. Of requests that come at once one may still
    find that another took the last place. It is refused, and stays counted in the
    rates before that one. Source: Kong ``rate-limiting``.
    """
    windows = tuple(_windows(quota, who, now))
    for window in windows:
        window.used = int((yield counts.get(window.key)))
    ok = all(window.used < window.rate.amount for window in windows)
    if ok and takes:
        ok = yield from _hit(counts, windows)
    figures: list[Figure] = []
    for window in windows:
        if window.end is None:
            seconds = (yield counts.get_expiry(window.key)) - time.time()
        else:
            seconds = window.end - now
        left = max(0, window.rate.amount - window.used)
        figures.append(Figure(window.rate, left, max(1, ceil(seconds))))
    return Taken(ok, tuple(figures))


def _hit(
    counts: Counts[_T], windows: tuple[_Window, ...]
) -> Generator[_T, float, bool]:
    for window in windows:
        window.used = int((yield counts.incr(window.key, window.rate.seconds)))
        if window.used > window.rate.amount:
            return False
    return True


def drive(flow: Generator[float, float, Taken]) -> Taken:
    """Run a flow whose storage answers at once."""
    try:
        answer = next(flow)
        while True:
            answer = flow.send(answer)
    except StopIteration as done:
        taken: Taken = done.value
        return taken


async def adrive(flow: Generator[Awaitable[float], float, Taken]) -> Taken:
    """Run a flow whose storage is awaited."""
    try:
        answer = next(flow)
        while True:
            answer = flow.send(await answer)
    except StopIteration as done:
        taken: Taken = done.value
        return taken


def _windows(quota: Quota, who: tuple[str, ...], now: float) -> Iterator[_Window]:
    caller = _digest(quota.scope, *who)
    # A rate that is written twice is one: it must not count a request twice.
    for rate in dict.fromkeys(quota.limits):
        key = f"{caller}:{rate.amount}/{rate.seconds}"
        if quota.aligned:
            number = floor(now / rate.seconds)
            yield _Window(rate, f"{key}@{number}", (number + 1) * rate.seconds)
        else:
            yield _Window(rate, key, None)


def _digest(*parts: str) -> str:
    # JSON keeps the parts apart. What is no Unicode is encoded, too, as nothing else
    # is; an escape of JSON would make a pair of surrogates the same as its character.
    text = json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=_KEY_BYTES).hexdigest()
