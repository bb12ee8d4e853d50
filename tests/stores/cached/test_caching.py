import copy
import pickle
from functools import partial
from typing import Any

import pytest

from jwtgate import ConfigurationError, Consumer
from jwtgate.stores.cached import AsyncCachedStore, CachedStore
from jwtgate.stores.cached.caching import CacheState
from jwtgate.stores.chain import ChainStore
from jwtgate.stores.changes import EVERYTHING, Change
from jwtgate.stores.jwks import JWKSStore
from tests.kit import SECRET, make_store
from tests.stores.cached.fakes import (
    AsyncStore,
    Clock,
    Store,
    StoreOfConsumers,
    aside,
    eventually,
    is_refused,
)

JACK = Consumer(username="jack")


def cached(**limits: Any) -> tuple[StoreOfConsumers, CachedStore]:
    """Make a store with two keys and a consumer, all of them in its cache."""
    store = StoreOfConsumers("a", "b")
    store.consumers["jack"] = JACK
    cache = CachedStore(store, **limits)
    look(cache)
    store.asked.clear()
    store.names_asked.clear()
    return store, cache


def look(cache: CachedStore) -> None:
    """Look up everything."""
    for key in ("a", "b", "unknown"):
        cache.find(key)
    cache.find_consumer("jack")


def asked_again(store: StoreOfConsumers, cache: CachedStore) -> set[str]:
    """Look up everything; tell what the store was asked for."""
    look(cache)
    return {key for key, _ in store.asked} | set(store.names_asked)


@pytest.mark.parametrize(
    ("change", "forgotten"),
    [
        (Change(), set()),
        (Change(keys=("a",)), {"a"}),
        (Change(keys=("a", "unknown", "never-seen")), {"a", "unknown"}),
        (Change(consumers=True), {"jack"}),
        (EVERYTHING, {"a", "b", "unknown", "jack"}),
    ],
    ids=["nothing", "key", "keys", "consumers", "everything"],
)
def test_what_changed_is_forgotten(change: Change, forgotten: set[str]) -> None:
    """And nothing else."""
    store, cache = cached()
    cache.apply(change)
    assert asked_again(store, cache) == forgotten


def test_a_key_is_invalidated() -> None:
    """As by a change of it."""
    store, cache = cached()
    cache.invalidate("a")
    assert asked_again(store, cache) == {"a"}


def test_everything_is_cleared() -> None:
    """Consumers, too."""
    store, cache = cached()
    cache.clear()
    assert asked_again(store, cache) == {"a", "b", "unknown", "jack"}


def test_a_deleted_credential_stops_at_once_when_it_is_invalidated() -> None:
    """Even if the store fails now, and stale entries may be served."""
    store, cache = cached(stale_if_error=3_600)
    cache.invalidate("a")
    store.is_down = True
    with pytest.raises(Exception, match="store_unavailable"):
        cache.find("a")


def test_in_doubt_the_store_is_asked_for_everything() -> None:
    """Changes may have been missed."""
    store, cache = cached()
    cache.doubt()
    assert asked_again(store, cache) == {"a", "b", "unknown", "jack"}


def test_in_doubt_a_store_that_fails_takes_nothing_down() -> None:
    """Known credentials are served for their time, whatever the store does."""
    clock = Clock()
    store, cache = cached(clock=clock, ttl=60)
    cache.doubt()
    store.is_down = True
    assert cache.find("a") == store.rows["a"]
    assert cache.find_consumer("jack") == JACK
    clock.now += 60
    with pytest.raises(Exception, match="store_unavailable"):
        cache.find("a")


def test_repr_shows_how_full_it_is() -> None:
    """No key and no secret."""
    _, cache = cached(max_entries=7, max_unknown=9)
    assert repr(cache) == (
        "<CachedStore known=2/7 unknown=1/9 lookups=0/8 waiting=0/1000>"
    )
    assert SECRET not in repr(cache)


def test_state_counts_what_it_holds() -> None:
    """Each kind apart, as each has its bounds."""
    _, cache = cached()
    cache.find_consumer("nobody")
    assert cache.state == CacheState(
        keys=2,
        unknown_keys=1,
        consumers=1,
        unknown_consumers=1,
        lookups=0,
        waiting=0,
        is_down=False,
    )


def test_state_counts_who_waits() -> None:
    """Two requests wait for one look-up."""
    store = Store("a")
    cache = CachedStore(store, timeout=30)
    let_go = store.hold("a")
    with aside(2) as call:
        asked = [call(cache.find, "a") for _ in range(2)]
        eventually(lambda: cache.state.waiting == 2)
        assert cache.state.lookups == 1
        let_go.set()
        assert [each.result() for each in asked] == [store.rows["a"]] * 2
    assert cache.state.waiting == 0


def test_state_tells_that_the_store_is_down_until_it_answers() -> None:
    """One key that fails does not make an outage."""
    clock = Clock()
    store = Store("a")
    cache = CachedStore(store, clock=clock, retry_after=1)
    store.is_down = True
    told = []
    for key in ("a", "b", "c"):
        assert is_refused(partial(cache.find, key))
        told.append(cache.state.is_down)
    store.is_down = False
    clock.now += 1
    cache.find("a")
    assert [*told, cache.state.is_down] == [False, False, True, False]


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
@pytest.mark.parametrize(
    "cache", [CachedStore(Store()), AsyncCachedStore(AsyncStore())], ids=repr
)
def test_a_cache_cannot_be_pickled(cache: Any, act: Any) -> None:
    """Secrets do not leave the process, and locks cannot."""
    with pytest.raises(TypeError, match="pickled"):
        act(cache)


@pytest.mark.parametrize(
    ("make", "store"),
    [(CachedStore, Store()), (AsyncCachedStore, AsyncStore())],
    ids=["sync", "async"],
)
def test_a_bound_that_cannot_work_is_refused(make: Any, store: Any) -> None:
    """When it is made."""
    with pytest.raises(ConfigurationError, match="ttl"):
        make(store, ttl=-1)


def jwks() -> JWKSStore:
    """Make the store of a provider that nobody asks."""
    return JWKSStore(issuer="https://idp.example", audience=["api"])


@pytest.mark.parametrize("make", [CachedStore, AsyncCachedStore])
def test_a_url_is_no_store(make: Any) -> None:
    """Though it has a method ``find``."""
    with pytest.raises(ConfigurationError, match="a str is no store"):
        make("postgresql+psycopg://localhost/shop")


@pytest.mark.parametrize("make", [CachedStore, AsyncCachedStore])
@pytest.mark.parametrize(
    "answering",
    [
        jwks,
        lambda: ChainStore(make_store(), jwks()),
        lambda: ChainStore(ChainStore(jwks()), make_store()),
    ],
    ids=["jwks", "chain", "chain in a chain"],
)
def test_a_store_that_answers_by_kid_is_refused(make: Any, answering: Any) -> None:
    """The attack is a token of a provider's old key, when it has five keys or more.

    A cache asks for a key without a kid, is given the first four, and never learns of
    new ones: good tokens would be refused.
    """
    with pytest.raises(ConfigurationError, match="inside the chain"):
        make(answering())


def test_a_cache_inside_a_chain_leaves_the_kid_to_others() -> None:
    """As the error says."""
    store = Store("a")
    chain = ChainStore(CachedStore(store), jwks())
    assert chain.find("a", "kid") == store.rows["a"]
    assert chain.answers_by_kid
