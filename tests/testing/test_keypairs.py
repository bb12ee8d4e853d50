import asyncio

import pytest

from jwtgate import (
    Authenticated,
    ConfigurationError,
    Gate,
    InvalidKey,
    RequestView,
    Route,
    aauthenticate,
)
from jwtgate.stores.fixed import FixedStore
from jwtgate.testing import mint, with_keypair
from tests.kit import ListStore, clock, credential, jack, make_gate, private_pem
from tests.kit import mint as sign
from tests.testing.test_clocks import passes
from tests.testing.test_finding import AsyncStore

ES256 = credential(algorithm="ES256")
OWN = sign(algorithm="ES256")


@pytest.mark.parametrize("algorithm", ["RS256", "PS384", "ES512", "EdDSA"])
def test_tokens_can_be_made_for_a_public_key(algorithm: str) -> None:
    """In the block, without its private key."""
    gate = make_gate(credential(algorithm=algorithm))
    with with_keypair(gate, "jack-key") as known:
        assert known.key == "jack-key"
        token = mint(gate, "jack-key")
        assert passes(gate, token)
    assert not passes(gate, token)


def test_tokens_of_the_owner_are_refused_in_the_block() -> None:
    """And taken afterwards."""
    gate = make_gate(ES256)
    with with_keypair(gate, "jack-key"):
        assert not passes(gate, OWN)
    assert passes(gate, OWN)


def test_the_kit_forgets_it_with_the_block() -> None:
    """What it does not know, it cannot sign."""
    gate = make_gate(ES256)
    with with_keypair(gate, "jack-key"):
        pass
    with pytest.raises(InvalidKey, match="private key"):
        mint(gate, "jack-key")
    assert passes(gate, mint(gate, "jack-key", private_key=private_pem("ES256")))


def test_others_of_the_store_stay() -> None:
    """Other keys, another credential of the same key, and consumers."""
    ann = credential(key="ann-key", consumer=jack(username="ann"))
    second = credential(kid="2", secret="x" * 40)
    store = FixedStore([jack()], [ES256, second, ann])
    gate = Gate(store, clock=clock)
    with with_keypair(gate, ES256):
        assert passes(gate, mint(gate, "ann-key"))
        assert passes(gate, mint(gate, second))
        assert gate.store.find_consumer("jack") == jack()  # type: ignore[union-attr]


def test_the_store_of_a_route_is_changed_where_it_is() -> None:
    """The gate's own stays."""
    own, other = ListStore(ES256), ListStore()
    gate = Gate(other, routes=[Route(path="/x", store=own)], clock=clock)
    with with_keypair(gate, "jack-key"):
        assert gate.store is other
        assert gate.settings.routes[0].store is not own
        assert mint(gate, "jack-key")


def test_an_asynchronous_store_takes_it_for_a_credential() -> None:
    """Of which nobody has to be asked."""
    gate = Gate(AsyncStore(), clock=clock)
    with with_keypair(gate, ES256) as known:
        token = mint(gate, known)
        headers = [(b"authorization", b"Bearer " + token.encode())]
        view = RequestView("GET", headers=headers)
        outcome = asyncio.run(aauthenticate(gate, view))
    assert isinstance(outcome, Authenticated)


def test_a_secret_needs_no_key_pair() -> None:
    """The kit can sign with it."""
    with (
        pytest.raises(ConfigurationError, match="HS256 signs with the secret"),
        with_keypair(make_gate(), "jack-key"),
    ):
        pass
