import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from hypothesis import assume, given
from hypothesis import strategies as st
from limits.storage import MemoryStorage

from jwtgate.counting.windows import Taken, adrive, count, drive
from jwtgate.quota import Quota
from tests.kit import NOW

WHO = ("jack",)
ANY_TEXT = st.text(st.characters(), max_size=4)
NAMES = st.tuples(st.text(max_size=4), st.lists(ANY_TEXT, max_size=3).map(tuple))
"""A scope, and who: of any characters, also of those that are no Unicode."""


@pytest.fixture
def storage() -> MemoryStorage:
    """Give an empty storage."""
    return MemoryStorage()


def take(storage: Any, quota: Quota, *who: str, now: float = NOW) -> Taken:
    """Count a request."""
    return drive(count(storage, quota, who or WHO, now))


def remaining(taken: Taken) -> list[int]:
    """Give what is left of each rate."""
    return [figure.remaining for figure in taken.figures]


def resets(taken: Taken) -> list[int]:
    """Give when each window ends."""
    return [figure.reset for figure in taken.figures]


# What passes


def test_a_request_is_counted_in_its_own_figure(storage: MemoryStorage) -> None:
    """The first of three leaves two."""
    taken = take(storage, Quota(rates="3/30s"))
    assert (taken.ok, remaining(taken)) == (True, [2])


def test_as_many_pass_as_the_rate_says(storage: MemoryStorage) -> None:
    """And no more."""
    passed = [take(storage, Quota(rates="3/30s")).ok for _ in range(5)]
    assert passed == [True, True, True, False, False]


def test_a_refusal_says_that_nothing_is_left(storage: MemoryStorage) -> None:
    """Of the rate that refuses."""
    take(storage, Quota(rates="1/30s"))
    assert remaining(take(storage, Quota(rates="1/30s"))) == [0]


def test_figures_name_their_rates(storage: MemoryStorage) -> None:
    """In the order of the quota."""
    quota = Quota(rates="3/30s, 5/h")
    taken = take(storage, quota)
    assert tuple(figure.rate for figure in taken.figures) == quota.limits


