import asyncio
import random
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import pytest

from jwtgate import (
    ConfigurationError,
    Denied,
    Gate,
    Policy,
    Reason,
    RequestView,
    UnusableCredential,
    aauthenticate,
    in_thread,
)
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.errors import Unavailable
from jwtgate.store import AsyncConsumerStore, AsyncCredentialStore
from jwtgate.stores.cached import AsyncCachedStore
from tests.kit import KEY, clock, credential, jack, make_store, mint
from tests.stores.cached.fakes import (
    BRIEFLY,
    PATIENCE,
    AsyncStore,
    AsyncStoreOfConsumers,
    Clock,
    Store,
    StoreOfConsumers,
    aside,
)

BEARER = [(b"authorization", b"Bearer " + mint().encode())]


def run(awaited: Coroutine[Any, Any, Any]) -> Any:
    """Run it in an event loop of its own; complain of what is left there."""

    async def quietly() -> Any:
        complaints: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _, what: complaints.append(what)
        )
        answer = await awaited
        assert not complaints
        return answer

    return asyncio.run(quietly())


async def refuses(cache: AsyncCachedStore, key: str) -> bool:
    """Whether a look-up is refused."""
    try:
        await cache.afind(key)
    except Unavailable:
        return True
    return False


def soon(cache: AsyncCachedStore, key: str) -> "asyncio.Task[Any]":
    """Come with a question, as a request does."""

    async def come() -> Any:
        return await cache.afind(key)

    return asyncio.create_task(come())


# What is remembered


def test_a_key_is_asked_for_once() -> None:
    """Then it is remembered, for every kid, and in every event loop."""
    store = AsyncStore(KEY)
    cache = AsyncCachedStore(store)
    assert run(cache.afind(KEY, "a")) == run(cache.afind(KEY, "b")) == store.rows[KEY]
    assert store.asked == [(KEY, None)]


def test_an_unknown_key_is_remembered_for_less() -> None:
    """A new credential works soon."""

    async def play() -> None:
        time, store = Clock(), AsyncStore()
        cache = AsyncCachedStore(store, clock=time, negative_ttl=5)
        assert await cache.afind(KEY) == await cache.afind(KEY) == ()
        assert store.times(KEY) == 1
        time.now += 5
        await cache.afind(KEY)
        assert store.times(KEY) == 2

    run(play())


def test_a_deleted_credential_stops_within_the_ttl() -> None:
    """Counted from when the store was asked."""

    async def play() -> None:
        time, store = Clock(), AsyncStore(KEY)
        store.meanwhile = lambda: setattr(time, "now", time.now + 20)
        cache = AsyncCachedStore(store, clock=time, ttl=60)
        await cache.afind(KEY)
        store.rows.clear()
        time.now += 39
        assert await cache.afind(KEY)
        time.now += 1
        assert await cache.afind(KEY) == ()

    run(play())


def test_a_row_that_is_mended_is_seen_soon() -> None:
    """It is remembered as briefly as an unknown key."""

    async def play() -> None:
        time, store = Clock(), AsyncStore()
        store.rows[KEY] = (UnusableCredential(key=KEY, why="broken"),)
        cache = AsyncCachedStore(store, clock=time, negative_ttl=5)
        await cache.afind(KEY)
        store.rows[KEY] = (credential(),)
        time.now += 5
        assert await cache.afind(KEY) == (credential(),)

    run(play())


def test_a_flood_of_unknown_keys_asks_once_for_each() -> None:
    """It takes no more room than it is given, and no known key is forgotten for it."""

    async def play() -> None:
        store = AsyncStore(KEY)
        cache = AsyncCachedStore(store, ttl=3_600, max_unknown=300, timeout=PATIENCE)
        await cache.afind(KEY)
        for start in range(0, 1_000, 500):
            flood = [cache.afind(f"k{start + each}") for each in range(500)]
            assert not any(await asyncio.gather(*flood))
        assert len(store.asked) == 1_001
        assert store.most_inside <= 8
        assert await cache.afind(KEY)
        assert int(repr(cache).split("=")[2].split("/")[0]) <= 300

    run(play())


# Consumers, and what it takes


