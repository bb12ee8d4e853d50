import asyncio

from jwtgate import Policy
from jwtgate.asks import FindConsumer, FindCredentials
from jwtgate.backend import AnyStore
from jwtgate.guard import Guard
from tests.kit import KEY, ListStore, clock, credential, make_store

NAMED = Policy(anonymous="guest")


def over(store: AnyStore, policy: Policy | None = None) -> Guard:
    """Make what knows how to ask a store."""
    return Guard(store, policy or Policy(), gate=None, clock=clock)


def test_credentials_are_asked_for_synchronously() -> None:
    """The key and the hint go to the store."""
    store = ListStore(credential())
    found = FindCredentials(KEY, "k1", over(store)).put()
    assert (found, store.asked) == ([credential()], [(KEY, "k1")])


def test_credentials_are_asked_for_asynchronously() -> None:
    """The key and the hint go to the store."""
    store = ListStore(credential())
    asked = FindCredentials(KEY, "k1", over(store)).aput()
    assert asyncio.run(asked) == [credential()]
    assert store.asked == [(KEY, "k1")]


def test_a_consumer_is_asked_for_synchronously() -> None:
    """By the name that the policy has."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    assert FindConsumer("guest", over(store, NAMED)).put() == guest


def test_a_consumer_is_asked_for_asynchronously() -> None:
    """By the name that the policy has."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    assert asyncio.run(FindConsumer("guest", over(store, NAMED)).aput()) == guest
