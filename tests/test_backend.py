import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from jwtgate import ConfigurationError, Consumer, Credential, in_thread
from jwtgate.backend import async_backend, backend, finder_without_waiting
from tests.kit import KEY, ListStore, credential, make_store


class AsyncStore:
    """A store that has afind alone."""

    async def afind(self, key: str, kid: str | None = None) -> Sequence[Credential]:  # noqa: ARG002 - the protocol's
        """Find the usual credential."""
        return [credential(kid=kid)]


class AsyncStoreOfConsumers(AsyncStore):
    """A store that finds consumers, too."""

    async def afind_consumer(self, name: str) -> Consumer | None:
        """Find anybody."""
        return Consumer(username=name)


class BothStore(AsyncStore):
    """A store for both worlds."""

    def find(self, key: str, kid: str | None = None) -> Sequence[Credential]:  # noqa: ARG002 - the protocol's
        """Find nothing."""
        return []


class Blocking(ListStore):
    """A store that does not say that it never waits."""

    blocking = True


class FindIsAsync:
    """A store whose author mixed up the names."""

    async def find(self, key: str, kid: str | None = None) -> Any:
        """Find nothing."""


class AfindIsSync:
    """A store whose author left out ``async``."""

    blocking = False

    def afind(self, key: str, kid: str | None = None) -> Any:
        """Find nothing."""


# Synchronous code


def test_synchronous_code_uses_find() -> None:
    """Key and kid are handed on."""
    store = ListStore(credential())
    found = backend(store, finds_consumers=False).find(KEY, "k1")
    assert (found, store.asked) == ([credential()], [(KEY, "k1")])


def test_synchronous_code_prefers_find_where_there_are_both() -> None:
    """A store may have both."""
    assert backend(BothStore(), finds_consumers=False).find(KEY, None) == []


@pytest.mark.parametrize(
    "store", [AsyncStore(), FindIsAsync()], ids=["afind alone", "async find"]
)
def test_synchronous_code_needs_a_synchronous_find(store: AsyncStore) -> None:
    """A coroutine would never be awaited, and is true."""
    with pytest.raises(ConfigurationError, match="no method find"):
        backend(store, finds_consumers=False)


def test_synchronous_code_finds_consumers_where_it_must() -> None:
    """For a policy that names its anonymous consumer."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    assert backend(store, finds_consumers=True).find_consumer("guest") == guest


def test_a_store_that_finds_no_consumers_is_named() -> None:
    """The error names the method that is missing."""
    with pytest.raises(ConfigurationError, match=r"no method find_consumer\(name\)"):
        backend(ListStore(), finds_consumers=True)


def test_no_consumer_is_found_where_none_is_sought() -> None:
    """The store need not be able to."""
    assert backend(ListStore(), finds_consumers=False).find_consumer("guest") is None


# Asynchronous code


def test_asynchronous_code_uses_afind() -> None:
    """Key and kid are handed on."""
    used = async_backend(AsyncStore(), finds_consumers=False)
    assert asyncio.run(_found(used.afind(KEY, "k1"))) == [credential(kid="k1")]


async def _found(found: object) -> object:
    return await found  # type: ignore[misc]


def test_asynchronous_code_prefers_afind_where_there_are_both() -> None:
    """The event loop is not held up."""
    used = async_backend(BothStore(), finds_consumers=False)
    assert asyncio.run(_found(used.afind(KEY, None))) == [credential()]


@pytest.mark.parametrize("store", [Blocking(), FindIsAsync()], ids=["sync", "async"])
def test_a_store_that_would_block_the_loop_is_refused(store: Blocking) -> None:
    """The error names the way out."""
    with pytest.raises(ConfigurationError, match=r"jwtgate\.in_thread\(store\)"):
        async_backend(store, finds_consumers=False)


def test_the_way_out_works() -> None:
    """A blocking store is usable in threads."""
    used = async_backend(in_thread(Blocking(credential())), finds_consumers=False)
    assert asyncio.run(_found(used.afind(KEY, None))) == [credential()]


def test_a_store_that_never_waits_is_called_directly() -> None:
    """It says so by ``blocking = False``."""
    used = async_backend(ListStore(credential()), finds_consumers=False)
    assert asyncio.run(_found(used.afind(KEY, None))) == [credential()]


def test_a_store_that_never_waits_finds_consumers_directly() -> None:
    """Those, too."""
    store = make_store()
    guest = store.create_consumer(username="guest")
    used = async_backend(store, finds_consumers=True)
    assert asyncio.run(_found(used.afind_consumer("guest"))) == guest


def test_afind_is_declared_async() -> None:
    """Nothing is concluded from what a call returns."""
    with pytest.raises(ConfigurationError, match="async def"):
        async_backend(AfindIsSync(), finds_consumers=False)


def test_asynchronous_code_finds_consumers_where_it_must() -> None:
    """By the method for it."""
    used = async_backend(AsyncStoreOfConsumers(), finds_consumers=True)
    found = asyncio.run(_found(used.afind_consumer("guest")))
    assert found == Consumer(username="guest")


def test_an_async_store_that_finds_no_consumers_is_named() -> None:
    """The error names the method that is missing."""
    with pytest.raises(ConfigurationError, match=r"no method afind_consumer\(name\)"):
        async_backend(AsyncStore(), finds_consumers=True)


def test_no_consumer_is_found_asynchronously_where_none_is_sought() -> None:
    """The store need not be able to."""
    used = async_backend(AsyncStore(), finds_consumers=False)
    assert asyncio.run(_found(used.afind_consumer("guest"))) is None


# A store that never waits


def test_a_store_that_never_waits_is_asked_at_once() -> None:
    """By all code."""
    store = ListStore()
    assert finder_without_waiting(store) == store.find


@pytest.mark.parametrize("kind", [Blocking, FindIsAsync, AsyncStore, BothStore])
def test_other_stores_are_asked_by_a_driver(kind: Any) -> None:
    """Also one that has both ways, and says that it never waits."""
    store = kind()
    store.blocking = kind is Blocking
    assert finder_without_waiting(store) is None