def test_consumers_are_found_where_the_store_finds_them() -> None:
    """Once each, and unknown ones, too."""

    async def play() -> None:
        store = AsyncStoreOfConsumers()
        store.consumers["jack"] = jack()
        cache = AsyncCachedStore(store)
        assert isinstance(cache, AsyncConsumerStore)
        for _ in range(2):
            assert await cache.afind_consumer("jack") == jack()
            assert await cache.afind_consumer("nobody") is None
        assert store.names_asked == ["jack", "nobody"]

    run(play())


def test_consumers_are_not_found_where_the_store_does_not() -> None:
    """A mount tells that, not a request."""
    cache: Any = AsyncCachedStore(AsyncStore())
    assert isinstance(cache, AsyncCredentialStore)
    assert not isinstance(cache, AsyncConsumerStore)

    async def app(*_: object) -> None:
        """Do nothing."""

    gate = Gate(cache, Policy(anonymous="guest"))
    with pytest.raises(ConfigurationError, match="afind_consumer"):
        JWTGateMiddleware(app, gate)


def test_a_method_that_would_block_is_not_used() -> None:
    """Of a store in both worlds, only what is asynchronous counts."""

    class Both(AsyncStore):
        """A store that finds consumers in one world only."""

        def find_consumer(self, name: str) -> None:
            """Find nobody."""

    assert not isinstance(AsyncCachedStore(Both()), AsyncConsumerStore)


def test_a_synchronous_store_is_refused() -> None:
    """It would block the event loop."""
    with pytest.raises(ConfigurationError, match="in_thread"):
        AsyncCachedStore(Store())


def test_a_synchronous_store_goes_by_threads() -> None:
    """With its consumers."""
    store = StoreOfConsumers(KEY)
    store.consumers["jack"] = jack()
    cache = AsyncCachedStore(in_thread(store))
    assert run(cache.afind(KEY)) == store.rows[KEY]
    assert run(cache.afind_consumer("jack")) == jack()


def test_a_store_that_never_waits_is_used_as_it_is() -> None:
    """As by a gate."""
    store = make_store()
    store.create_consumer(username="jack")
    made = store.create_credential("jack", key=KEY)
    cache = AsyncCachedStore(store)
    assert run(cache.afind(KEY)) == (made,)
    assert isinstance(cache, AsyncConsumerStore)