def test_each_rate_has_to_have_room(storage: MemoryStorage) -> None:
    """The smaller one decides."""
    quota = Quota(rates="5/h, 2/m")
    assert [take(storage, quota).ok for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("rates", ["5/h, 2/m", "2/m, 5/h"])
def test_a_refusal_uses_up_nothing_of_the_others(
    rates: str, storage: MemoryStorage
) -> None:
    """Whichever comes first."""
    quota = Quota(rates=rates)
    taken = [take(storage, quota) for _ in range(9)]
    assert sorted(remaining(taken[-1])) == [0, 3]


def test_a_rate_that_is_written_twice_counts_once(storage: MemoryStorage) -> None:
    """It is the same counter."""
    assert remaining(take(storage, Quota(rates="3/m, 3/60s"))) == [2]


# Races


class Overtaken:
    """A storage where another takes the last place between look and count."""

    def __init__(self) -> None:
        self.counted: list[str] = []

    def get(self, key: str) -> int:  # noqa: ARG002 - what limits has
        """Tell of one place that is free."""
        return 1

    def incr(self, key: str, expiry: int) -> int:
        """Count after the other."""
        self.counted.append(f"{key} {expiry}")
        return 3

    def get_expiry(self, key: str) -> float:  # noqa: ARG002 - what limits has
        """Tell the end of the window."""
        return time.time() + 1


def test_who_is_overtaken_is_refused() -> None:
    """The place is the other's."""
    taken = take(Overtaken(), Quota(rates="2/m"))
    assert (taken.ok, remaining(taken)) == (False, [0])


def test_who_is_overtaken_uses_up_no_further_rate() -> None:
    """What comes after is left alone."""
    storage = Overtaken()
    taken = take(storage, Quota(rates="2/m, 5/h"))
    assert len(storage.counted) == 1
    assert remaining(taken) == [0, 4]


# Windows that begin with a request


def test_a_window_begins_with_its_first_request() -> None:
    """And ends so many seconds after it."""
    with time_machine.travel(NOW, tick=False) as clock:
        storage, quota = MemoryStorage(), Quota(rates="3/30s")
        seconds = [resets(take(storage, quota))]
        clock.shift(12)
        seconds.append(resets(take(storage, quota)))
    assert seconds == [[30], [18]]


def test_parts_of_a_second_are_rounded_up() -> None:
    """Who comes back then finds a new window."""
    with time_machine.travel(NOW, tick=False) as clock:
        storage, quota = MemoryStorage(), Quota(rates="3/30s")
        take(storage, quota)
        clock.shift(11.5)
        assert resets(take(storage, quota)) == [19]


def test_a_window_that_has_ended_has_room_again() -> None:
    """As much as the first."""
    with time_machine.travel(NOW, tick=False) as clock:
        storage, quota = MemoryStorage(), Quota(rates="1/30s")
        passed = [take(storage, quota).ok, take(storage, quota).ok]
        clock.shift(30)
        passed.append(take(storage, quota).ok)
    assert passed == [True, False, True]


def test_a_window_that_has_not_begun_ends_in_a_second_at_least() -> None:
    """The minute has ended while the hour is used up."""
    with time_machine.travel(NOW, tick=False) as clock:
        storage, quota = MemoryStorage(), Quota(rates="1/h, 5/m")
        take(storage, quota)
        clock.shift(60)
        assert resets(take(storage, quota)) == [3_540, 1]


# Aligned windows


@pytest.mark.parametrize(
    ("since_midnight", "seconds"),
    [
        (0.0, [60, 3600]),
        (0.1, [60, 3600]),
        (1.0, [59, 3599]),
        (59.0, [1, 3541]),
        (59.999, [1, 3541]),
        (60.0, [60, 3540]),
    ],
)
def test_an_aligned_window_ends_at_the_full_minute(
    since_midnight: float, seconds: list[int], storage: MemoryStorage
) -> None:
    """And the full hour."""
    now = 20_000 * 86_400 + since_midnight
    taken = take(storage, Quota(rates="9/m, 9/h", aligned=True), now=now)
    assert resets(taken) == seconds


def test_an_aligned_window_goes_by_the_clock_it_is_given(
    storage: MemoryStorage,
) -> None:
    """The last second of one, the first of the next, and that one again."""
    quota = Quota(rates="1/m", aligned=True)
    passed = [take(storage, quota, now=now).ok for now in (59.0, 60.0, 119.0, 120.0)]
    assert passed == [True, True, False, True]


def test_an_aligned_window_does_not_stay_in_the_storage_for_ever() -> None:
    """Its counter is kept as long as the window may last."""
    with time_machine.travel(NOW, tick=False):
        storage = MemoryStorage()
        take(storage, Quota(rates="1/m", aligned=True))
        assert list(storage.expirations.values()) == [NOW + 60]


# Whose counters


@given(first=NAMES, second=NAMES)
def test_different_callers_share_no_counter(first: Any, second: Any) -> None:
    """However their names are made up; nor do those of different scopes."""
    assume(first != second)
    storage, quota = MemoryStorage(), Quota(rates="1/h")
    for scope, who in (first, second):
        assert drive(count(storage, replace(quota, scope=scope), who, NOW)).ok


@given(name=NAMES)
def test_the_same_caller_has_one_counter(name: Any) -> None:
    """Whatever the name."""
    scope, who = name
    storage, quota = MemoryStorage(), Quota(rates="1/h", scope=scope)
    assert drive(count(storage, quota, who, NOW)).ok
    assert not drive(count(storage, quota, who, NOW)).ok


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "bc"), ("ab", "c")),
        (("a", "b"), ("a,b",)),
        (("a", "b"), ('a", "b',)),
        (("", "a"), ("a", "")),
        (("a",), ("a", "")),
        (("\U0001f600",), ("\ud83d\ude00",)),
        (("\ud83d",), ("\ufffd",)),
    ],
    ids=repr,
)
def test_names_do_not_run_into_one_another(
    one: tuple[str, ...], other: tuple[str, ...], storage: MemoryStorage
) -> None:
    """Wherever the border is."""
    quota = Quota(rates="1/h")
    assert take(storage, quota, *one).ok
    assert take(storage, quota, *other).ok


