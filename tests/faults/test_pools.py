from time import monotonic

from tests.faults.apps import assert_served, assert_unavailable
from tests.faults.sites import Site, main_engines
from tests.proxy import Proxy

MANY = 100
"""More than any pool has connections."""

BOUND = 6.0
"""Seconds: for a turn, for an answer, and for a busy machine."""


@main_engines
def test_more_look_ups_than_connections(site: Site, network: Proxy) -> None:
    """While nothing answers, each waits for a bounded time; later all is well."""
    key = site.add()
    with site.direct(network.port) as app:
        assert_served(app.ask(key), key)
        network.hold()
        begun = monotonic()
        waiting = [app.send(key) for _ in range(MANY)]
        for each in waiting:
            assert_unavailable(each.result())
        assert monotonic() - begun < BOUND
        network.release()
        for each in [app.send(key) for _ in range(MANY)]:
            assert_served(each.result(), key)


@main_engines
def test_connections_stay_few_under_a_crowd(site: Site, network: Proxy) -> None:
    """Whoever finds none free waits for one."""
    keys = [site.add() for _ in range(5)]
    with site.direct(network.port) as app:
        sent = [(key, app.send(key)) for key in keys * (MANY // 5)]
        for key, each in sent:
            assert_served(each.result(), key)
        assert network.accepted <= 20
