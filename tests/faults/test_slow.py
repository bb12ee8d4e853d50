from time import monotonic

from jwtgate import in_thread
from jwtgate.stores.cached import AsyncCachedStore
from tests.counting.redisserver import PATIENCE, wait_until
from tests.faults.apps import app_of, assert_served, assert_unavailable
from tests.faults.sites import Site, every_engine, main_engines
from tests.proxy import Proxy

TIMEOUT = 0.3
MARGIN = 1.5
"""Seconds that a busy machine may add."""

OWN_TIMEOUT = 2.0
"""Seconds after which the stores give up by themselves, whatever they do twice."""


@every_engine()
def test_a_server_that_hangs_delays_a_request_for_the_timeout(site: Site) -> None:
    """It is frozen (SIGSTOP): connections stay, and nothing answers."""
    known, other = site.add(), site.add()
    with site.cached(timeout=TIMEOUT, retry_after=1.0) as app:
        assert_served(app.ask(known), known)
        site.server.freeze()
        begun = monotonic()
        assert_unavailable(app.ask(other))
        assert monotonic() - begun < TIMEOUT + MARGIN
        assert_served(app.ask(known), known)
        site.server.thaw()
        site.hands.now += 1.0
        wait_until(lambda: app.ask(other).status == 200)


@every_engine()
def test_without_a_cache_the_timeouts_of_the_store_hold(site: Site) -> None:
    """A server that hangs holds no request for longer."""
    key = site.add()
    with site.direct() as app:
        assert_served(app.ask(key), key)
        site.server.freeze()
        begun = monotonic()
        assert_unavailable(app.ask(key))
        assert monotonic() - begun < OWN_TIMEOUT + MARGIN
        site.server.thaw()
        assert_served(app.ask(key), key)


@main_engines
def test_a_server_that_never_greets_is_given_up(site: Site, network: Proxy) -> None:
    """Connecting has a timeout, too."""
    key = site.add()
    network.hold()
    with site.direct(network.port) as app:
        begun = monotonic()
        assert_unavailable(app.ask(key))
        assert monotonic() - begun < OWN_TIMEOUT + MARGIN
        network.release()
        assert_served(app.ask(key), key)


@main_engines
def test_what_is_known_is_served_while_others_wait(site: Site, network: Proxy) -> None:
    """A slow store delays those who need it, nobody else."""
    known, *slow = (site.add() for _ in range(20))
    with site.cached(network.port) as app:
        assert_served(app.ask(known), known)
        network.hold()
        waiting = [app.send(key) for key in slow]
        for _ in range(20):
            assert_served(app.ask(known), known)
        assert not any(each.done() for each in waiting)
        network.release()
        for key, each in zip(slow, waiting, strict=True):
            assert_served(each.result(), key)


@main_engines
def test_waiting_requests_are_bounded(site: Site, network: Proxy) -> None:
    """Those beyond are refused at once; those within are served when it answers."""
    keys = [site.add() for _ in range(20)]
    with site.cached(network.port, max_waiting=5, max_lookups=2) as app:
        network.hold()
        sent = {key: app.send(key) for key in keys}
        wait_until(lambda: sum(each.done() for each in sent.values()) == 15)
        refused = [each.result() for each in sent.values() if each.done()]
        network.release()
        for got in refused:
            assert_unavailable(got)
        served = [key for key, each in sent.items() if each.result().status == 200]
        assert len(served) == 5
        assert_served(app.ask(keys[0]), keys[0])


@every_engine("psycopg", "redis")
def test_a_synchronous_store_behind_an_asynchronous_cache(
    site: Site, network: Proxy
) -> None:
    """What is known is served in the loop, though all threads wait for the store."""
    known, *slow = (site.add() for _ in range(20))
    store = site.store(network.port)
    cache = AsyncCachedStore(in_thread(store), timeout=PATIENCE, clock=site.hands)
    with app_of(site.gate(cache), "asgi", cache) as app:
        assert_served(app.ask(known), known)
        network.hold()
        waiting = [app.send(key) for key in slow]
        assert_served(app.ask(known), known)
        assert not any(each.done() for each in waiting)
        network.release()
        for key, each in zip(slow, waiting, strict=True):
            assert_served(each.result(), key)
    store.close()
