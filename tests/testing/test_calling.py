import asyncio
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from threading import Event, get_ident
from typing import Any

import pytest

from jwtgate.testing.calling import Caller


@pytest.fixture
def call() -> Iterator[Caller]:
    """Give a caller."""
    with closing(Caller()) as caller:
        yield caller


async def echo(value: object) -> object:
    """Give a value, after others had a turn."""
    await asyncio.sleep(0)
    return value


async def here() -> object:
    """Give the loop that runs."""
    return asyncio.get_running_loop()


async def fail() -> None:
    """Raise."""
    raise OSError("down")


def raise_at_once() -> None:
    """Raise."""
    raise OSError("down")


# One call


def test_a_value_is_given_as_it_is(call: Caller) -> None:
    """A synchronous store has answered already."""
    value = object()
    assert call(value) is value


def test_what_a_coroutine_comes_to_is_given(call: Caller) -> None:
    """A store whose methods are coroutine functions."""
    assert call(echo(5)) == 5


def test_an_error_of_a_coroutine_is_raised(call: Caller) -> None:
    """As that of a synchronous store is."""
    with pytest.raises(OSError, match="down"):
        call(fail())


def test_all_coroutines_run_in_one_loop(call: Caller) -> None:
    """An engine with a pool of connections is bound to its loop."""
    assert call(here()) is call(here())


def test_no_loop_of_a_caller_is_left(call: Caller) -> None:
    """Nor is it made the thread's own, which is another one's to choose."""
    loop = call(here())
    call.close()
    assert loop.is_closed()


def test_a_caller_of_synchronous_stores_needs_no_loop(call: Caller) -> None:
    """Closing it is no error either."""
    call(5)
    call.close()


# Many calls


def test_calls_at_once_run_in_threads_of_their_own(call: Caller) -> None:
    """They are all there before one of them begins."""
    threads = call.at_once([get_ident] * 8)
    assert len(set(threads)) == 8


def test_coroutines_at_once_run_side_by_side(call: Caller) -> None:
    """Each of them waits for another one."""
    events: list[asyncio.Event] = []

    async def meet() -> int:
        events.append(asyncio.Event())
        if len(events) == 2:
            events[0].set()
            events[1].set()
        await events[-1].wait()
        return 1

    assert call.at_once([meet, meet]) == [1, 1]


@pytest.mark.parametrize(
    "function", [echo, lambda value: value], ids=["tasks", "threads"]
)
def test_outcomes_are_in_the_order_of_the_calls(call: Caller, function: Any) -> None:
    """Each as often as it was made."""
    calls = [partial(echo, 1), partial(echo, 2)]
    if function is not echo:
        calls = [partial(function, 1), partial(function, 2)]
    assert call.at_once(calls, times=2) == [1, 1, 2, 2]


@pytest.mark.parametrize("function", [fail, raise_at_once], ids=["tasks", "threads"])
def test_an_error_is_an_outcome(call: Caller, function: Any) -> None:
    """Whoever lost a race is told by one."""
    (outcome,) = call.at_once([function])
    assert isinstance(outcome, OSError)


def test_threads_take_turns_more_often_and_as_before_afterwards(call: Caller) -> None:
    """A race is seen that would be rare else; other tests are left alone."""
    usual = sys.getswitchinterval()
    (hurried,) = call.at_once([sys.getswitchinterval])
    assert hurried < usual
    assert sys.getswitchinterval() == usual


def test_calls_that_are_stuck_are_told() -> None:
    """A store that waits for itself must not stop the whole run."""
    free = Event()
    with pytest.raises(AssertionError, match="1 calls had not come back"):
        Caller(patience=0.05).at_once([free.wait])
    free.set()


def test_tasks_that_are_stuck_are_told() -> None:
    """And cancelled, when the loop is closed."""

    async def wait() -> None:
        await asyncio.Event().wait()

    with (
        closing(Caller(patience=0.05)) as call,
        pytest.raises(AssertionError, match="2 calls had not come back"),
    ):
        call.at_once([wait, wait])


# Looking while others change


def test_a_thread_looks_while_changes_are_made(call: Caller) -> None:
    """At least once before the first."""
    seen_first, state = Event(), [0]

    def look() -> int:
        seen_first.set()
        return state[0]

    def change() -> None:
        assert seen_first.is_set()
        state[0] += 1

    seen = call.meanwhile(look, [change, change])
    assert set(seen) <= {0, 1, 2}
    assert seen == sorted(seen)


def test_a_task_looks_while_changes_are_made(call: Caller) -> None:
    """Between any two of their steps."""
    state = [0]

    async def look() -> int:
        return state[0]

    async def change() -> None:
        state[0] += 1
        await asyncio.sleep(0)

    assert {0, 1, 2} >= set(call.meanwhile(look, [change, change])) > {0}


@pytest.mark.parametrize("changes", [[], [raise_at_once]], ids=["none", "an error"])
def test_who_looks_comes_to_an_end(call: Caller, changes: list[Any]) -> None:
    """Whatever becomes of the changes."""
    threads = threading.active_count()
    try:
        assert call.meanwhile(lambda: 1, changes)
    except OSError:
        assert changes
    assert threading.active_count() == threads


def test_a_task_that_looks_comes_to_an_end(call: Caller) -> None:
    """Whatever becomes of the changes."""
    with pytest.raises(OSError, match="down"):
        call.meanwhile(partial(echo, 1), [fail])


def test_an_error_in_looking_is_seen(call: Caller) -> None:
    """In either world."""
    assert isinstance(call.meanwhile(raise_at_once, [])[0], OSError)
    assert isinstance(call.meanwhile(fail, [])[0], OSError)
