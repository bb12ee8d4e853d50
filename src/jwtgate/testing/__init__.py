"""For tests: of your own app behind a gate, and of a store of your own.

An app's tests mint tokens, sign clients in, stop the clock, and attack::

    from jwtgate.testing import attack_matrix, frozen, mint, signed_in

    def test_a_token_ends(client, gate):
        jack = signed_in(client, gate, "jack")
        assert jack.get("/orders").status_code == 200
        token = mint(gate, "jack", "expired")
        ...

    def test_no_attack_gets_in(client, gate):
        attack_matrix(client, "/orders", gate, "jack").assert_safe()

A store is tested by the same rules as those of the library::

    from jwtgate.testing import StoreContract

    class TestMyStore(StoreContract):
        def make_store(self):
            return MyStore()

        def put(self, store, credential):
            store.rows.append(credential)

The contracts, and the fixtures of :mod:`jwtgate.testing.plugin`, need pytest, which is
no dependency of the library: have it among your tests' own. The rest does not.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jwtgate.testing.attackreport import AttackReport
from jwtgate.testing.carrying import Carried, carried
from jwtgate.testing.clients import signed_in
from jwtgate.testing.clocks import FrozenClock, frozen
from jwtgate.testing.flaws import Flaw
from jwtgate.testing.keypairs import with_keypair
from jwtgate.testing.matrix import attack_matrix
from jwtgate.testing.minting import mint
from jwtgate.testing.overriding import overridden
from jwtgate.testing.requests import Answer, Request

if TYPE_CHECKING:
    from jwtgate.testing.calling import Caller
    from jwtgate.testing.contracts import (
        ConsumerStoreContract,
        ManagedStoreContract,
        StoreContract,
    )

__all__ = [
    "Answer",
    "AttackReport",
    "Caller",
    "Carried",
    "ConsumerStoreContract",
    "Flaw",
    "FrozenClock",
    "ManagedStoreContract",
    "Request",
    "StoreContract",
    "attack_matrix",
    "carried",
    "frozen",
    "mint",
    "overridden",
    "signed_in",
    "with_keypair",
]

# Imported when they are asked for, as pytest comes along with them (PEP 562).
_BY_PYTEST = {
    "Caller": "jwtgate.testing.calling",
    "ConsumerStoreContract": "jwtgate.testing.contracts",
    "ManagedStoreContract": "jwtgate.testing.contracts",
    "StoreContract": "jwtgate.testing.contracts",
}


def __getattr__(name: str) -> Any:
    if name not in _BY_PYTEST:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_BY_PYTEST[name]), name)
