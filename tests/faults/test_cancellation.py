from collections.abc import Callable

import pytest

from tests.counting.redisserver import PATIENCE
from tests.faults.apps import assert_served
from tests.faults.sites import Site, every_engine
from tests.proxy import Proxy

every_async_engine = every_engine("asyncpg", "asyncmy", "async redis")

# Who goes: the one for whom the store was asked first, those who came later, or most.
WHO: dict[str, Callable[[int], bool]] = {
    "the first": lambda number: number == 0,
    "the others": lambda number: 0 < number < 50,
    "all but one": lambda number: number != 42,
}


@pytest.mark.parametrize("goes", WHO.values(), ids=WHO)
@every_async_engine
def test_a_client_that_goes_takes_nobody_along(
    site: Site, network: Proxy, goes: Callable[[int], bool]
) -> None:
    """A hundred wait for one look-up; some of them are cancelled."""
    key, other = site.add(), site.add()
    with site.cached(network.port) as app:
        assert_served(app.ask(other), other)
        network.hold()
        waiting = [app.send(key) for _ in range(100)]
        app.settle()
        gone = [each for number, each in enumerate(waiting) if goes(number)]
        for each in gone:
            assert each.cancel()
        network.release()
        for each in waiting:
            if each not in gone:
                assert_served(each.result(PATIENCE), key)
        assert_served(app.ask(key), key)


@every_async_engine
def test_if_all_clients_go_the_next_one_is_served(site: Site, network: Proxy) -> None:
    """No look-up that nobody waits for is left to poison the key."""
    key = site.add()
    with site.cached(network.port) as app:
        network.hold()
        waiting = [app.send(key) for _ in range(10)]
        app.settle()
        for each in waiting:
            assert each.cancel()
        network.release()
        assert_served(app.ask(key), key)


@every_async_engine
def test_no_answer_reaches_the_request_of_another(site: Site, network: Proxy) -> None:
    """A look-up is cancelled between question and answer: who gets the answer?"""
    keys = [site.add() for _ in range(6)]
    with site.direct(network.port) as app:
        for _ in range(3):
            # At once, so that each has a connection of its own, which stays open.
            for key, each in [(key, app.send(key)) for key in keys]:
                assert_served(each.result(PATIENCE), key)
            network.hold()
            waiting = [app.send(key) for key in keys]
            kept = waiting.pop()
            app.settle()
            for each in waiting:
                assert each.cancel()
            network.release()
            assert_served(kept.result(PATIENCE), keys[-1])
