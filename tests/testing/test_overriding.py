import pytest

from jwtgate import ConfigurationError, Gate, MemoryStore, Policy, Route
from jwtgate.denylists import MemoryDenylist
from jwtgate.testing import mint, overridden
from tests.kit import ListStore, clock, credential, make_gate, make_store
from tests.testing.test_clocks import passes


class BlockingStore:
    """A store that would block an event loop."""

    def find(self, key: str, kid: str | None = None) -> tuple[()]:
        """Find nothing."""
        raise AssertionError((key, kid))


def test_another_store_answers_in_the_block() -> None:
    """And the old one afterwards."""
    gate, store = make_gate(), make_store()
    store.create_credential(store.create_consumer(username="ann"), key="ann-key")
    with overridden(gate, store=store) as same:
        assert same is gate
        token = mint(gate, "ann")
        assert passes(gate, token)
    assert not passes(gate, token)


def test_another_policy_holds_in_the_block() -> None:
    """The store stays."""
    gate = make_gate()
    token = mint(gate, "jack-key")
    with overridden(gate, policy=Policy(audience=["here"])):
        assert not passes(gate, token)
        assert passes(gate, mint(gate, "jack-key"))
    assert passes(gate, token)


def test_routes_and_denylist_may_be_others() -> None:
    """Each by itself."""
    gate, denylist = make_gate(), MemoryDenylist()
    routes = [Route(path="/x", public=True)]
    with overridden(gate, routes=routes), overridden(gate, denylist=denylist):
        assert list(gate.settings.routes) == routes
        assert gate.settings.denylist is denylist
    assert not gate.settings.routes
    assert gate.settings.denylist is None


def test_the_settings_are_the_old_ones_however_the_block_ends() -> None:
    """Also if something else was put in their place meanwhile."""
    gate = make_gate()
    usual = gate.settings
    with (
        pytest.raises(LookupError),
        overridden(gate, policy=Policy(leeway=5)),
        overridden(gate, policy=Policy(leeway=6)),
    ):
        raise LookupError
    assert gate.settings is usual


def test_a_store_that_cannot_serve_there_is_an_error() -> None:
    """It is told at once, and the gate stays as it was."""
    gate = Gate(ListStore(credential()), clock=clock)
    gate.require_async()
    with (
        pytest.raises(ConfigurationError, match="in_thread"),
        overridden(gate, store=BlockingStore()),
    ):
        pass
    assert not isinstance(gate.store, MemoryStore | BlockingStore)
