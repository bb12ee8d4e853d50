"""Counters in Redis, which processes and machines share."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, final
from urllib.parse import SplitResult, unquote, urlsplit
from weakref import finalize

from jwtgate.counting.windows import Taken, adrive, count, drive
from jwtgate.quota import Quota

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from limits.aio.storage import RedisStorage as AsyncStorage
    from limits.storage import RedisStorage as Storage

__all__ = ["SEVERAL", "InRedis", "pool_url"]

SEVERAL = ("redis+sentinel", "redis+cluster")
"""The schemes of URLs with several servers."""

# Not the prefix of limits itself: the app may use it, too, with the same Redis.
_PREFIX = "jwtgate"

# Seconds to wait for a connection, and for an answer. A Redis that is well answers in
# milliseconds; and a request waits for this, once in an outage.
_PATIENCE = 1.0

# Who comes when so many are connected waits for one of them. The wait is longer than
# that for an answer: a flood of requests must not look like an outage.
_CONNECTIONS = 16
_TURN = 5.0
# With sentinels and clusters redis-py lets nobody wait: one too many is an error, and
# errors may let requests pass. So it is left to Redis, whose own limit is this.
_CONNECTIONS_AT_MOST = 10_000

_Made = TypeVar("_Made")


@final
class InRedis:
    """Counts in a Redis storage of ``limits``, by redis-py."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._storage: Storage | None = None
        # Connections belong to a loop; the generators close them when it shuts down.
        self._loops: dict[
            AbstractEventLoop, tuple[AsyncStorage, AsyncGenerator[AsyncStorage, None]]
        ] = {}

    def take(
        self, quota: Quota, who: tuple[str, ...], now: float, *, takes: bool = True
    ) -> Taken:
        """Count a request, or only look whether there is room for one."""
        return drive(count(self._open(), quota, who, now, takes=takes))

    async def atake(
        self, quota: Quota, who: tuple[str, ...], now: float, *, takes: bool = True
    ) -> Taken:
        """Count a request, or only look whether there is room for one."""
        import asyncio  # noqa: PLC0415 - importing jwtgate does not load it

        loop = asyncio.get_running_loop()
        kept = self._loops.get(loop)
        if kept is None:
            self._forget_closed_loops()
            opening = self._open_in(loop)
            kept = self._loops[loop] = await anext(opening), opening
        return await adrive(count(kept[0], quota, who, now, takes=takes))

    def _open(self) -> "Storage":
        storage = self._storage
        if storage is None:
            # Not under the lock: a cluster is connected to, and others would wait.
            made = _storage(self._url)
            # Garbage collection may come upon a socket before what would close it.
            finalize(self, _close, made)
            with self._lock:
                storage = self._storage = self._storage or made
        return storage

    async def _open_in(
        self, loop: "AbstractEventLoop"
    ) -> "AsyncGenerator[AsyncStorage, None]":
        """Give the storage of a loop, and close it when the loop closes its generators.

        It does so when it shuts down, under ``asyncio.run()`` and under servers.
        """
        storage = _async_storage(self._url)
        try:
            yield storage
        finally:
            self._loops.pop(loop, None)
            await _aclose(storage)

    def _forget_closed_loops(self) -> None:
        # Those that did not shut down. Weak references would not let them go: what is
        # kept for a loop holds it.
        for loop in list(self._loops):
            if loop.is_closed():
                self._loops.pop(loop, None)


def pool_url(url: str) -> str:
    """Give the URL of one server as redis-py wants it."""
    return url.removeprefix("redis+") if url.startswith("redis+unix:") else url


def _storage(url: str) -> "Storage":
    import redis  # noqa: PLC0415 - an extra
    from limits import storage as of  # noqa: PLC0415 - an extra

    kinds = of.RedisStorage, of.RedisSentinelStorage, of.RedisClusterStorage
    return _make(url, redis, kinds, {})


def _async_storage(url: str) -> "AsyncStorage":
    from limits.aio import storage as of  # noqa: PLC0415 - an extra
    from redis import asyncio  # noqa: PLC0415 - an extra

    kinds = of.RedisStorage, of.RedisSentinelStorage, of.RedisClusterStorage
    return _make(url, asyncio, kinds, {"implementation": "redispy"})


def _close(storage: "Storage") -> None:
    for each in _connections(storage):
        each.close()


async def _aclose(storage: "AsyncStorage") -> None:
    for each in _connections(storage.bridge):
        await each.aclose()


def _connections(holder: object) -> Iterator[Any]:
    """Give what of redis-py holds connections; there are no types for it."""
    made = vars(holder)
    client = made["storage"]
    # A client does not close a pool that it was given. One of a cluster has several.
    yield getattr(client, "connection_pool", client)
    if "sentinel" in made:
        for each in made["sentinel"].sentinels:
            yield each.connection_pool


def _make(
    url: str,
    client: ModuleType,
    kinds: Sequence[Callable[..., _Made]],
    more: Mapping[str, object],
) -> _Made:
    """Make the storage of a URL; the libraries name things alike in both worlds."""
    from redis.backoff import NoBackoff  # noqa: PLC0415 - an extra

    alone, sentinel, cluster = kinds
    more = {"key_prefix": _PREFIX, **more}
    waits: dict[str, object] = {
        "socket_connect_timeout": _PATIENCE,
        "socket_timeout": _PATIENCE,
        # No second try: one whose answer was lost would count twice.
        "retry": client.retry.Retry(NoBackoff(), 0),
        # By 3, redis-py does not see that an idle connection was closed: the next
        # request would fail.
        "protocol": 2,
    }
    parts = urlsplit(url)
    if parts.scheme == "rediss":
        waits["ssl_check_hostname"] = True  # redis-py below 6 does not by itself
    if parts.scheme not in SEVERAL:
        pool = client.BlockingConnectionPool.from_url(
            pool_url(url), max_connections=_CONNECTIONS, timeout=_TURN, **waits
        )
        return alone("redis://", connection_pool=pool, **more)
    common = {**waits, **_login(parts)}
    more = {**more, **common, "max_connections": _CONNECTIONS_AT_MOST}
    if parts.scheme == "redis+cluster":
        return cluster(url, **more)
    # Replicas lag behind, and would let some pass twice.
    return sentinel(url, use_replicas=False, sentinel_kwargs=common, **more)


def _login(parts: SplitResult) -> dict[str, str]:
    # limits takes them as they are written; in a URL some characters cannot be.
    login = {"username": parts.username, "password": parts.password}
    return {name: unquote(text) for name, text in login.items() if text}
