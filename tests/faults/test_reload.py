from concurrent.futures import ThreadPoolExecutor
from threading import Event

from jwtgate import Gate, Policy
from jwtgate.settings import Settings
from tests.faults.apps import assert_served
from tests.faults.sites import Site, every_engine
from tests.kit import Sent, clock, mint, via_wsgi

THREADS = 32
REQUESTS = 40
"""Of each thread."""

PAUSE = 0.005
"""Seconds between two reloads."""


@every_engine("psycopg", "redis")
def test_a_reload_under_many_threads_mixes_up_no_consumers(site: Site) -> None:
    """Cache and store change all the time; each request is its own consumer's."""
    keys = [site.add() for _ in range(THREADS)]
    store = site.store()
    caches = [site.cache(store, max_lookups=2) for _ in range(3)]
    gate = Gate(caches[0], clock=clock)
    ended = Event()

    def reload() -> int:
        times = 0
        while not ended.wait(PAUSE):
            times += 1
            cache = caches[times % len(caches)]
            cache.clear()
            gate.replace(Settings(store=cache, policy=Policy()))
        return times

    def serve(key: str) -> None:
        sent = Sent.bearer(mint(iss=key))
        for _ in range(REQUESTS):
            assert_served(via_wsgi(gate, sent), key)

    with ThreadPoolExecutor(THREADS + 1) as threads:
        reloading = threads.submit(reload)
        try:
            list(threads.map(serve, keys))
        finally:
            ended.set()
        assert reloading.result() > 10
    for each in (*caches, store):
        each.close()
