import asyncio

from jwtgate.asks import FindConsumer, FindCredentials
from jwtgate.backend import async_backend, backend
from tests.kit import KEY, ListStore, credential, make_store


def test_credentials_are_asked_for_synchronously() -> None:
    """The key and the hint go to the store."""
    store = ListStore(credential())
    found = FindCredentials(KEY, "k1").put(backend(store, finds_consumers=False))
    assert (found, store.asked) == ([credential()], [(KEY, "k1")])


def test_credentials_are_asked_for_asynchronously() -> None:
    """The key and the hint go to the store."""
    store = ListStore(credential())
    asked = FindCredentials(KEY, "k1").aput(async_backend(store, finds_consumers=False))
    assert asyncio.run(asked) == [credential()]
    assert store.asked == [(KEY, "k1")]


def test_a_consumer_is_asked_for_synchronously() -> None:
    """By the name that the policy has."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    found = FindConsumer("guest").put(backend(store, finds_consumers=True))
    assert found == guest


def test_a_consumer_is_asked_for_asynchronously() -> None:
    """By the name that the policy has."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    asked = FindConsumer("guest").aput(async_backend(store, finds_consumers=True))
    assert asyncio.run(asked) == guest
