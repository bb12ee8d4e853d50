"""Clients of Redis: given, or made for a URL."""

from inspect import iscoroutinefunction
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NoReturn, final
from weakref import finalize

from jwtgate.errors import ConfigurationError
from jwtgate.masked import Secret
from jwtgate.stores.redis.steps import AsyncClient, Client
from jwtgate.stores.redisurls import open_pool

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import AsyncGenerator

    from redis.asyncio import Redis as AsyncRedis

__all__ = ["AsyncServer", "Connected", "Server"]

# Seconds to wait for a connection, for a turn, and for an answer. A Redis that is well
# answers in less than a millisecond, and a request waits for this.
_PATIENCE: Final = 1.0

_CONNECTIONS: Final = 16  # of a process, or of an event loop

_NO_REDIS: Final = "Redis needs the library redis; pip install 'jwtgate[redis]'"
_NO_CLIENT: Final = (
    "expected the URL of a Redis, or a client of redis-py: of redis.asyncio for "
    "asynchronous code, and only for that"
)


class Connected:
    """What has connections to a Redis, and so its password."""

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled and copied."""
        name = type(self).__name__
        raise TypeError(f"{name} cannot be pickled; make another one in each process")


@final
class Server(Connected):
    """A Redis for synchronous code.

    A client that was given is used as it is, and never closed. For a URL there are at
    most 16 connections, and nobody waits longer than a second for one, nor for an
    answer. A command whose connection was closed under it is sent once more. A forked
    process makes its own connections.

    Args:
        given: A URL, or a client of redis-py.

    Raises:
        ConfigurationError: Neither, or redis-py is not installed.
    """

    def __init__(self, given: str | Client) -> None:
        self.client = _made(given) if isinstance(given, str) else _checked(given)
        self._is_own = isinstance(given, str)
        finalize(self, _close, self.client, own=self._is_own)

    def close(self) -> None:
        """Close the connections, if they are our own; a later use makes new ones."""
        _close(self.client, own=self._is_own)


@final
class AsyncServer(Connected):
    """A Redis for asynchronous code; see :class:`Server`.

    For a URL there is a client for each event loop, and its connections are closed
    when the loop shuts down.

    Args:
        given: A URL, or a client of ``redis.asyncio``.

    Raises:
        ConfigurationError: Neither, or redis-py is not installed.
    """

    def __init__(self, given: str | AsyncClient) -> None:
        self._given = Secret(given) if isinstance(given, str) else given
        # The generators close the clients when their loop closes generators.
        self._loops: dict[
            AbstractEventLoop, tuple[AsyncRedis, AsyncGenerator[AsyncRedis, None]]
        ] = {}
        if isinstance(given, str):
            _amade(given)
        elif not iscoroutinefunction(getattr(given, "execute_command", None)):
            raise ConfigurationError(_NO_CLIENT)

    async def client(self) -> AsyncClient:
        """Give the client of the running loop."""
        given = self._given
        if not isinstance(given, Secret):
            return given
        import asyncio  # noqa: PLC0415 - synchronous code does without

        loop = asyncio.get_running_loop()
        kept = self._loops.get(loop)
        if kept is None:
            self._forget_closed_loops()
            opening = self._open_in(loop, given)
            kept = self._loops[loop] = await anext(opening), opening
        return kept[0]

    async def aclose(self) -> None:
        """Close the connections of the running loop, if they are our own."""
        import asyncio  # noqa: PLC0415 - same

        kept = self._loops.get(asyncio.get_running_loop())
        if kept is not None:
            await kept[1].aclose()

    async def _open_in(
        self, loop: "AbstractEventLoop", url: Secret
    ) -> "AsyncGenerator[AsyncRedis, None]":
        client = _amade(url.reveal().decode("utf-8", "surrogatepass"))
        try:
            yield client
        finally:
            self._loops.pop(loop, None)
            await client.connection_pool.disconnect()

    def _forget_closed_loops(self) -> None:
        # Those that did not shut down. Weak references would not let them go: what is
        # kept for a loop holds it.
        for loop in list(self._loops):
            if loop.is_closed():
                self._loops.pop(loop, None)


def _checked(given: Client) -> Client:
    command = getattr(given, "execute_command", None)
    if not callable(command) or iscoroutinefunction(command):
        raise ConfigurationError(_NO_CLIENT)
    return given


def _close(client: Any, *, own: bool) -> None:
    if own:
        client.connection_pool.disconnect()


def _made(url: str) -> Client:
    try:
        import redis  # noqa: PLC0415 - an extra
        from redis import retry  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigurationError(_NO_REDIS) from None
    pool = _pool(url, redis, retry)
    client: Client = redis.Redis(connection_pool=pool)
    return client


def _amade(url: str) -> "AsyncRedis":
    try:
        from redis import asyncio  # noqa: PLC0415 - an extra
        from redis.asyncio import retry  # noqa: PLC0415 - an extra
    except ImportError:
        raise ConfigurationError(_NO_REDIS) from None
    return asyncio.Redis(connection_pool=_pool(url, asyncio, retry))


def _pool(url: str, library: ModuleType, retry: ModuleType) -> Any:
    from redis.backoff import NoBackoff  # noqa: PLC0415 - an extra

    # Not after a timeout: a server that hangs would be waited for twice.
    lost = (library.ConnectionError,)
    options: dict[str, object] = {
        "max_connections": _CONNECTIONS,
        "timeout": _PATIENCE,
        "socket_timeout": _PATIENCE,
        "retry": retry.Retry(NoBackoff(), 1, supported_errors=lost),
        "retry_on_error": list(lost),  # without, 5.2 does not try again
        # By 3, redis-py does not see that an idle connection was closed.
        "protocol": 2,
    }
    if not url.startswith("unix:"):
        options |= {"socket_connect_timeout": _PATIENCE, "socket_keepalive": True}
    return open_pool(library.BlockingConnectionPool, url, **options)
