"""The storage of counters that has a bound."""

from collections.abc import Iterator
from itertools import count, islice

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerHour
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from jwtgate.counting.bounded import BoundedStorage
from tests.kit import NOW

HOUR = 3600
MOST = 10
_NUMBERS = count()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stop the time of the storage."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def flood(storage: BoundedStorage, callers: int, *, times: int = 1) -> None:
    """Count callers that nobody else is."""
    for number in islice(_NUMBERS, callers):
        for _ in range(times):
            storage.incr(f"flood {number}", HOUR)


# As a storage of limits


def test_a_strategy_of_limits_counts_in_it() -> None:
    """It is a storage as any other."""
    limiter, twice = FixedWindowRateLimiter(BoundedStorage()), RateLimitItemPerHour(2)
    assert [limiter.hit(twice, "jack") for _ in range(3)] == [True, True, False]


def test_the_memory_of_limits_stays_what_it_is() -> None:
    """The app may count in it, too."""
    assert not isinstance(storage_from_string("memory://"), BoundedStorage)


def test_it_is_always_there() -> None:
    """Nothing has to be reached."""
    assert BoundedStorage().check()


def test_nothing_below_can_fail() -> None:
    """So there are no errors to wrap."""
    assert BoundedStorage().base_exceptions == ()


# Counting


def test_a_count_is_told_with_each_request() -> None:
    """From one on."""
    storage = BoundedStorage()
    assert [storage.incr("jack", HOUR) for _ in range(3)] == [1, 2, 3]


def test_several_are_counted_at_once() -> None:
    """As a strategy of limits asks for a request that costs more."""
    storage = BoundedStorage()
    storage.incr("jack", HOUR, amount=2)
    assert storage.incr("jack", HOUR, amount=3) == 5


def test_a_count_can_be_looked_at() -> None:
    """That does not count."""
    storage = BoundedStorage()
    storage.incr("jack", HOUR)
    assert [storage.get("jack") for _ in range(2)] == [1, 1]


def test_who_was_never_counted_has_none() -> None:
    """And looking does not make a counter."""
    storage = BoundedStorage()
    assert storage.get("jack") == 0
    assert storage.reset() == 0


def test_keys_are_counted_apart() -> None:
    """One is not the other's."""
    storage = BoundedStorage()
    storage.incr("jack", HOUR)
    assert storage.get("jill") == 0


# Windows


def test_a_window_ends_so_long_after_its_first_request(
    clock: time_machine.Traveller,
) -> None:
    """Later ones do not move its end."""
    storage = BoundedStorage()
    storage.incr("jack", HOUR)
    clock.shift(10)
    storage.incr("jack", HOUR)
    assert storage.get_expiry("jack") == NOW + HOUR


@pytest.mark.usefixtures("clock")
def test_what_is_not_counted_ends_now() -> None:
    """As the storages of limits say."""
    assert BoundedStorage().get_expiry("jack") == NOW


@pytest.mark.parametrize(("after", "left"), [(HOUR - 1, 1), (HOUR, 0), (HOUR + 1, 0)])
def test_a_count_lasts_until_its_window_ends(
    clock: time_machine.Traveller, after: int, left: int
) -> None:
    """Its end is outside."""
    storage = BoundedStorage()
    storage.incr("jack", HOUR)
    clock.shift(after)
    assert storage.get("jack") == left


def test_a_window_that_has_ended_has_no_end(clock: time_machine.Traveller) -> None:
    """It counts as absent."""
    storage = BoundedStorage()
    storage.incr("jack", HOUR)
    clock.shift(HOUR + 5)
    assert storage.get_expiry("jack") == NOW + HOUR + 5


def test_a_window_after_another_starts_anew(clock: time_machine.Traveller) -> None:
    """From one, with an end of its own."""
    storage = BoundedStorage()
    storage.incr("jack", HOUR)
    clock.shift(HOUR + 5)
    assert storage.incr("jack", HOUR) == 1
    assert storage.get_expiry("jack") == NOW + 2 * HOUR + 5


# Forgetting


def test_a_counter_can_be_forgotten() -> None:
    """Alone."""
    storage = BoundedStorage()
    for key in ("jack", "jill"):
        storage.incr(key, HOUR)
    storage.clear("jack")
    assert [storage.get("jack"), storage.get("jill")] == [0, 1]


def test_what_was_never_counted_can_be_forgotten() -> None:
    """Nothing happens."""
    BoundedStorage().clear("jack")


def test_all_can_be_forgotten() -> None:
    """It tells how many there were, and can be filled again."""
    storage = BoundedStorage(MOST)
    flood(storage, MOST - 1)
    assert [storage.reset(), storage.reset()] == [MOST - 1, 0]
    flood(storage, 3 * MOST)
    assert storage.reset() == MOST


def test_after_all_were_forgotten_ended_windows_go(
    clock: time_machine.Traveller,
) -> None:
    """Nothing of what was there is in the way."""
    storage = BoundedStorage()
    flood(storage, 20)
    storage.reset()
    flood(storage, 2)
    clock.shift(HOUR)
    flood(storage, 1)
    assert storage.reset() == 1


@pytest.mark.parametrize("length", [HOUR, 60], ids=["same length", "another length"])
def test_ended_windows_go_as_others_begin(
    clock: time_machine.Traveller, length: int
) -> None:
    """Two for each, though nobody asks for them, and though there is room."""
    storage = BoundedStorage()
    flood(storage, 100)
    clock.shift(HOUR)
    for number in range(30):
        storage.incr(f"new {number}", length)
    assert storage.reset() == 100 - 60 + 30


