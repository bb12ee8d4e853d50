import pytest

from tests.faults.apps import assert_served, assert_unavailable
from tests.faults.sites import Site, every_engine
from tests.proxy import Proxy

cuts = pytest.mark.parametrize("after", [1, 40])
"""After how many octets of an answer the connection is reset."""


@cuts
@every_engine()
def test_a_connection_reset_in_the_middle_of_an_answer(
    site: Site, network: Proxy, after: int
) -> None:
    """Half an answer is none: never an unknown key, never another's credential."""
    key, other = site.add(), site.add()
    with site.direct(network.port) as app:
        assert_served(app.ask(other), other)
        network.cut(after)
        assert_unavailable(app.ask(key))
        network.heal()
        assert_served(app.ask(key), key)


@every_engine()
def test_half_an_answer_does_not_enter_the_cache(site: Site, network: Proxy) -> None:
    """Neither as the credential nor as an unknown key."""
    key, other = site.add(), site.add()
    with site.cached(network.port, retry_after=1.0) as app:
        assert_served(app.ask(other), other)
        network.cut(7)
        assert_unavailable(app.ask(key))
        network.heal()
        site.hands.now += 1.0
        assert_served(app.ask(key), key)


@every_engine()
def test_a_connection_reset_between_requests_fails_none(
    site: Site, network: Proxy
) -> None:
    """A firewall forgets idle connections; the look-up is made on another one."""
    key = site.add()
    with site.direct(network.port) as app:
        for _ in range(3):
            assert_served(app.ask(key), key)
            network.reset()
        assert_served(app.ask(key), key)
