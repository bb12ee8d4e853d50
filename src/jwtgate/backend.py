"""Which methods of a store are used: settled when a gate is mounted, never guessed.

A store that lacks what its adapter needs is an error of configuration then; nothing
is concluded from what a call returns.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Protocol, TypeAlias

from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError
from jwtgate.record import Record
from jwtgate.store import (
    AsyncConsumerStore,
    AsyncCredentialStore,
    ConsumerStore,
    CredentialStore,
    Found,
)

__all__ = [
    "AnyStore",
    "AsyncBackend",
    "Backend",
    "Backends",
    "async_backend",
    "backend",
    "finder_without_waiting",
]

AnyStore: TypeAlias = CredentialStore | AsyncCredentialStore

_IN_THREAD = (
    "this store finds credentials synchronously only, which would block the event "
    "loop; wrap it as jwtgate.in_thread(store), give it a method 'async def "
    "afind(key, kid=None)', or say 'blocking = False' if find() never waits"
)
_NO_FIND = (
    "this store has no method find(key, kid=None), which synchronous code needs; a "
    "store may have both find and afind"
)
_NO_CONSUMERS = (
    "the policy names its anonymous consumer, and this store has no method "
    "{method}(name); give the policy a Consumer instead"
)


class Backends(Protocol):
    """What knows both ways to use one store."""

    @property
    def backend(self) -> "Backend":
        """For synchronous code."""
        ...

    @property
    def async_backend(self) -> "AsyncBackend":
        """For asynchronous code."""
        ...


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Backend(Record):
    """What the asks of a flow are put to by synchronous code."""

    find: Callable[[str, str | None], Found]
    find_consumer: Callable[[str], Consumer | None]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AsyncBackend(Record):
    """What the asks of a flow are put to by asynchronous code."""

    afind: Callable[[str, str | None], Awaitable[Found]]
    afind_consumer: Callable[[str], Awaitable[Consumer | None]]


def backend(store: AnyStore, *, finds_consumers: bool) -> Backend:
    """Settle how synchronous code uses a store.

    Args:
        store: The store.
        finds_consumers: Whether the policy names its anonymous consumer.

    Raises:
        ConfigurationError: The store has no ``find``, it is a coroutine function, or
            consumers are to be found and it has no ``find_consumer``.
    """
    if not isinstance(store, CredentialStore) or iscoroutinefunction(store.find):
        raise ConfigurationError(_NO_FIND)
    if not finds_consumers:
        return Backend(store.find, _no_consumer)
    if not isinstance(store, ConsumerStore):
        raise ConfigurationError(_NO_CONSUMERS.format(method="find_consumer"))
    return Backend(store.find, store.find_consumer)


def async_backend(store: AnyStore, *, finds_consumers: bool) -> AsyncBackend:
    """Settle how asynchronous code uses a store.

    Raises:
        ConfigurationError: The store would block the event loop, its ``afind`` is no
            coroutine function, or consumers are to be found and it cannot.
    """
    if not isinstance(store, AsyncCredentialStore):
        if getattr(store, "blocking", True) is not False:
            raise ConfigurationError(_IN_THREAD)
        return _without_waiting(backend(store, finds_consumers=finds_consumers))
    if not iscoroutinefunction(store.afind):
        raise ConfigurationError("afind must be declared with 'async def'")
    if not finds_consumers:
        return AsyncBackend(store.afind, _ano_consumer)
    if not isinstance(store, AsyncConsumerStore):
        raise ConfigurationError(_NO_CONSUMERS.format(method="afind_consumer"))
    return AsyncBackend(store.afind, store.afind_consumer)


def finder_without_waiting(
    store: AnyStore,
) -> Callable[[str, str | None], Found] | None:
    """Give the ``find`` of a store that never waits, and so does for all code."""
    waits = getattr(store, "blocking", True) is not False
    # One that has both is asked in its own way by each.
    if waits or isinstance(store, AsyncCredentialStore):
        return None
    return None if iscoroutinefunction(store.find) else store.find


def _without_waiting(direct: Backend) -> AsyncBackend:
    async def afind(key: str, kid: str | None) -> Found:
        return direct.find(key, kid)

    async def afind_consumer(name: str) -> Consumer | None:
        return direct.find_consumer(name)

    return AsyncBackend(afind, afind_consumer)


def _no_consumer(_: str) -> None:
    return None


async def _ano_consumer(_: str) -> None:
    return None
