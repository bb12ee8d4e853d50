"""Hearing of changes from Redis."""

import time
from collections.abc import Callable, Generator
from typing import Any, final

from jwtgate.errors import ConfigurationError
from jwtgate.masked import Secret
from jwtgate.stores.cached.heartbeat import TICK, Heartbeat
from jwtgate.stores.changes import CHANNEL, EVERYTHING, encode
from jwtgate.stores.redisurls import open_pool

__all__ = ["RedisListener"]

_NO_DRIVER = "RedisListener needs the library redis; pip install 'jwtgate[redis]'"
_NO_CHANNEL = "the channel of a RedisListener must be a text that is not empty"

# Seconds until an attempt to connect, or to send, has failed.
_PATIENCE = 5.0


@final
class RedisListener:
    """Hears of changes by ``SUBSCRIBE``, on a connection of its own.

    Args:
        url: A URL of redis-py, of one server.
        channel: On which changes are published; see :mod:`jwtgate.stores.changes`.
        clock: Monotonic seconds; for whether the server is there.

    Raises:
        ConfigurationError: One of them cannot be, or redis-py is not there.
    """

    def __init__(
        self,
        url: str,
        channel: str = CHANNEL,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            from redis import ConnectionPool  # noqa: PLC0415 - an extra
        except ImportError:
            raise ConfigurationError(_NO_DRIVER) from None
        if not channel:
            raise ConfigurationError(_NO_CHANNEL)
        open_pool(ConnectionPool, url)
        self._url = Secret(url)
        self._channel = channel
        self._clock = clock

    def __repr__(self) -> str:
        """Show the channel, not where it is."""
        return f"RedisListener(channel={self._channel!r})"

    def listen(self) -> Generator[str | None]:
        """Connect, and give messages; see :class:`Listener`."""
        from redis import ConnectionPool, Redis  # noqa: PLC0415 - an extra
        from redis.backoff import NoBackoff  # noqa: PLC0415 - an extra
        from redis.retry import Retry  # noqa: PLC0415 - an extra

        heartbeat = Heartbeat(self._clock)
        pool = open_pool(
            ConnectionPool,
            self._url.reveal().decode(),
            socket_connect_timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            # A second try would be another connection, and nobody would learn of it.
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
        client: Any = Redis.from_pool(pool)
        with client, client.pubsub() as pubsub:
            pubsub.subscribe(self._channel)
            while True:
                if heartbeat.is_due():
                    pubsub.ping()
                match pubsub.get_message(timeout=TICK):
                    case {"type": "message", "data": bytes() as data}:
                        yield data.decode("utf-8", "replace")
                    case {"type": "message", "data": str() as data}:
                        yield data  # the URL may say so
                    case {"type": "subscribe"}:
                        # The first one, or one after a connection that was lost.
                        yield encode(EVERYTHING)
                    case {"type": "pong"}:
                        heartbeat.heard()
                    case _:
                        yield None
