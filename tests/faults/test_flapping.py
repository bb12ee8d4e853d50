from tests.faults.apps import assert_served, assert_unavailable
from tests.faults.sites import Site, every_engine, main_engines
from tests.proxy import Proxy

TTL = 60.0
STALE = 30.0
RETRY_AFTER = 1.0


@every_engine()
def test_a_store_that_comes_and_goes(site: Site, network: Proxy) -> None:
    """Each time it is back, the first probe is served."""
    key = site.add()
    with site.cached(network.port, ttl=TTL, retry_after=RETRY_AFTER) as app:
        for _ in range(3):
            assert_served(app.ask(key), key)
            network.refuse()
            site.hands.now += TTL
            assert_unavailable(app.ask(key))
            network.accept()
            assert_unavailable(app.ask(key))
            site.hands.now += RETRY_AFTER


@main_engines
def test_what_is_stale_is_served_for_as_long_as_was_said(
    site: Site, network: Proxy
) -> None:
    """And no longer: it delays revocation by as much."""
    key = site.add()
    with site.cached(network.port, ttl=TTL, stale_if_error=STALE) as app:
        assert_served(app.ask(key), key)
        network.refuse()
        site.hands.now += TTL + STALE - 0.1
        assert_served(app.ask(key), key)
        site.hands.now += 0.1
        assert_unavailable(app.ask(key))


@main_engines
def test_a_consumer_deleted_meanwhile_is_gone_with_the_first_answer(
    site: Site, network: Proxy
) -> None:
    """What is stale is served only while the store fails."""
    key = site.add()
    limits = {"ttl": TTL, "stale_if_error": STALE, "retry_after": RETRY_AFTER}
    with site.cached(network.port, **limits) as app:
        assert_served(app.ask(key), key)
        site.manager.delete_consumer(key)
        network.refuse()
        site.hands.now += TTL
        assert_served(app.ask(key), key)
        network.accept()
        site.hands.now += RETRY_AFTER
        assert app.ask(key).status == 401


@main_engines
def test_a_dead_store_is_not_asked_for_each_request(site: Site, network: Proxy) -> None:
    """It is asked for a few, then it counts as down, until one probe."""
    keys = [site.add() for _ in range(40)]
    with site.cached(network.port, retry_after=RETRY_AFTER) as app:
        network.cut(0)
        for key in keys[:20]:
            assert_unavailable(app.ask(key))
        # Three look-ups failed, each of which may have tried twice.
        assert network.accepted <= 6
        before = network.accepted
        site.hands.now += RETRY_AFTER
        for key in keys[20:]:
            assert_unavailable(app.ask(key))
        assert network.accepted - before <= 2
