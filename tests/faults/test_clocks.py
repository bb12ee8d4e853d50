from random import Random

import pytest

from jwtgate import Gate, Reason
from tests.faults.apps import app_of, assert_served
from tests.faults.sites import Hands, Site, main_engines
from tests.kit import NOW

HOUR = 3600.0


@pytest.mark.parametrize("step", [HOUR, -HOUR], ids=["forward", "back"])
@main_engines
def test_the_wall_clock_steps(site: Site, step: float) -> None:
    """Tokens are judged by it anew each time; what is cached does not age by it."""
    key = site.add()
    wall = Hands(NOW)
    cache = site.cache(store := site.store())
    gate = Gate(cache, clock=wall)
    with app_of(gate, site.engine.kind, cache, store) as app:
        assert_served(app.ask(key), key)
        wall.now += step
        got = app.ask(key)
        if step > 0:
            assert got.outcome.reason is Reason.TOKEN_EXPIRED
        else:
            assert_served(got, key)
        wall.now -= step
        assert_served(app.ask(key), key)


@pytest.mark.parametrize("step", [HOUR, -HOUR], ids=["forward", "back"])
@main_engines
def test_the_clock_of_a_cache_steps(site: Site, step: float) -> None:
    """It should not; if it does, nothing fails."""
    key, other = site.add(), site.add()
    with site.cached(ttl=60) as app:
        assert_served(app.ask(key), key)
        site.hands.now += step
        assert_served(app.ask(key), key)
        assert_served(app.ask(other), other)


@main_engines
def test_a_clock_that_jumps_with_each_reading(site: Site) -> None:
    """By up to an hour: every request is served, while the store is well."""
    keys = [site.add() for _ in range(5)]
    jumps = Random(site.engine.url)  # noqa: S311 - no secret

    def jumping() -> float:
        return jumps.uniform(0, HOUR)

    with site.cached(ttl=60, clock=jumping) as app:
        for key in keys * 20:
            assert_served(app.ask(key), key)


@main_engines
def test_an_outage_ends_though_the_clock_was_set_back(site: Site) -> None:
    """A failure that seems to lie ahead is not waited for."""
    key = site.add()
    with site.cached(retry_after=1.0) as app:
        site.server.kill()
        assert app.ask(key).status == 503
        site.server.start()
        site.hands.now -= HOUR
        assert_served(app.ask(key), key)
