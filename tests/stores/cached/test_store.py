import logging
import multiprocessing
import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from threading import Barrier, Event, Thread
from threading import enumerate as threads
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from jwtgate import (
    ConfigurationError,
    Denied,
    Gate,
    Policy,
    Reason,
    RequestView,
    UnusableCredential,
    authenticate,
    in_thread,
)
from jwtgate.errors import Unavailable
from jwtgate.store import ConsumerStore, CredentialStore
from jwtgate.stores.cached import CachedStore
from jwtgate.wsgi import JWTGateMiddleware
from tests.kit import KEY, clock, credential, jack, make_store, mint
from tests.stores.cached.fakes import (
    BRIEFLY,
    PATIENCE,
    AsyncStore,
    Clock,
    Store,
    StoreOfConsumers,
    aside,
    eventually,
    is_refused,
    threads_end,
    threads_named,
)

NAME = "jwtgate-cache"
BEARER = [(b"authorization", b"Bearer " + mint().encode())]


MADE: list[CachedStore] = []
"""The caches of a test."""


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """Close the caches of a test: the records of its log would hold them."""
    yield
    for cache in MADE:
        cache.close()
    MADE.clear()
    threads_end(NAME)


def cached(store: Any, **fields: Any) -> CachedStore:
    """Make a cache that is closed with the test."""
    MADE.append(CachedStore(store, **fields))
    return MADE[-1]


def refuses(cache: CachedStore, key: str) -> bool:
    """Whether a look-up is refused."""
    return is_refused(lambda: cache.find(key))


class Ear:
    """A listener that hears nothing."""

    def __init__(self) -> None:
        self.listens = Event()

    def listen(self) -> Iterator[str | None]:
        """Give silence."""
        pause = Event()
        while True:
            self.listens.set()
            yield None
            pause.wait(0.01)


# What is remembered


def test_a_key_is_asked_for_once() -> None:
    """Then it is remembered, for every kid."""
    store = Store(KEY)
    cache = cached(store)
    assert cache.find(KEY, "a") == cache.find(KEY, "b") == store.rows[KEY]
    assert store.asked == [(KEY, None)]


def test_what_was_found_cannot_change() -> None:
    """A store may give a list that it goes on with."""
    store = Store()
    rows = store.rows[KEY] = [credential()]
    cache = cached(store)
    cache.find(KEY)
    rows.clear()
    assert cache.find(KEY) == (credential(),)


def test_a_deleted_credential_stops_within_the_ttl() -> None:
    """That is what the page of settings says."""
    time, store = Clock(), Store(KEY)
    cache = cached(store, clock=time, ttl=60)
    cache.find(KEY)
    del store.rows[KEY]
    time.now += 59.9
    assert cache.find(KEY)
    time.now += 0.1
    assert cache.find(KEY) == ()


def test_a_slow_look_up_does_not_stretch_the_ttl() -> None:
    """Its rows may have been read when it began."""
    time, store = Clock(), Store(KEY)
    store.meanwhile = lambda: setattr(time, "now", time.now + 20)
    cache = cached(store, clock=time, ttl=60)
    cache.find(KEY)
    time.now += 40
    cache.find(KEY)
    assert store.times(KEY) == 2


def test_an_unknown_key_is_remembered_for_less() -> None:
    """A new credential works soon."""
    time, store = Clock(), Store()
    cache = cached(store, clock=time, negative_ttl=5)
    assert cache.find(KEY) == cache.find(KEY) == ()
    assert store.times(KEY) == 1
    store.rows[KEY] = (credential(),)
    time.now += 5
    assert cache.find(KEY)


@pytest.mark.parametrize(
    "row", [UnusableCredential(key=KEY, why="broken"), "junk"], ids=["unusable", "junk"]
)
def test_a_row_that_is_mended_is_seen_soon(row: Any) -> None:
    """It is remembered as briefly as an unknown key."""
    time, store = Clock(), Store()
    store.rows[KEY] = (row,)
    cache = cached(store, clock=time, negative_ttl=5)
    assert cache.find(KEY) == cache.find(KEY) == (row,)
    store.rows[KEY] = (credential(),)
    time.now += 5
    assert cache.find(KEY) == (credential(),)


def test_a_flood_of_unknown_keys_asks_once_for_each() -> None:
    """It takes no more room than it is given, and no known key is forgotten for it."""
    store = Store(KEY)
    cache = cached(store, ttl=3_600, max_unknown=300)
    cache.find(KEY)
    for each in range(3_000):
        cache.find(f"made-up-{each}")
    assert len(store.asked) == 3_001
    assert cache.find(KEY)
    assert len(store.asked) == 3_001
    assert repr(cache).startswith("<CachedStore known=1/10000 unknown=")
    assert int(repr(cache).split("=")[2].split("/")[0]) <= 300