def test_a_scope_is_no_part_of_the_caller(storage: MemoryStorage) -> None:
    """A caller named as a scope is not that scope."""
    quota = Quota(rates="1/h")
    assert drive(count(storage, replace(quota, scope="a"), ("b",), NOW)).ok
    assert drive(count(storage, replace(quota, scope=""), ("a", "b"), NOW)).ok


@pytest.mark.parametrize(
    "other",
    [
        Quota(rates="2/h"),
        Quota(rates="1/m"),
        Quota(rates="1/h", aligned=True),
        Quota(rates="1/h", scope="another"),
    ],
    ids=["amount", "seconds", "aligned", "scope"],
)
def test_quotas_that_differ_share_no_counter(
    other: Quota, storage: MemoryStorage
) -> None:
    """In what makes a window."""
    assert take(storage, Quota(rates="1/h")).ok
    assert take(storage, other).ok


def test_quotas_of_one_scope_and_rate_share_a_counter(storage: MemoryStorage) -> None:
    """Beside other rates, and however they are shown."""
    take(storage, Quota(rates="1/h", scope="s"))
    other = Quota(rates="9/m, 1/60m", scope="s", shown=False)
    assert not take(storage, other).ok


@pytest.mark.parametrize(
    "quota",
    [
        Quota(rates="3/30s", scope="orders"),
        Quota(rates="3/30s", scope="orders", aligned=True),
    ],
    ids=["as told", "aligned"],
)
def test_a_storage_is_told_no_name(quota: Quota, storage: MemoryStorage) -> None:
    """Neither who nor for what."""
    take(storage, quota, "198.51.100.7", "jack")
    (key,) = storage.storage
    assert not any(name in key for name in ("198", "jack", "orders"))


def test_a_key_is_short_whoever_calls(storage: MemoryStorage) -> None:
    """A header may be long."""
    take(storage, Quota(rates=f"{10**11}/366d", aligned=True), "x" * 100_000)
    (key,) = storage.storage
    assert len(key) < 80


# Storages that are awaited


class Awaited:
    """A storage whose answers are awaited."""

    def __init__(self) -> None:
        self.storage = MemoryStorage()

    async def get(self, key: str) -> int:
        """Ask the other."""
        await asyncio.sleep(0)
        return self.storage.get(key)

    async def incr(self, key: str, expiry: int) -> int:
        """Ask the other."""
        await asyncio.sleep(0)
        return self.storage.incr(key, expiry)

    async def get_expiry(self, key: str) -> float:
        """Ask the other."""
        await asyncio.sleep(0)
        return self.storage.get_expiry(key)


async def together(quota: Quota, times: int) -> list[Taken]:
    """Count so many requests at once."""
    storage = Awaited()
    return await asyncio.gather(
        *(adrive(count(storage, quota, WHO, NOW)) for _ in range(times))
    )


def test_a_storage_may_be_awaited() -> None:
    """It is counted the same."""
    (taken,) = asyncio.run(together(Quota(rates="3/30s, 5/h"), 1))
    assert (taken.ok, remaining(taken)) == (True, [2, 4])
    assert resets(taken) == [30, 3600]


def test_of_requests_that_look_at_once_no_more_pass() -> None:
    """Each sees room, and the count decides."""
    taken = asyncio.run(together(Quota(rates="3/30s"), 10))
    assert sum(each.ok for each in taken) == 3
