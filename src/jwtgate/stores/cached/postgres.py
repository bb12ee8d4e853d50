"""Hearing of changes from PostgreSQL."""

import re
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from selectors import EVENT_READ, DefaultSelector
from typing import TYPE_CHECKING, final

from jwtgate.errors import ConfigurationError
from jwtgate.masked import Secret
from jwtgate.stores.cached.heartbeat import TICK, Heartbeat
from jwtgate.stores.changes import CHANNEL

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

__all__ = ["PostgresListener"]

_NO_DRIVER = (
    "PostgresListener needs the library psycopg; "
    "pip install 'jwtgate[sql]' 'psycopg[binary]'"
)
# Never what was given, nor an error about it: it may hold a password.
_UNREADABLE = (
    "the conninfo of a PostgresListener cannot be read; expected such as "
    "postgresql://user:password@localhost:5432/database"
)
_NO_CHANNEL = "the channel of a PostgresListener must be a text of 1 to 63 octets"

# Those of SQLAlchemy name a driver, which libpq does not know.
_DRIVER = re.compile(r"\A(postgres(?:ql)?)\+\w+(?=://)")
# Seconds until an attempt to connect has failed.
_PATIENCE = 5


@final
class PostgresListener:
    """Hears of changes by ``LISTEN``, on a connection of its own.

    The connection must last, so it cannot be through a pool that takes it back after
    each transaction, nor to a standby.

    Args:
        conninfo: A URL or conninfo of libpq; SQLAlchemy's URLs are taken, too.
        channel: On which changes are notified; see :mod:`jwtgate.stores.changes`.
        clock: Monotonic seconds; for whether the server is there.

    Raises:
        ConfigurationError: One of them cannot be, or psycopg is not there.
    """

    def __init__(
        self,
        conninfo: str,
        channel: str = CHANNEL,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            from psycopg import ProgrammingError  # noqa: PLC0415 - an extra
            from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - an extra
        except ImportError:
            raise ConfigurationError(_NO_DRIVER) from None
        if not 0 < len(channel.encode()) < 64 or "\0" in channel:
            raise ConfigurationError(_NO_CHANNEL)
        plain = _DRIVER.sub(r"\1", conninfo)
        try:
            conninfo_to_dict(plain)
        except ProgrammingError:
            raise ConfigurationError(_UNREADABLE) from None
        self._conninfo = Secret(plain)
        self._channel = channel
        self._clock = clock

    def __repr__(self) -> str:
        """Show the channel, not where it is."""
        return f"PostgresListener(channel={self._channel!r})"

    def listen(self) -> Generator[str | None]:
        """Connect, and give messages; see :class:`Listener`."""
        import psycopg  # noqa: PLC0415 - an extra
        from psycopg import sql  # noqa: PLC0415 - an extra
        from psycopg.conninfo import (  # noqa: PLC0415 - an extra
            conninfo_to_dict,
            make_conninfo,
        )

        given = self._conninfo.reveal().decode()
        patience = conninfo_to_dict(given).get("connect_timeout", _PATIENCE)
        conninfo = make_conninfo(given, connect_timeout=patience)
        # Closed, not left as its own context: that would wait for a rollback.
        with closing(psycopg.connect(conninfo, autocommit=True)) as connection:
            channel = sql.Identifier(self._channel)
            connection.execute(sql.SQL("LISTEN {}").format(channel))
            heartbeat = Heartbeat(self._clock)
            yield None
            yield from _messages(connection.pgconn, heartbeat)


def _messages(connection: "PGconn", heartbeat: Heartbeat) -> Iterator[str | None]:
    # By libpq itself: psycopg waits for an answer without a limit of time.
    with DefaultSelector() as selector:
        selector.register(connection.socket, EVENT_READ)
        while True:
            selector.select(TICK)
            connection.consume_input()
            while not connection.is_busy() and connection.get_result() is not None:
                heartbeat.heard()
            if heartbeat.is_due():
                connection.send_query(b"SELECT 1")
            yield from _notified(connection)
            yield None


def _notified(connection: "PGconn") -> Iterator[str]:
    while (notification := connection.notifies()) is not None:
        yield notification.extra.decode("utf-8", "replace")