def test_a_clock_that_goes_back_and_forth_does_no_harm() -> None:
    """An hour, or at each reading."""
    store, times = Store(KEY), random.Random(7)  # noqa: S311 - not for secrets
    cache = cached(store, clock=lambda: times.uniform(-3_600, 3_600))
    assert all(cache.find(KEY) for _ in range(100))
    assert all(cache.find("nobody") == () for _ in range(100))


# Consumers


def test_consumers_are_found_where_the_store_finds_them() -> None:
    """Once each, and unknown ones, too."""
    store = StoreOfConsumers()
    store.consumers["jack"] = jack()
    cache = cached(store)
    assert isinstance(cache, ConsumerStore)
    for _ in range(2):
        assert cache.find_consumer("jack") == jack()
        assert cache.find_consumer("nobody") is None
    assert store.names_asked == ["jack", "nobody"]


def test_consumers_are_not_found_where_the_store_does_not() -> None:
    """A mount tells that, not a request."""
    cache: Any = cached(Store())
    assert isinstance(cache, CredentialStore)
    assert not isinstance(cache, ConsumerStore)
    gate = Gate(cache, Policy(anonymous="guest"))
    with pytest.raises(ConfigurationError, match="find_consumer"):
        JWTGateMiddleware(lambda *_: [], gate)


def test_a_consumer_is_no_credential_of_its_name() -> None:
    """They are kept apart."""
    store = StoreOfConsumers("jack")
    store.consumers["jack"] = jack()
    cache = cached(store)
    assert cache.find_consumer("jack") == jack()
    assert cache.find("jack") == store.rows["jack"]


# What it takes


def test_an_asynchronous_store_is_refused() -> None:
    """There is another cache for it."""
    store: Any = AsyncStore()
    with pytest.raises(ConfigurationError, match="find"):
        cached(store)


def test_a_gate_over_it_authenticates() -> None:
    """From end to end, and through threads for an event loop."""
    store = make_store()
    store.create_consumer(username="jack")
    made = store.create_credential("jack", key=KEY)
    cache = cached(store)
    request = RequestView("GET", headers=BEARER)
    outcome = authenticate(Gate(cache, clock=clock), request)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.SIGNATURE_INVALID
    assert in_thread(cache).find(KEY) == (made,)


def test_context_variables_reach_the_store() -> None:
    """Of traces, as in the caller's own thread."""
    trace = ContextVar("trace", default="none")
    seen: list[str] = []
    store = Store()
    store.meanwhile = lambda: seen.append(trace.get())
    token = trace.set("one")
    cached(store).find(KEY)
    trace.reset(token)
    assert seen == ["one"]


# One look-up for all who wait


def test_many_threads_ask_the_store_once() -> None:
    """However many come while it answers."""
    store, barrier = Store(KEY), Barrier(32)
    go = store.hold(KEY)
    cache = cached(store, timeout=PATIENCE)

    def come() -> Any:
        barrier.wait(PATIENCE)
        return cache.find(KEY)

    with aside(32) as call:
        coming = [call(come) for _ in range(32)]
        store.wait()
        go.set()
        assert {each.result(PATIENCE) for each in coming} == {store.rows[KEY]}
    assert store.times(KEY) == 1


def test_no_more_look_ups_run_at_once_than_are_allowed() -> None:
    """The others have their turn."""
    store = Store()
    cache = cached(store, max_lookups=2, timeout=PATIENCE)
    with aside(16) as call:
        coming = [call(cache.find, str(each)) for each in range(64)]
        assert all(each.result(PATIENCE) == () for each in coming)
    assert store.most_inside <= 2
    assert threads_named(NAME) <= 2


def test_one_who_waits_too_many_is_refused_at_once() -> None:
    """Requests do not pile up before a slow store; what is remembered is served."""
    store = Store("known")
    cache = cached(store, max_waiting=1, timeout=PATIENCE)
    cache.find("known")
    store.wait()
    go = store.hold("slow")
    with aside() as call:
        slow = call(cache.find, "slow")
        store.wait()
        assert refuses(cache, "slow")
        assert refuses(cache, "other")
        assert cache.find("known")
        go.set()
        assert slow.result(PATIENCE) == ()


# Changes while a look-up is on its way


