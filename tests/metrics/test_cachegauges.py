import asyncio
from functools import partial

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from jwtgate import Consumer
from jwtgate.metrics.cachegauges import CacheGauges
from jwtgate.stores.cached import AsyncCachedStore, CachedStore
from tests.kit import KEY, SECRET
from tests.stores.cached.fakes import AsyncStore, Store, StoreOfConsumers, is_refused


@pytest.fixture
def gauges() -> CacheGauges:
    """Gauges of no cache."""
    return CacheGauges()


@pytest.fixture
def registry(gauges: CacheGauges) -> CollectorRegistry:
    """A registry that has them."""
    registry = CollectorRegistry()
    registry.register(gauges)
    return registry


def samples(registry: CollectorRegistry) -> set[str]:
    """Give the lines of a scrape that are no comments."""
    lines = generate_latest(registry).decode().splitlines()
    return {line for line in lines if not line.startswith("#")}


def test_entries_are_shown_by_kind(
    gauges: CacheGauges, registry: CollectorRegistry
) -> None:
    """As each kind has a bound of its own."""
    store = StoreOfConsumers("a", "b")
    store.consumers["jack"] = Consumer(username="jack")
    cache = CachedStore(store)
    gauges.watch("sql", cache)
    for key in ("a", "b", "made-up"):
        cache.find(key)
    cache.find_consumer("jack")
    cache.find_consumer("nobody")
    assert samples(registry) == {
        'jwtgate_cache_entries{kind="keys",store="sql"} 2.0',
        'jwtgate_cache_entries{kind="unknown_keys",store="sql"} 1.0',
        'jwtgate_cache_entries{kind="consumers",store="sql"} 1.0',
        'jwtgate_cache_entries{kind="unknown_consumers",store="sql"} 1.0',
        'jwtgate_store_lookups{store="sql"} 0.0',
        'jwtgate_store_waiting{store="sql"} 0.0',
        'jwtgate_store_down{store="sql"} 0.0',
    }


def test_a_store_that_is_down_is_shown(
    gauges: CacheGauges, registry: CollectorRegistry
) -> None:
    """Each by its name."""
    down, up = Store(), Store()
    down.is_down = True
    cache = CachedStore(down)
    gauges.watch("down", cache)
    gauges.watch("up", CachedStore(up))
    assert all(is_refused(partial(cache.find, key)) for key in "abc")
    shown = [each for each in samples(registry) if "store_down" in each]
    assert sorted(shown) == [
        'jwtgate_store_down{store="down"} 1.0',
        'jwtgate_store_down{store="up"} 0.0',
    ]


def test_an_asynchronous_cache_is_shown(
    gauges: CacheGauges, registry: CollectorRegistry
) -> None:
    """In the same way; a scrape is in a thread of its own."""
    cache = AsyncCachedStore(AsyncStore("a"))
    gauges.watch("sql", cache)
    asyncio.run(cache.afind("a"))
    shown = samples(registry)
    assert 'jwtgate_cache_entries{kind="keys",store="sql"} 1.0' in shown


def test_a_scrape_asks_no_store(
    gauges: CacheGauges, registry: CollectorRegistry
) -> None:
    """One that hangs would hang the scrape as well."""
    store = Store("a")
    gauges.watch("sql", CachedStore(store))
    samples(registry)
    assert store.asked == []


def test_a_scrape_shows_no_key_and_no_secret(
    gauges: CacheGauges, registry: CollectorRegistry
) -> None:
    """Numbers, and the operator's name for the cache."""
    cache = CachedStore(Store(KEY))
    gauges.watch("sql", cache)
    cache.find(KEY)
    text = generate_latest(registry).decode()
    assert KEY not in text
    assert SECRET not in text


def test_a_cache_takes_the_place_of_another_one(
    gauges: CacheGauges, registry: CollectorRegistry
) -> None:
    """As after a reload, which makes new ones."""
    old, new = CachedStore(Store("a")), CachedStore(Store("a"))
    old.find("a")
    gauges.watch("sql", old)
    gauges.watch("sql", new)
    shown = samples(registry)
    assert 'jwtgate_cache_entries{kind="keys",store="sql"} 0.0' in shown
    assert len(shown) == 7


def test_one_gauge_can_be_asked_for(
    gauges: CacheGauges, registry: CollectorRegistry
) -> None:
    """By ``/metrics?name[]=jwtgate_store_down``, in any registry."""
    gauges.watch("sql", CachedStore(Store()))
    some = registry.restricted_registry(["jwtgate_store_down"])
    assert [metric.name for metric in some.collect()] == ["jwtgate_store_down"]
