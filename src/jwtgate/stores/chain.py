"""Several stores as one."""

from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, Protocol, final

from jwtgate.backend import AnyStore, async_backend, backend
from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError
from jwtgate.store import AsyncConsumerStore, ConsumerStore, Found, is_store

__all__ = ["ChainStore"]


class _Find(Protocol):
    def __call__(self, key: str, kid: str | None = None) -> Found: ...


class _AFind(Protocol):
    def __call__(
        self, key: str, kid: str | None = None
    ) -> Coroutine[Any, Any, Found]: ...


class _FindConsumer(Protocol):
    def __call__(self, name: str) -> Consumer | None: ...


class _AFindConsumer(Protocol):
    def __call__(self, name: str) -> Coroutine[Any, Any, Consumer | None]: ...


@final
class ChainStore:
    """Asks several stores in order; the first that knows a key answers for it.

    So one gate takes tokens of several issuers, and of consumers of its own. A store
    that fails ends the look-up: those behind it are not asked, as what it knows might
    differ. Stores of keys that are not theirs are not touched by that, if they tell so
    without asking anybody, as :class:`jwtgate.stores.jwks.JWKSStore` does.

    It has each of ``find``, ``afind``, ``find_consumer`` and ``afind_consumer`` only if
    its stores can do that: an adapter that lacks one says so when it is mounted.

    Attributes:
        answers_by_kid: Whether one of them does; then the chain cannot be cached.

    Args:
        stores: At least one. Those that find consumers are asked for them, too.

    Raises:
        ConfigurationError: None given, one that is no store, or some that only
            synchronous code can use with some that only asynchronous code can.
    """

    find: _Find
    afind: _AFind
    find_consumer: _FindConsumer
    afind_consumer: _AFindConsumer

    def __init__(self, *stores: AnyStore) -> None:
        if not stores:
            raise ConfigurationError("a chain needs at least one store")
        for store in stores:
            if not is_store(store):
                raise ConfigurationError(
                    f"a {type(store).__name__} is no store: it needs a method "
                    "find(key, kid=None), or 'async def afind(key, kid=None)'"
                )
        self._stores = stores
        self.answers_by_kid = any(
            getattr(store, "answers_by_kid", False) for store in stores
        )
        problems: list[str] = []
        # An adapter looks at which of these there are; see jwtgate.backend.
        try:
            self.find = _first(stores)
        except ConfigurationError as error:
            problems += error.problems
        try:
            self.afind = _afirst(stores)
        except ConfigurationError as error:
            problems += error.problems
        if not (hasattr(self, "find") or hasattr(self, "afind")):
            raise ConfigurationError(*problems)
        knowing = [
            store
            for store in stores
            if isinstance(store, ConsumerStore | AsyncConsumerStore)
        ]
        if knowing:
            with suppress(ConfigurationError):
                self.find_consumer = _first_consumer(knowing)
            with suppress(ConfigurationError):
                self.afind_consumer = _afirst_consumer(knowing)

    def __repr__(self) -> str:
        """Show the stores."""
        return f"ChainStore({', '.join(map(repr, self._stores))})"


def _first(stores: Sequence[AnyStore]) -> _Find:
    finds = [backend(store, finds_consumers=False).find for store in stores]

    def find(key: str, kid: str | None = None) -> Found:
        for each in finds:
            if found := each(key, kid):
                return found
        return ()

    return find


def _afirst(stores: Sequence[AnyStore]) -> _AFind:
    finds = [async_backend(store, finds_consumers=False).afind for store in stores]

    async def afind(key: str, kid: str | None = None) -> Found:
        for each in finds:
            if found := await each(key, kid):
                return found
        return ()

    return afind


def _first_consumer(stores: Sequence[AnyStore]) -> _FindConsumer:
    finds = [backend(store, finds_consumers=True).find_consumer for store in stores]

    def find_consumer(name: str) -> Consumer | None:
        for each in finds:
            if (found := each(name)) is not None:
                return found
        return None

    return find_consumer


def _afirst_consumer(stores: Sequence[AnyStore]) -> _AFindConsumer:
    finds = [
        async_backend(store, finds_consumers=True).afind_consumer for store in stores
    ]

    async def afind_consumer(name: str) -> Consumer | None:
        for each in finds:
            if (found := await each(name)) is not None:
                return found
        return None

    return afind_consumer