@pytest.mark.parametrize("forget", ["invalidate", "clear", "doubt"])
def test_what_was_read_before_a_change_is_not_served_after_it(forget: str) -> None:
    """Only to those who waited already; it is not kept either."""
    store = Store(KEY)
    before = store.rows[KEY]
    go = store.hold(KEY)
    cache = cached(store, timeout=PATIENCE)
    with aside() as call:
        early = call(cache.find, KEY)
        store.wait()
        del store.held[KEY]
        store.rows[KEY] = after = (credential(id="new"),)
        if forget == "invalidate":
            cache.invalidate(KEY)
        else:
            getattr(cache, forget)()
        assert cache.find(KEY) == after
        go.set()
        assert early.result(PATIENCE) == before
    assert cache.find(KEY) == after


def test_a_change_of_another_key_does_not_matter() -> None:
    """What is on its way is kept."""
    store = Store(KEY)
    go = store.hold(KEY)
    cache = cached(store, timeout=PATIENCE)
    with aside() as call:
        early = call(cache.find, KEY)
        store.wait()
        cache.invalidate("other")
        go.set()
        early.result(PATIENCE)
    cache.find(KEY)
    assert store.times(KEY) == 1


def test_threads_and_changes_mix_up_no_keys() -> None:
    """Each key finds its own credentials, whatever is forgotten meanwhile."""
    keys = [f"key-{each}" for each in range(20)]
    store = Store(*keys)
    cache = cached(store, max_entries=10, timeout=PATIENCE, max_lookups=4)

    def work(seed: int) -> bool:
        chance = random.Random(seed)  # noqa: S311 - not for secrets
        found = []
        for _ in range(100):
            key = chance.choice(keys)
            if chance.random() < 0.1:
                cache.invalidate(key)
            if chance.random() < 0.02:
                cache.clear()
            found.append(cache.find(key) == store.rows[key])
        return all(found)

    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(work, range(32)))


# A store that fails


def test_a_store_that_fails_is_never_an_unknown_key() -> None:
    """A 401 makes clients throw good tokens away."""
    time, store = Clock(), Store(KEY)
    cache = cached(store, clock=time)
    store.is_down = True
    with pytest.raises(Unavailable) as caught:
        cache.find(KEY)
    assert caught.value.reason is Reason.STORE_UNAVAILABLE
    store.is_down = False
    time.now += 1
    assert cache.find(KEY)