def test_a_gate_answers_503_and_the_log_tells_it_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not once for each request."""
    store = AsyncStore(KEY)
    store.is_down = True
    gate = Gate(AsyncCachedStore(store), clock=clock)
    for _ in range(10):
        outcome = run(aauthenticate(gate, RequestView("GET", headers=BEARER)))
        assert isinstance(outcome, Denied)
        assert outcome.reason is Reason.STORE_UNAVAILABLE
    assert len([each for each in caplog.records if each.exc_info]) == 1
    assert store.times(KEY) == 1


def test_context_variables_reach_the_store() -> None:
    """Of who asked first, though its look-up waits for a turn."""
    trace = ContextVar("trace", default="none")

    async def play() -> None:
        seen: list[str] = []
        store = AsyncStore()
        store.meanwhile = lambda: seen.append(trace.get())
        cache = AsyncCachedStore(store, max_lookups=1)
        go = store.hold("a")
        trace.set("one")
        first = soon(cache, "a")
        await store.wait()
        trace.set("two")
        second = soon(cache, "b")
        await asyncio.wait([second], timeout=0)
        trace.set("three")
        go.set()
        await asyncio.gather(first, second)
        assert seen == ["one", "two"]

    run(play())


# One look-up for all who wait


def test_many_tasks_ask_the_store_once() -> None:
    """However many come while it answers."""

    async def play() -> None:
        store = AsyncStore(KEY)
        go = store.hold(KEY)
        cache = AsyncCachedStore(store, timeout=PATIENCE)
        coming = [soon(cache, KEY) for _ in range(100)]
        await store.wait()
        go.set()
        assert set(await asyncio.gather(*coming)) == {store.rows[KEY]}
        assert store.times(KEY) == 1

    run(play())


def test_one_who_waits_too_many_is_refused_at_once() -> None:
    """Requests do not pile up before a slow store; what is remembered is served."""

    async def play() -> None:
        store = AsyncStore("known")
        cache = AsyncCachedStore(store, max_waiting=1, timeout=PATIENCE)
        await cache.afind("known")
        await store.wait()
        go = store.hold("slow")
        slow = soon(cache, "slow")
        await store.wait()
        assert await refuses(cache, "slow")
        assert await refuses(cache, "other")
        assert await cache.afind("known")
        go.set()
        assert await slow == ()

    run(play())


def test_two_event_loops_at_once_are_served() -> None:
    """Each by a look-up of its own; what is remembered is for both."""
    store = Store("slow", "fast")
    go = store.hold("slow")
    cache = AsyncCachedStore(in_thread(store), max_lookups=1, timeout=PATIENCE)
    with aside(2) as call:
        slow = call(lambda: run(cache.afind("slow")))
        store.wait()
        fast = call(lambda: run(cache.afind("fast")))
        go.set()
        assert slow.result(PATIENCE) == store.rows["slow"]
        assert fast.result(PATIENCE) == store.rows["fast"]
    assert run(cache.afind("fast"))
    assert store.times("fast") == 1


def test_event_loops_in_threads_and_changes_mix_up_no_keys() -> None:
    """Each key finds its own credentials, whatever is forgotten meanwhile."""
    keys = [f"key-{each}" for each in range(20)]
    store = Store(*keys)
    cache = AsyncCachedStore(in_thread(store), max_entries=10, timeout=PATIENCE)

    async def play(chance: random.Random) -> bool:
        async def come() -> bool:
            key = chance.choice(keys)
            if chance.random() < 0.1:
                cache.invalidate(key)
            return bool(await cache.afind(key) == store.rows[key])

        rounds = [await asyncio.gather(*(come() for _ in range(10))) for _ in range(10)]
        return all(map(all, rounds))

    with ThreadPoolExecutor(4) as pool:
        chances = map(random.Random, range(4))
        assert all(pool.map(lambda chance: run(play(chance)), chances))


# Cancelled requests


def test_a_cancelled_request_does_not_cancel_the_look_up_of_others() -> None:
    """Nor does it poison what they wait for."""

    async def play() -> None:
        store = AsyncStore(KEY)
        go = store.hold(KEY)
        cache = AsyncCachedStore(store, timeout=PATIENCE)
        first, second = soon(cache, KEY), soon(cache, KEY)
        await store.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        go.set()
        assert await second == store.rows[KEY]
        assert store.cancelled == []

    run(play())


def test_a_look_up_goes_on_for_the_next_request() -> None:
    """Though nobody waits for it."""

    async def play() -> None:
        store = AsyncStore(KEY)
        go = store.hold(KEY)
        cache = AsyncCachedStore(store, timeout=PATIENCE)
        first = soon(cache, KEY)
        await store.wait()
        first.cancel()
        await asyncio.wait([first])
        go.set()
        assert await cache.afind(KEY) == store.rows[KEY]
        assert store.times(KEY) == 1

    run(play())


def test_cancelled_requests_ask_the_store_nothing_more() -> None:
    """Those whose look-up has not had its turn; a client may come and go."""

    async def play() -> None:
        store = AsyncStore()
        go = store.hold("slow")
        cache = AsyncCachedStore(store, max_lookups=1, timeout=PATIENCE)
        slow = soon(cache, "slow")
        await store.wait()
        flood = [soon(cache, str(each)) for each in range(100)]
        await asyncio.wait(flood, timeout=0)
        for each in flood:
            each.cancel()
        await asyncio.wait(flood)
        go.set()
        await slow
        assert await cache.afind("good") == ()
        assert store.asked == [("slow", None), ("good", None)]

    run(play())


def test_a_loop_that_ends_with_a_look_up_in_it_does_no_harm() -> None:
    """Its task is cancelled; the key is asked for again in the next loop."""
    store = AsyncStore(KEY)
    cache = AsyncCachedStore(store, max_lookups=1, timeout=PATIENCE)

    async def leave() -> None:
        store.hold(KEY)
        soon(cache, KEY)
        await store.wait()

    asyncio.run(leave())
    assert store.cancelled == [KEY]
    store.held.clear()
    assert run(cache.afind(KEY)) == store.rows[KEY]


# Changes while a look-up is on its way


@pytest.mark.parametrize("forget", ["invalidate", "clear", "doubt"])
def test_what_was_read_before_a_change_is_not_served_after_it(forget: str) -> None:
    """Only to those who waited already; it is not kept either."""

    async def play() -> None:
        store = AsyncStore(KEY)
        before = store.rows[KEY]
        go = store.hold(KEY)
        cache = AsyncCachedStore(store, timeout=PATIENCE)
        early = soon(cache, KEY)
        await store.wait()
        del store.held[KEY]
        store.rows[KEY] = after = (credential(id="new"),)
        if forget == "invalidate":
            await asyncio.to_thread(cache.invalidate, KEY)
        else:
            await asyncio.to_thread(getattr(cache, forget))
        assert await cache.afind(KEY) == after
        go.set()
        assert await early == before
        assert await cache.afind(KEY) == after

    run(play())


# A store that fails, or is slow


def test_a_store_that_fails_is_never_an_unknown_key() -> None:
    """A 401 makes clients throw good tokens away."""

    async def play() -> None:
        time, store = Clock(), AsyncStore(KEY)
        cache = AsyncCachedStore(store, clock=time)
        store.is_down = True
        assert await refuses(cache, KEY)
        store.is_down = False
        time.now += 1
        assert await cache.afind(KEY)

    run(play())


def test_a_dead_store_is_asked_once_in_a_while() -> None:
    """However many keys are asked for; one probe ends the outage."""

    async def play() -> None:
        time, store = Clock(), AsyncStore("known", "good")
        cache = AsyncCachedStore(store, clock=time, retry_after=1, ttl=3_600)
        await cache.afind("known")
        store.asked.clear()
        store.is_down = True
        refused = [await refuses(cache, str(each)) for each in range(50)]
        for each in range(100):
            time.now += 0.1
            refused.append(await refuses(cache, f"later-{each}"))
        assert all(refused)
        assert len(store.asked) <= 3 + 10
        assert await cache.afind("known")
        store.is_down = False
        time.now += 1
        assert await cache.afind("good")
        assert await cache.afind("other") == ()

    run(play())


def test_those_who_wait_for_a_turn_do_not_ask_a_dead_store() -> None:
    """They were let in before it was known."""

    async def play() -> None:
        store = AsyncStore()
        store.is_down = True
        cache = AsyncCachedStore(store, max_lookups=3, timeout=PATIENCE)
        flood = [refuses(cache, str(each)) for each in range(100)]
        assert all(await asyncio.gather(*flood))
        assert len(store.asked) == 3

    run(play())


def test_a_look_up_that_takes_too_long_is_cancelled() -> None:
    """Its turn is another one's; other keys are served meanwhile."""

    async def play() -> None:
        store = AsyncStore("good")
        store.hold("slow")
        cache = AsyncCachedStore(store, timeout=BRIEFLY)
        slow = soon(cache, "slow")
        await store.wait()
        assert await cache.afind("good")
        with pytest.raises(Unavailable):
            await slow
        await cache.aclose()
        assert store.cancelled == ["slow"]

    run(play())


