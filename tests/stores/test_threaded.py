import asyncio
import multiprocessing
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from threading import Barrier, Event, get_ident
from typing import Any

import pytest

from jwtgate import (
    ConfigurationError,
    Credential,
    Denied,
    Gate,
    MemoryStore,
    Reason,
    RequestView,
    aauthenticate,
    authenticate,
    in_thread,
)
from jwtgate.store import AsyncConsumerStore, ConsumerStore
from tests.kit import KEY, ListStore, clock, credential, make_store, mint

PREFIX = "jwtgate-store"
BEARER = [(b"authorization", b"Bearer " + mint().encode())]
PATIENCE = 30
"""Seconds after which a test that waits for ever is a failed one."""


class WhereStore:
    """A store that answers with the thread it was asked in."""

    def find(self, key: str, kid: str | None = None) -> Any:  # noqa: ARG002 - the protocol's
        """Give the thread."""
        return (get_ident(), threading.current_thread().name)


class AsyncFind:
    """A store whose find is a coroutine function."""

    async def find(self, key: str, kid: str | None = None) -> Any:
        """Find nothing."""


def run(awaited: Coroutine[Any, Any, Any]) -> Any:
    """Run it, in an event loop of its own."""
    return asyncio.run(awaited)


# What it takes


def test_a_store_without_find_is_refused() -> None:
    """There is nothing to run in a thread."""
    with pytest.raises(ConfigurationError, match="find"):
        in_thread({})  # type: ignore[arg-type]


def test_a_store_whose_find_is_async_is_refused() -> None:
    """A thread would make a coroutine that nobody awaits."""
    with pytest.raises(ConfigurationError, match="find"):
        in_thread(AsyncFind())  # type: ignore[arg-type]


@pytest.mark.parametrize("workers", [0, -1])
def test_there_is_at_least_one_worker(workers: int) -> None:
    """Else every look-up would wait for ever."""
    with pytest.raises(ConfigurationError, match="worker"):
        in_thread(ListStore(), workers=workers)


def test_consumers_are_found_where_the_store_finds_them() -> None:
    """In the world of the caller."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    threaded = in_thread(store)
    assert isinstance(threaded, ConsumerStore)
    assert isinstance(threaded, AsyncConsumerStore)
    assert threaded.find_consumer("guest") == guest
    assert run(threaded.afind_consumer("guest")) == guest


def test_consumers_are_not_found_where_the_store_does_not() -> None:
    """So that a mount tells it at once."""
    assert not isinstance(in_thread(ListStore()), ConsumerStore | AsyncConsumerStore)


# Where it runs


def test_a_look_up_of_asynchronous_code_runs_in_a_thread() -> None:
    """The event loop is not held up."""
    ident, name = run(in_thread(WhereStore()).afind(KEY))
    assert ident != get_ident()
    assert name.startswith(PREFIX)


def test_a_look_up_of_synchronous_code_runs_in_the_caller_s_thread() -> None:
    """There is nothing to hold up."""
    threaded: Any = in_thread(WhereStore())
    assert threaded.find(KEY)[0] == get_ident()


def test_key_and_kid_are_handed_on() -> None:
    """Either way."""
    store = ListStore()
    threaded = in_thread(store)
    run(threaded.afind(KEY, "a"))
    threaded.find(KEY, "b")
    assert store.asked == [(KEY, "a"), (KEY, "b")]


def test_no_thread_runs_before_the_first_look_up() -> None:
    """A server may fork after it has imported the app."""
    before = threading.active_count()
    in_thread(ListStore())
    assert threading.active_count() == before


def test_an_error_of_the_store_arrives() -> None:
    """The driver makes a 503 of it."""

    class Failing(WhereStore):
        def find(self, key: str, kid: str | None = None) -> Any:
            raise OSError(key, kid)

    with pytest.raises(OSError, match=KEY):
        run(in_thread(Failing()).afind(KEY))


def test_a_gate_of_either_world_uses_it() -> None:
    """One store for both."""
    gate = Gate(in_thread(ListStore(credential())), clock=clock)
    line = (b"Authorization", b"Bearer " + mint().encode())
    request = RequestView("GET", headers=[line])
    outcomes = (authenticate(gate, request), run(aauthenticate(gate, request)))
    assert len({type(outcome) for outcome in outcomes}) == 1


# How many run


class MeetingStore:
    """A store whose look-ups wait for one another, and count how many there are."""

    def __init__(self, parties: int) -> None:
        self.barrier = Barrier(parties)

    def find(self, key: str, kid: str | None = None) -> Any:  # noqa: ARG002 - the protocol's
        """Wait until as many look-ups are here."""
        self.barrier.wait(PATIENCE)
        return ()


async def together(threaded: Any, count: int) -> list[Any]:
    """Look up several times at once."""
    return await asyncio.gather(*(threaded.afind(KEY) for _ in range(count)))


def test_as_many_look_ups_run_at_once_as_there_are_workers() -> None:
    """Three meet, so three run."""
    assert run(together(in_thread(MeetingStore(3), workers=3), 3)) == [(), (), ()]


def test_no_more_look_ups_run_at_once_than_there_are_workers() -> None:
    """A dead database does not take the process's threads with it."""
    answers = run(together(in_thread(WhereStore(), workers=2), 40))
    assert len({ident for ident, _ in answers}) <= 2


