from tests.faults.apps import assert_served, assert_unavailable
from tests.faults.sites import Site, every_engine

RETRY_AFTER = 1.0
"""Seconds that a cache leaves a store alone which failed."""


@every_engine()
def test_what_is_known_and_fresh_is_served_while_the_server_is_dead(site: Site) -> None:
    """For all of its time; what is not known gets a 503."""
    known, other = site.add(), site.add()
    with site.cached(ttl=60) as app:
        assert_served(app.ask(known), known)
        site.server.kill()
        site.hands.now += 59
        assert_served(app.ask(known), known)
        assert_unavailable(app.ask(other))


@every_engine()
def test_a_server_that_died_is_used_again_with_the_first_probe(site: Site) -> None:
    """Once it is back and the pause is over, the first request is served."""
    keys = [site.add() for _ in range(4)]
    with site.cached(retry_after=RETRY_AFTER) as app:
        assert_served(app.ask(keys[0]), keys[0])
        site.server.kill()
        for key in keys[1:]:
            assert_unavailable(app.ask(key))
        site.server.start()
        site.hands.now += RETRY_AFTER
        assert_served(app.ask(keys[1]), keys[1])
        assert_served(app.ask(keys[2]), keys[2])


@every_engine()
def test_without_a_cache_a_dead_server_is_a_503(site: Site) -> None:
    """Each request asks; the first one after the server is back is served."""
    key = site.add()
    with site.direct() as app:
        assert_served(app.ask(key), key)
        site.server.kill()
        assert_unavailable(app.ask(key))
        site.server.start()
        assert_served(app.ask(key), key)


@every_engine()
def test_a_server_that_was_started_anew_between_requests_fails_none(site: Site) -> None:
    """Connections that died in the pool cost a second try, and no answer."""
    key = site.add()
    with site.direct() as app:
        assert_served(app.ask(key), key)
        site.server.restart()
        assert_served(app.ask(key), key)


@every_engine()
def test_a_server_that_is_dead_from_the_beginning(site: Site) -> None:
    """A process may start before its store does."""
    key = site.add()
    site.server.kill()
    with site.cached(retry_after=RETRY_AFTER) as app:
        assert_unavailable(app.ask(key))
        site.server.start()
        site.hands.now += RETRY_AFTER
        assert_served(app.ask(key), key)