def test_a_slow_store_serves_what_is_stale() -> None:
    """Where that was asked for."""

    async def play() -> None:
        time, store = Clock(), AsyncStore(KEY)
        cache = AsyncCachedStore(
            store, clock=time, timeout=BRIEFLY, ttl=60, stale_if_error=30
        )
        await cache.afind(KEY)
        store.hold(KEY)
        time.now += 60
        assert await cache.afind(KEY)

    run(play())


def test_a_store_that_raises_cancellation_leaves_nobody_waiting() -> None:
    """Some library cancelled itself; that is no shutdown of ours."""

    async def play() -> None:
        store = AsyncStore(KEY)
        store.error, store.broken = asyncio.CancelledError(), {KEY}
        cache = AsyncCachedStore(store, timeout=PATIENCE)
        assert await refuses(cache, KEY)
        store.broken = set()
        assert await cache.afind(KEY)

    run(play())


# Its end


def test_a_closed_cache_asks_no_more() -> None:
    """What it remembers is served, and who waits already gets an answer."""

    async def play() -> None:
        store = AsyncStore(KEY, "slow")
        cache = AsyncCachedStore(store, max_lookups=1, timeout=PATIENCE)
        await cache.afind(KEY)
        await store.wait()
        go = store.hold("slow")
        slow = soon(cache, "slow")
        await store.wait()
        waiting = asyncio.create_task(refuses(cache, "waiting"))
        await asyncio.wait([waiting], timeout=0)
        closing = asyncio.create_task(cache.aclose())
        await asyncio.wait([closing], timeout=0)
        assert not closing.done()
        go.set()
        await closing
        assert await slow == store.rows["slow"]
        assert await waiting
        assert await cache.afind(KEY)
        assert await refuses(cache, "other")
        await cache.aclose()

    run(play())