def test_a_gate_answers_503_and_the_log_tells_it_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not once for each request."""
    store = Store(KEY)
    store.is_down = True
    gate = Gate(cached(store), clock=clock)
    for _ in range(10):
        outcome = authenticate(gate, RequestView("GET", headers=BEARER))
        assert isinstance(outcome, Denied)
        assert outcome.status == 503
    assert [bool(each.exc_info) for each in caplog.records] == [True] + [False] * 10
    assert "gone" in caplog.text
    assert store.times(KEY) == 1


def test_one_broken_key_does_not_take_others_down() -> None:
    """However often it is asked for."""
    time, store = Clock(), Store("good")
    store.broken = {"broken"}
    cache = cached(store, clock=time, ttl=0)
    for _ in range(10):
        assert refuses(cache, "broken")
        assert cache.find("good")
        time.now += 1


def test_a_dead_store_is_asked_once_in_a_while() -> None:
    """However many keys are asked for; one probe ends the outage."""
    time, store = Clock(), Store("good")
    store.is_down = True
    cache = cached(store, clock=time, retry_after=1)
    assert all(refuses(cache, str(each)) for each in range(50))
    assert len(store.asked) == 3
    for each in range(100):
        time.now += 0.1
        assert refuses(cache, f"later-{each}")
    assert len(store.asked) <= 3 + 10
    store.is_down = False
    time.now += 1
    assert cache.find("good")
    assert cache.find("any") == cache.find("other") == ()


def test_those_who_wait_for_a_turn_do_not_ask_a_dead_store() -> None:
    """They were let in before it was known."""
    store = Store()
    store.is_down = True
    going = [store.hold(key) for key in "abc"]
    cache = cached(store, max_lookups=3, timeout=PATIENCE)
    with aside(10) as call:
        coming = [call(refuses, cache, key) for key in "abcdefghij"]
        eventually(lambda: "waiting=10/" in repr(cache))
        for go in going:
            go.set()
        assert all(each.result(PATIENCE) for each in coming)
    # Two had their turn when one or two had failed.
    assert len(store.asked) <= 5


def test_known_keys_are_served_whatever_the_store_does() -> None:
    """For their time."""
    store = Store(KEY)
    cache = cached(store, clock=Clock())
    cache.find(KEY)
    store.is_down = True
    assert all(refuses(cache, str(each)) for each in range(5))
    assert cache.find(KEY)


def test_a_stale_entry_is_served_for_a_bounded_time() -> None:
    """Where that was asked for, and only while the store fails."""
    time, store = Clock(), Store(KEY)
    cache = cached(store, clock=time, ttl=60, stale_if_error=30)
    cache.find(KEY)
    store.is_down = True
    time.now += 89
    assert cache.find(KEY)
    time.now += 1
    assert refuses(cache, KEY)


def test_no_entry_is_served_stale_unless_that_was_asked_for() -> None:
    """It delays revocation."""
    time, store = Clock(), Store(KEY)
    cache = cached(store, clock=time, ttl=60)
    cache.find(KEY)
    store.is_down = True
    time.now += 60
    assert refuses(cache, KEY)


def test_an_unknown_key_is_never_served_stale() -> None:
    """It may be known by now."""
    time, store = Clock(), Store()
    cache = cached(store, clock=time, negative_ttl=5, stale_if_error=30)
    cache.find(KEY)
    store.is_down = True
    time.now += 5
    assert refuses(cache, KEY)


@pytest.mark.parametrize("error", [StopIteration(), SystemExit(), TypeError()])
def test_whatever_a_store_raises_is_a_refusal(error: BaseException) -> None:
    """And its thread lives on."""
    time, store = Clock(), Store(KEY)
    store.error, store.broken = error, {"broken"}
    cache = cached(store, clock=time, max_lookups=1)
    assert refuses(cache, "broken")
    assert cache.find(KEY)


def test_a_store_that_gives_no_sequence_has_failed() -> None:
    """None is not an unknown key."""
    store: Any = Store()
    store.rows[KEY] = None
    assert refuses(cached(store), KEY)


def test_a_thread_that_cannot_start_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A limit of the system."""

    def fail(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    cache = cached(Store(KEY))
    with monkeypatch.context() as limited:
        limited.setattr(Thread, "start", fail)
        assert refuses(cache, KEY)


# A store that is slow


def test_a_store_that_hangs_is_not_waited_for() -> None:
    """Other keys are served meanwhile."""
    store = Store("good")
    go = store.hold("slow")
    cache = cached(store, timeout=BRIEFLY)
    assert refuses(cache, "slow")
    assert cache.find("good")
    go.set()


def test_a_key_that_hangs_takes_one_turn_only() -> None:
    """Though the while in which it is left alone is over."""
    time, store = Clock(), Store("good")
    go = store.hold("slow")
    cache = cached(store, clock=time, timeout=BRIEFLY, max_lookups=2)
    for _ in range(5):
        assert refuses(cache, "slow")
        time.now += 10
    assert store.times("slow") == 1
    assert cache.find("good")
    go.set()


def test_an_answer_that_comes_too_late_is_kept() -> None:
    """The next request is served."""
    store = Store("slow")
    go = store.hold("slow")
    cache = cached(store, timeout=BRIEFLY)
    assert refuses(cache, "slow")
    go.set()
    eventually(lambda: not refuses(cache, "slow"))
    assert store.times("slow") == 1


def test_who_waits_in_vain_for_a_turn_does_not_blame_its_key() -> None:
    """It was never asked for, and is the next time."""
    store = Store("good")
    go = store.hold("slow")
    cache = cached(store, timeout=BRIEFLY, max_lookups=1)
    assert refuses(cache, "slow")
    assert refuses(cache, "good")
    assert store.times("good") == 0
    go.set()
    eventually(lambda: not refuses(cache, "good"))


def test_a_slow_store_serves_what_is_stale() -> None:
    """Where that was asked for."""
    time, store = Clock(), Store(KEY)
    cache = cached(store, clock=time, timeout=BRIEFLY, ttl=60, stale_if_error=30)
    cache.find(KEY)
    go = store.hold(KEY)
    time.now += 60
    assert cache.find(KEY)
    go.set()


# Its end


def test_a_closed_cache_asks_no_more() -> None:
    """What it remembers is served; its threads end."""
    store = Store(KEY)
    cache = cached(store)
    cache.find(KEY)
    cache.close()
    cache.close()
    assert cache.find(KEY)
    assert refuses(cache, "other")
    threads_end(NAME)


def test_who_waits_as_a_cache_is_closed_is_answered() -> None:
    """Or refused, if it has not its turn yet."""
    store = Store("a")
    go = store.hold("a")
    cache = cached(store, timeout=PATIENCE, max_lookups=1)
    with aside(2) as call:
        running = call(cache.find, "a")
        store.wait()
        waiting = call(is_refused, lambda: cache.find("b"))
        cache.close()
        go.set()
        assert running.result(PATIENCE) == store.rows["a"]
        assert waiting.result(PATIENCE)


def test_nothing_runs_before_the_first_look_up() -> None:
    """A server may fork after it has imported the app."""
    cached(Store())
    assert threads_named(NAME) == 0


def test_its_threads_end_with_it() -> None:
    """Nobody needs to close it."""
    CachedStore(Store(KEY)).find(KEY)
    threads_end(NAME)


def test_what_is_made_anew_for_a_forked_process_works() -> None:
    """Here as there."""
    store = Store("known", "new")
    ear: Any = Ear()
    cache = cached(store, listener=ear)
    cache.find("known")
    old = [each for each in threads() if each.name == NAME]
    cache.after_fork()
    assert cache.find("new")
    assert [each for each in threads() if each.name == NAME] != old


@pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork"
)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_threads_and_locks_of_its_own() -> None:
    """Its parent's were in use, all of them; what it remembered is there."""
    store = Store("known", "new")
    cache = cached(store, timeout=PATIENCE, max_lookups=1)
    cache.find("known")
    store.wait()
    go = store.hold("slow")
    with aside() as call:
        slow = call(cache.find, "slow")
        store.wait()
        child = os.fork()
        if child == 0:
            store.is_down = True
            known = bool(cache.find("known"))
            store.is_down = False
            os._exit(0 if known and cache.find("new") else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        go.set()
        assert slow.result(PATIENCE) == ()


def test_a_listener_begins_with_the_first_look_up() -> None:
    """And ends with the cache."""
    ear: Any = Ear()
    cache = cached(Store(), listener=ear)
    assert not ear.listens.is_set()
    cache.find(KEY)
    assert ear.listens.wait(PATIENCE)
    cache.close()
    threads_end("jwtgate-listen")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_asks_for_what_it_inherited_and_listens() -> None:
    """What changed since the fork, it did not hear."""
    ear: Any = Ear()
    store = Store(KEY)
    cache = cached(store, listener=ear)
    eventually(lambda: ear.listens.is_set() or not cache.find(KEY))
    child = os.fork()
    if child == 0:
        ear.listens, store.rows = Event(), {}
        gone = cache.find(KEY) == ()
        os._exit(0 if gone and ear.listens.wait(PATIENCE) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    cache.close()


# Against a simple model

KEYS = st.sampled_from(["a", "b", "c", "d"])


class CacheMachine(RuleBasedStateMachine):
    """A cache of two known keys, whatever is done to its store and its time."""

    def __init__(self) -> None:
        super().__init__()
        logging.disable()
        self.time, self.store, self.number = Clock(), Store(), 0
        self.cache = cached(
            self.store, clock=self.time, max_entries=2, ttl=10, negative_ttl=2
        )
        # What a key had since it was last known to have changed, and until when.
        self.had: dict[str, list[tuple[float, Any]]] = {}

    def teardown(self) -> None:
        """Let the threads end."""
        self.cache.close()
        logging.disable(logging.NOTSET)

    def change(self, key: str, rows: Any) -> None:
        """Change what a key has."""
        old = self.store.rows.get(key, ())
        self.had.setdefault(key, []).append((self.time.now, old))
        self.store.rows[key] = rows

    @rule(key=KEYS)
    def put(self, key: str) -> None:
        """Give a key another credential."""
        self.number += 1
        self.change(key, (credential(key=key, id=str(self.number)),))

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        """Take a key its credentials."""
        self.change(key, ())

    @rule(key=KEYS)
    def invalidate(self, key: str) -> None:
        """Tell of a change."""
        self.cache.invalidate(key)
        self.had.pop(key, None)

    @rule()
    def clear(self) -> None:
        """Tell of any change."""
        self.cache.clear()
        self.had.clear()

    @rule(seconds=st.sampled_from([0.5, 1.0, 2.0, 9.0, 10.0]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time.now += seconds

    @rule(is_down=st.booleans())
    def fail(self, *, is_down: bool) -> None:
        """Take the store down, or up."""
        self.store.is_down = is_down

    @rule(key=KEYS)
    def find(self, key: str) -> None:
        """Find what there is, or was a short time ago, or nothing is answered."""
        try:
            found = self.cache.find(key)
        except Unavailable:
            return
        allowed = [self.store.rows.get(key, ())]
        for changed_at, rows in self.had.get(key, ()):
            if self.time.now - changed_at < (10 if rows else 2):
                allowed.append(rows)
        assert found in allowed

    @invariant()
    def is_bounded(self) -> None:
        """There are never more entries than may be."""
        assert int(repr(self.cache).split("=")[1].split("/")[0]) <= 2


TestCacheMachine = CacheMachine.TestCase
TestCacheMachine.settings = settings(max_examples=40, stateful_step_count=30)