def test_two_event_loops_share_one_set_of_threads() -> None:
    """Nothing is bound to the first loop."""
    threaded = in_thread(WhereStore(), workers=1)
    first, second = (run(threaded.afind(KEY)) for _ in range(2))
    assert first == second


def test_two_event_loops_at_once_are_served() -> None:
    """Each in its own thread."""
    threaded = in_thread(MeetingStore(2), workers=2)
    with ThreadPoolExecutor(2) as loops:
        found = loops.map(lambda _: run(threaded.afind(KEY)), range(2))
        assert list(found) == [(), ()]


# Cancellation


class HeldStore:
    """A store whose first look-up is held until it is let go."""

    def __init__(self) -> None:
        self.entered, self.released = Event(), Event()

    def find(self, key: str, kid: str | None = None) -> Any:  # noqa: ARG002 - the protocol's
        """Wait to be let go."""
        self.entered.set()
        self.released.wait(PATIENCE)
        return (key,)


async def cancel_one(store: HeldStore) -> Any:
    """Cancel a look-up that runs, then make another."""
    threaded = in_thread(store, workers=1)
    given_up = asyncio.ensure_future(threaded.afind("first"))
    await asyncio.to_thread(store.entered.wait, PATIENCE)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    store.released.set()
    return await threaded.afind("second")


def test_a_cancelled_look_up_leaves_its_thread_usable() -> None:
    """A client that goes away costs no worker."""
    assert run(cancel_one(HeldStore())) == ("second",)


async def cancel_waiting(store: HeldStore) -> Any:
    """Cancel a look-up that waits for a worker."""
    threaded = in_thread(store, workers=1)
    running = asyncio.ensure_future(threaded.afind("running"))
    await asyncio.to_thread(store.entered.wait, PATIENCE)
    waiting = asyncio.ensure_future(threaded.afind("waiting"))
    done, _ = await asyncio.wait([waiting], timeout=0)
    assert not done
    waiting.cancel()
    store.released.set()
    return await running


def test_a_cancelled_look_up_does_not_cancel_another() -> None:
    """The one that runs gives its answer."""
    assert run(cancel_waiting(HeldStore())) == ("running",)


# Forks


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork"
)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_gets_threads_of_its_own() -> None:
    """Threads do not live on in a child; a look-up there would wait for ever."""
    threaded = in_thread(WhereStore())
    run(threaded.afind(KEY))
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=lambda: answers.put(run(threaded.afind(KEY))[1]))
    child.start()
    child.join(PATIENCE)
    assert child.exitcode == 0
    assert answers.get().startswith(PREFIX)


def test_a_memory_store_may_be_put_in_threads() -> None:
    """It need not be, and it does no harm."""
    store: MemoryStore = make_store()
    store.create_consumer(username="jack")
    made = store.create_credential("jack")
    assert run(in_thread(store).afind(made.key)) == (made,)


def test_a_store_that_raises_stop_iteration_fails() -> None:
    """No future can hold it, and whoever waits would wait for ever."""

    class Slipped:
        """A store with an ordinary slip."""

        def find(self, key: str, kid: str | None = None) -> list[Credential]:
            """Find what is not there."""
            _ = key, kid
            return next(iter(()))

    outcome = asyncio.run(
        aauthenticate(Gate(in_thread(Slipped())), RequestView("GET", headers=BEARER))
    )
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.STORE_UNAVAILABLE


def test_context_variables_reach_the_store() -> None:
    """Of tenants and traces, as in the caller's own thread."""
    tenant = ContextVar[str]("tenant")
    seen: list[str] = []

    class Tenants:
        """A store that asks who the tenant is."""

        def find(self, key: str, kid: str | None = None) -> list[Credential]:
            """Note the tenant."""
            _ = key, kid
            seen.append(tenant.get())
            return []

    tenant.set("one")
    asyncio.run(in_thread(Tenants()).afind("k"))
    assert seen == ["one"]


def test_a_store_that_answers_by_kid_still_does() -> None:
    """A cache around it would lose keys, and refuses it."""

    class ByKid(WhereStore):
        answers_by_kid = True

    assert in_thread(ByKid()).answers_by_kid
    assert not in_thread(WhereStore()).answers_by_kid