def test_windows_of_any_length_go_when_they_have_ended(
    clock: time_machine.Traveller,
) -> None:
    """A long one that began earlier does not hold up a short one."""
    storage = BoundedStorage()
    storage.incr("long", 24 * HOUR)
    storage.incr("short", 60)
    clock.shift(60)
    storage.incr("new", HOUR)
    assert storage.reset() == 2


# The bound


def test_there_are_never_more_counters_than_the_bound() -> None:
    """However many come."""
    storage = BoundedStorage(MOST)
    flood(storage, 10 * MOST)
    assert storage.reset() == MOST


def test_a_full_storage_is_one_that_forgets_nothing() -> None:
    """The bound is inside."""
    storage = BoundedStorage(MOST)
    storage.incr("jack", HOUR)
    flood(storage, MOST - 1)
    assert storage.get("jack") == 1


def test_of_equal_counters_the_oldest_goes() -> None:
    """There is no other reason."""
    storage = BoundedStorage(3)
    for key in "abcd":
        storage.incr(key, HOUR)
    assert [storage.get(key) for key in "abcd"] == [0, 1, 1, 1]


def test_the_least_counted_goes_before_the_oldest() -> None:
    """Nor does it matter that the other ends first."""
    storage = BoundedStorage(2)
    for key, length in [("a", 60), ("a", 60), ("b", HOUR), ("c", HOUR)]:
        storage.incr(key, length)
    assert [storage.get(key) for key in "abc"] == [2, 0, 1]


def test_what_has_ended_goes_before_what_has_not(
    clock: time_machine.Traveller,
) -> None:
    """However much was counted in it."""
    storage = BoundedStorage(2)
    for _ in range(9):
        storage.incr("ended", 60)
    storage.incr("jack", HOUR)
    clock.shift(60)
    storage.incr("jill", HOUR)
    assert storage.get("jack") == 1


def test_a_counter_that_was_forgotten_starts_anew() -> None:
    """From one."""
    storage = BoundedStorage(MOST)
    storage.incr("jack", HOUR)
    flood(storage, MOST)
    assert storage.incr("jack", HOUR) == 1


# Attacks


@pytest.mark.parametrize("used", [1, 2, 5, 50])
def test_a_flood_resets_a_counter_only_at_its_count_times_the_bound(used: int) -> None:
    """A flood of that size less one does not."""
    storage = BoundedStorage(MOST)
    storage.incr("jack", HOUR, amount=used)
    flood(storage, used * (MOST - 1))
    assert storage.get("jack") == used
    flood(storage, 1)
    assert storage.get("jack") == 0


@pytest.mark.parametrize("times", [2, 4, 8])
def test_a_flood_that_counts_each_caller_more_often_is_no_cheaper(times: int) -> None:
    """Fewer callers are needed, but not fewer requests."""
    storage = BoundedStorage(MOST)
    storage.incr("jack", HOUR, amount=8)
    flood(storage, 8 * (MOST - 1) // times, times=times)
    assert storage.get("jack") == 8


def test_sent_in_turn_with_a_flood_requests_are_counted_still() -> None:
    """Each of them, as long as the flood is below the bound times as many."""
    storage = BoundedStorage(MOST)
    for _ in range(20):
        storage.incr("jack", HOUR)
        flood(storage, MOST - 1)
    assert storage.get("jack") == 20


def test_busy_counters_do_not_keep_out_a_new_caller() -> None:
    """Else whoever comes late would never be limited."""
    storage = BoundedStorage(MOST)
    flood(storage, MOST, times=50)
    for _ in range(20):
        storage.incr("jack", HOUR)
        flood(storage, 1)
    assert storage.get("jack") == 20


def test_busy_counters_go_when_others_are_counted_more() -> None:
    """What was once busy is no reason to stay until the window ends."""
    storage = BoundedStorage(MOST)
    storage.incr("once", HOUR, amount=3)
    flood(storage, 2 * MOST, times=3)
    assert storage.get("once") == 0


# Against a model

_KEYS = st.sampled_from("abcdef")
_STEPS = st.one_of(
    st.tuples(st.just("incr"), _KEYS, st.sampled_from([1, 3, 10])),
    st.tuples(st.just("clear"), _KEYS, st.just(0)),
    st.tuples(st.just("wait"), st.just(""), st.integers(0, 4)),
)


@given(st.lists(_STEPS, max_size=60))
def test_with_room_for_all_it_counts_as_if_it_had_no_bound(
    steps: list[tuple[str, str, int]],
) -> None:
    """Whatever comes in which order."""
    storage = BoundedStorage(6)
    counts: dict[str, tuple[int, float]] = {}
    with time_machine.travel(NOW, tick=False) as clock:
        now = float(NOW)
        for what, key, number in steps:
            if what == "incr":
                had, end = counts.get(key, (0, now + number))
                counts[key] = had + 1, end
                assert storage.incr(key, number) == had + 1
            elif what == "clear":
                counts.pop(key, None)
                storage.clear(key)
            else:
                clock.shift(number)
                now += number
            counts = {key: each for key, each in counts.items() if each[1] > now}
            for each in "abcdef":
                told = storage.get(each), storage.get_expiry(each)
                assert told == counts.get(each, (0, now))


@given(st.lists(_STEPS, max_size=60), st.integers(1, 5))
def test_whatever_comes_the_bound_is_kept(
    steps: list[tuple[str, str, int]], most: int
) -> None:
    """And what was counted last is there."""
    storage: Storage = BoundedStorage(most)
    with time_machine.travel(NOW, tick=False) as clock:
        for what, key, number in steps:
            if what == "incr":
                assert storage.incr(key, number) == storage.get(key)
            elif what == "clear":
                storage.clear(key)
            else:
                clock.shift(number)
    assert (storage.reset() or 0) <= most
