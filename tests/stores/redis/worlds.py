"""The stores in Redis of both worlds, used alike."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from jwtgate.secrets.keyring import Keyring
from jwtgate.stores.redis import AsyncRedisStore, RedisStore
from tests.kit import clock

if TYPE_CHECKING:
    import redis

AnyStore: TypeAlias = Any
"""A store, or an asynchronous one that is used alike."""

Make: TypeAlias = Callable[..., AnyStore]

OLD, NEW = Keyring.new_key(), Keyring.new_key()

_ASYNC = {"find": "afind", "find_consumer": "afind_consumer", "look_up": "alook_up"}


class Awaited:
    """An asynchronous store or denylist, used as if it were none."""

    def __init__(self, made: Any) -> None:
        self._made = made
        self._runner = asyncio.Runner()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Give a method that waits."""
        method = getattr(self._made, _ASYNC.get(name, name))

        async def call(args: Any, more: Any) -> Any:
            return await method(*args, **more)

        return lambda *args, **more: self._runner.run(call(args, more))

    def close(self) -> None:
        """Shut its event loop down, which closes its connections."""
        self._runner.close()


def new_prefix() -> str:
    """Make a prefix of a test's own."""
    return f"test-{uuid4().hex}"


def keys_of(client: "redis.Redis", prefix: str) -> list[str]:
    """Give the names of the keys of a store, but for those that go by themselves.

    Without the prefix.
    """
    found = (each.decode() for each in client.scan_iter(f"{{{prefix}}}:*"))
    names = (each.removeprefix(f"{{{prefix}}}:") for each in found)
    return sorted(each for each in names if not each.startswith("commit:"))


@contextmanager
def sync_store(server: Any, **more: Any) -> Iterator[AnyStore]:
    """Make a store."""
    store = RedisStore(server, **{"clock": clock, **more})
    yield store
    store.close()


@contextmanager
def async_store(server: Any, **more: Any) -> Iterator[AnyStore]:
    """Make an asynchronous store."""
    awaited = Awaited(AsyncRedisStore(server, **{"clock": clock, **more}))
    yield awaited
    awaited.close()


WORLDS = {"sync": sync_store, "async": async_store}
