"""Engines that a store makes for a URL, and what it asks of one that it is given."""

import os
from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar, final

from sqlalchemy import (
    URL,
    AsyncAdaptedQueuePool,
    Dialect,
    Engine,
    NullPool,
    Pool,
    QueuePool,
    event,
    make_url,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from jwtgate.errors import ConfigurationError
from jwtgate.stores.sql.impatience import impatient

__all__ = ["CHANGE", "LOOK_UP", "Address", "bounds", "changing", "leave_to_parent"]

LOOK_UP: Final = 1
"""Seconds for what a request waits for."""

CHANGE: Final = 10
"""Seconds for what a person or a script waits for."""

_MOST_CHANGES: Final = 10  # of a process or event loop, at a time

# Never the URL, nor a part: who mistypes one may have written the password where the
# port should be.
_UNUSABLE: Final = (
    "expected an Engine, or the URL of a database (such as "
    "postgresql+psycopg://user:password@host/name, special characters "
    "percent-encoded); both with a driver for {world} code"
)
_IN_MEMORY: Final = (
    "an SQLite in memory is another one for each connection; use a file, or "
    "jwtgate.MemoryStore"
)

# A transaction sees what others have committed, once it has waited for them.
_LEVEL: Final = {"isolation_level": "READ COMMITTED"}

_Engine = TypeVar("_Engine", Engine, AsyncEngine)

_LEFT: Final[list[Pool]] = []


# What drivers call the seconds that they wait for a connection at most.
_CONNECTS: Final[Mapping[str, str]] = {
    "psycopg": "connect_timeout",
    "psycopg2": "connect_timeout",
    "asyncpg": "timeout",
    "pymysql": "connect_timeout",
    "mysqldb": "connect_timeout",
    "asyncmy": "connect_timeout",
    "aiomysql": "connect_timeout",
    "pysqlite": "timeout",  # for another one to have written
    "aiosqlite": "timeout",
}


def _libpq(seconds: int) -> Mapping[str, Any]:
    milliseconds = 1000 * seconds
    return {
        "options": f"-c statement_timeout={milliseconds}",
        "tcp_user_timeout": milliseconds,
    }


def _mysql(seconds: int) -> Mapping[str, Any]:
    return {"read_timeout": seconds, "write_timeout": seconds}


# How they are told to wait for an answer so many seconds at most.
_ANSWERS: Final[Mapping[str, Callable[[int], Mapping[str, Any]]]] = {
    "psycopg": _libpq,
    "psycopg2": _libpq,
    "asyncpg": lambda seconds: {"command_timeout": seconds},
    "pymysql": _mysql,
    "mysqldb": _mysql,
    "asyncmy": lambda seconds: {"read_timeout": seconds},
}


@final
class Address(Generic[_Engine]):
    """Where a database is, and how engines for it are made; nothing is connected.

    Args:
        given: A URL, or its text.
        make: ``create_engine`` or ``create_async_engine``.

    Attributes:
        dialect: Of its engines.

    Raises:
        ConfigurationError: It is no URL, an SQLite in memory, or its driver is for the
            other world or not installed.
    """

    def __init__(self, given: str | URL, make: Callable[..., _Engine]) -> None:
        self._make: Callable[..., _Engine] = make
        is_async = make is create_async_engine
        unusable = _UNUSABLE.format(world="asynchronous" if is_async else "synchronous")
        try:
            self._url = make_url(given)
            self.dialect = make(self._url, poolclass=NullPool).dialect
        except ImportError as error:
            raise ConfigurationError(f"{error}; it has to be installed") from None
        except (SQLAlchemyError, TypeError, ValueError):
            raise ConfigurationError(unusable) from None
        # An @ in the password that is not written as %40: the rest of it would be taken
        # for the host, and be told as such.
        if self.dialect.is_async is not is_async or "@" in (self._url.host or ""):
            raise ConfigurationError(unusable)
        if self.dialect.name == "sqlite" and _is_in_memory(self._url):
            raise ConfigurationError(_IN_MEMORY)

    def look_up_engine(self) -> _Engine:
        """Make an engine without a pool, whose connections commit by themselves."""
        return self._made(LOOK_UP, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def change_engine(self) -> _Engine:
        """Make an engine for transactions."""
        # SQLite has one writer at a time, and no such level.
        usual = {} if self.dialect.name == "sqlite" else _LEVEL
        return self._made(
            CHANGE,
            poolclass=AsyncAdaptedQueuePool if self.dialect.is_async else QueuePool,
            pool_size=1,  # few processes change much
            max_overflow=_MOST_CHANGES - 1,
            pool_timeout=CHANGE,
            pool_pre_ping=True,
            **usual,
        )

    def _made(self, seconds: int, **options: Any) -> _Engine:
        told = bounds(self.dialect, seconds)
        engine = self._make(
            self._url,
            connect_args={
                name: each for name, each in told.items() if name not in self._url.query
            },
            hide_parameters=True,
            **options,
        )
        if self.dialect.name == "sqlite":
            event.listen(_sync(engine), "connect", _heed_foreign_keys)
        if self.dialect.driver == "psycopg" and not self.dialect.is_async:
            event.listen(engine, "do_connect", impatient(seconds))
        return engine


def bounds(dialect: Dialect, seconds: int) -> Mapping[str, Any]:
    """Give what a driver is told, so that it waits so many seconds at most.

    Empty for a driver that we do not know.
    """
    driver = dialect.driver
    told: dict[str, Any] = {}
    if driver in _CONNECTS:
        told[_CONNECTS[driver]] = seconds
    # What drivers of asyncio do for it costs more than our own way for look-ups.
    if driver in _ANSWERS and not (dialect.is_async and seconds == LOOK_UP):
        told |= _ANSWERS[driver](seconds)
    return told


def changing(engine: _Engine) -> _Engine:
    """Give an engine of the user's for transactions: secrets are not in its errors."""
    usual = {} if engine.dialect.name == "sqlite" else _LEVEL
    ours: _Engine = engine.execution_options(**usual)
    _sync(ours).hide_parameters = True
    return ours


def leave_to_parent(engine: Engine | AsyncEngine, parent: int) -> None:
    """Give an engine other connections than those that a fork has copied.

    Args:
        engine: The user's.
        parent: The process where it was given; nothing is done in this one itself.
    """
    if os.getpid() == parent:
        return
    sync = _sync(engine)
    # What nobody holds is collected, and asyncpg then ends the connection: also for
    # the parent, whose event loop waits by the same selector.
    _LEFT.append(sync.pool)
    sync.dispose(close=False)


def _sync(engine: Engine | AsyncEngine) -> Engine:
    return engine.sync_engine if isinstance(engine, AsyncEngine) else engine


def _is_in_memory(url: URL) -> bool:
    name = url.database or ":memory:"
    return ":memory:" in name or url.query.get("mode") == "memory"


def _heed_foreign_keys(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
