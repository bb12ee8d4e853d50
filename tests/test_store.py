from typing import Any

import pytest

from jwtgate import AsyncCredentialStore, CredentialStore, in_thread
from jwtgate.store import AsyncConsumerStore, ConsumerStore, is_store
from tests.kit import ListStore, make_store


class AsyncStore:
    """A store for asynchronous code."""

    async def afind(self, key: str, kid: str | None = None) -> Any:
        """Find."""


@pytest.mark.parametrize(
    ("store", "protocols"),
    [
        (ListStore(), {CredentialStore}),
        (AsyncStore(), {AsyncCredentialStore}),
        (make_store(), {CredentialStore, ConsumerStore}),
        (in_thread(ListStore()), {CredentialStore, AsyncCredentialStore}),
        (
            in_thread(make_store()),
            {CredentialStore, AsyncCredentialStore, ConsumerStore, AsyncConsumerStore},
        ),
        ({}, set()),
    ],
    ids=["find", "afind", "memory", "in thread", "memory in thread", "dict"],
)
def test_a_store_is_what_its_methods_make_it(
    store: object, protocols: set[type]
) -> None:
    """No base class is needed; one method is enough."""
    known: set[Any] = {
        CredentialStore,
        AsyncCredentialStore,
        ConsumerStore,
        AsyncConsumerStore,
    }
    assert {each for each in known if isinstance(store, each)} == protocols


def test_a_store_of_one_method_type_checks() -> None:
    """The annotation is the test: the type checker runs over it."""
    store: CredentialStore = ListStore()
    assert store.find("nobody") == []


@pytest.mark.parametrize("store", [ListStore(), AsyncStore(), make_store()])
def test_what_has_one_of_both_methods_is_a_store(store: object) -> None:
    """Whatever its class."""
    assert is_store(store)


@pytest.mark.parametrize("other", ["a URL", b"octets", bytearray(), {}, None])
def test_what_finds_other_things_is_none(other: object) -> None:
    """A text has a method ``find``, too."""
    assert not is_store(other)
