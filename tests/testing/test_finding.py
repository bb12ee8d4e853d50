from collections.abc import Sequence
from typing import Any

import pytest

from jwtgate import (
    ConfigurationError,
    Consumer,
    Credential,
    Gate,
    Policy,
    Route,
    UnusableCredential,
)
from jwtgate.stores.fixed import FixedStore
from jwtgate.testing.finding import holder_of
from tests.kit import NOW, ListStore, clock, credential, jack, make_gate, make_store


class AsyncStore:
    """A store for coroutines alone."""

    async def afind(self, key: str, kid: str | None = None) -> Sequence[Credential]:
        """Find nothing."""
        raise AssertionError((key, kid))


class AsyncManagedStore(ListStore):
    """A store whose lists are for coroutines alone."""

    async def list_credentials(self, *, consumer: str) -> object:
        """List nothing."""
        raise AssertionError(consumer)


class PlainStore:
    """A store of one method."""

    def __init__(self, *rows: Credential | UnusableCredential) -> None:
        self.rows = rows

    def find(
        self,
        key: str,
        kid: str | None = None,  # noqa: ARG002 - the gate picks by it
    ) -> Sequence[Credential | UnusableCredential]:
        """Find by key."""
        return [row for row in self.rows if row.key == key]


@pytest.mark.parametrize("by", ["username", "id", "key", "consumer"])
def test_a_managed_store_is_asked(by: str) -> None:
    """For the consumer first, then for the key."""
    store = make_store()
    owner = store.create_consumer(username="jack")
    made = store.create_credential(owner, key="jack-key")
    whose: dict[str, Any] = {
        "username": "jack",
        "id": owner.id,
        "key": "jack-key",
        "consumer": owner,
    }
    assert holder_of(Gate(store), whose[by]).credential is made


def test_a_store_of_a_file_is_asked() -> None:
    """It holds all of its credentials."""
    owned = credential()
    store = FixedStore([jack()], [UnusableCredential(key="x", why="y"), owned])
    for name in ("jack", jack().id, "jack-key"):
        assert holder_of(Gate(store), name).credential is owned


def test_a_store_of_one_method_is_asked_for_a_key() -> None:
    """It knows no consumers."""
    owned = credential()
    assert holder_of(Gate(PlainStore(owned)), "jack-key").credential is owned
    with pytest.raises(ConfigurationError, match="cannot list a consumer's"):
        holder_of(Gate(PlainStore(owned)), "jack")


def test_a_credential_is_taken_as_it_is() -> None:
    """No store is asked; so it may be asynchronous."""
    owned = credential()
    assert holder_of(Gate(AsyncStore()), owned).credential is owned


def test_an_asynchronous_store_cannot_be_asked() -> None:
    """It is said what to do."""
    with pytest.raises(ConfigurationError, match=r"await store\.afind"):
        holder_of(Gate(AsyncStore()), "jack")


def test_lists_that_are_asynchronous_are_left_alone() -> None:
    """The key is still found."""
    owned = credential()
    gate = Gate(AsyncManagedStore(owned))
    gate.store.credentials = {}  # type: ignore[union-attr]
    with pytest.raises(ConfigurationError, match="no consumer"):
        holder_of(gate, "jack")


@pytest.mark.parametrize(
    "off_duty",
    [
        {"enabled": False},
        {"retire_after": NOW},
        {"not_before": NOW + 1},
        {"consumer": jack(enabled=False)},
    ],
    ids=str,
)
def test_the_first_that_is_live_is_found(off_duty: dict[str, object]) -> None:
    """Tokens of the others are refused; they are found if there are no others."""
    old, live = credential(kid="old", **off_duty), credential(kid="new", not_before=NOW)
    assert holder_of(make_gate(old, live), "jack-key").credential is live
    assert holder_of(make_gate(old), "jack-key").credential is old


def test_a_row_that_cannot_be_used_is_passed_over() -> None:
    """It signs nothing."""
    owned = credential()
    broken = UnusableCredential(key="jack-key", why="of a test")
    assert holder_of(make_gate(broken, owned), "jack-key").credential is owned


def test_stores_of_routes_are_asked_as_well() -> None:
    """What is found there goes by the policy of the route."""
    owned = credential(consumer=Consumer(username="ann"), key="ann-key")
    own, strict = ListStore(owned), Policy(audience=["here"])
    routes = [
        Route(path="/a", store=own, policy=strict),
        Route(path="/b", policy=Policy(leeway=1)),
        Route(path="/c/*", store=ListStore(credential())),
    ]
    gate = Gate(ListStore(), routes=routes, clock=clock)
    found = holder_of(gate, "ann")
    assert (found.credential, found.store, found.policy) == (owned, own, strict)
    assert holder_of(gate, "jack").policy == gate.policy


@pytest.mark.parametrize("name", ["nobody", ""])
def test_a_name_that_nobody_has_is_an_error(name: str) -> None:
    """It tells what may be given."""
    with pytest.raises(ConfigurationError, match="no consumer and no key"):
        holder_of(Gate(make_store()), name)
