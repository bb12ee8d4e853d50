"""Databases of the tests: servers on the loopback, and files."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any, Final, TypeAlias, final
from uuid import uuid4

import pytest
from sqlalchemy import Engine, NullPool, create_engine, text

from jwtgate.stores.sql import create_all, metadata

__all__ = [
    "ASYNC_DRIVERS",
    "DRIVERS",
    "SYNC_DRIVERS",
    "AnyStore",
    "Awaited",
    "Place",
    "Places",
    "Trips",
    "counted",
    "is_async",
    "opened",
]

SYNC_DRIVERS: Final = "sqlite", "psycopg", "pymysql"
ASYNC_DRIVERS: Final = "aiosqlite", "asyncpg", "asyncmy"
DRIVERS: Final = *SYNC_DRIVERS, *ASYNC_DRIVERS

AnyStore: TypeAlias = Any
"""A store or denylist; an asynchronous one is used alike."""

_HOST: Final = "127.0.0.1"
_PATIENCE: Final = 10.0
_SERVERS: Final = {
    "postgresql": (f"postgresql+psycopg://postgres@{_HOST}/postgres", 5432),
    "mysql": (f"mysql+pymysql://root@{_HOST}/", 3306),
}
_KINDS: Final = {
    "sqlite": ("sqlite", "sqlite"),
    "aiosqlite": ("sqlite", "sqlite+aiosqlite"),
    "psycopg": ("postgresql", "postgresql+psycopg"),
    "asyncpg": ("postgresql", "postgresql+asyncpg"),
    "pymysql": ("mysql", "mysql+pymysql"),
    "asyncmy": ("mysql", "mysql+asyncmy"),
}


def is_async(driver: str) -> bool:
    """Whether a driver is for asynchronous code."""
    return driver in ASYNC_DRIVERS


@final
@dataclass(frozen=True)
class Place:
    """An empty database with the tables, for one driver.

    Attributes:
        driver: One of :data:`DRIVERS`.
        url: For a store.
        engine: For who looks at the tables, or writes to them.
    """

    driver: str
    url: str
    engine: Engine

    @property
    def is_async(self) -> bool:
        """Whether the driver is for asynchronous code."""
        return is_async(self.driver)

    @property
    def kind(self) -> str:
        """Give the name of the dialect."""
        return _KINDS[self.driver][0]

    def run(self, statement: str, **values: Any) -> None:
        """Do what somebody does by hand."""
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Look at the tables; texts of MariaDB as texts."""
        with self.engine.begin() as connection:
            found = connection.execute(text(statement), values).all()
        return [tuple(map(_text, row)) for row in found]


@final
class Places:
    """The databases of a run, each created when a test needs it, and dropped at last.

    Args:
        folder: For the files of SQLite.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"jwtgate_test_{uuid4().hex}"
        self._engines: dict[str, Engine] = {}

    def place(self, driver: str) -> Place:
        """Give the database for a driver, emptied."""
        kind, scheme = _KINDS[driver]
        engine = self._engines.get(kind)
        if engine is None:
            engine = self._engines[kind] = self._create(kind)
            create_all(engine)
        with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
        url = engine.url.set(drivername=scheme)
        return Place(driver, url.render_as_string(hide_password=False), engine)

    def drop(self) -> None:
        """Drop them all."""
        for kind, engine in self._engines.items():
            engine.dispose()
            if kind in _SERVERS:
                force = " WITH (FORCE)" if kind == "postgresql" else ""
                _do(kind, f"DROP DATABASE {self._name}{force}")

    def _create(self, kind: str) -> Engine:
        if kind == "sqlite":
            return create_engine(f"sqlite:///{self._folder / self._name}")
        server, port = _SERVERS[kind]
        _check(port)
        _do(kind, f"CREATE DATABASE {self._name}")
        url = server.removesuffix("postgres").rstrip("/")
        # Tests end all connections to it, these too.
        return create_engine(f"{url}/{self._name}", pool_pre_ping=True)


@final
class Awaited:
    """An asynchronous store or denylist, used as if it were none."""

    _NAMES: Final = {
        "find": "afind",
        "find_consumer": "afind_consumer",
        "look_up": "alook_up",
    }

    def __init__(self, made: Any) -> None:
        self._made = made
        self._runner = asyncio.Runner()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Give a method that waits."""
        method = getattr(self._made, self._NAMES.get(name, name))

        async def call(args: Any, more: Any) -> Any:
            return await method(*args, **more)

        return lambda *args, **more: self._runner.run(call(args, more))

    def run(self, method: Callable[[], Awaitable[Any]]) -> None:
        """Await what is not the store's in its event loop."""

        async def call() -> None:
            await method()

        self._runner.run(call())

    def close(self) -> None:
        """Shut its event loop down, which closes its connections."""
        self._runner.close()


@contextmanager
def opened(made: AnyStore) -> Iterator[AnyStore]:
    """Use a store or denylist, and close it; an asynchronous one is used alike."""
    store = made if hasattr(made, "close") else Awaited(made)
    try:
        yield store
    finally:
        store.close()


class Trips(ThreadingTCPServer):
    """Passes on what is sent to a port, and counts the trips to it and back.

    Attributes:
        number: How often something was asked after an answer.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.number = 0
        super().__init__((_HOST, 0), _Joint)

    @property
    def port(self) -> int:
        """Tell where it listens, on the loopback."""
        return int(self.server_address[1])


class _Joint(BaseRequestHandler):
    server: Trips

    def handle(self) -> None:
        """Pass on what comes, until one side ends."""
        client: socket.socket = self.request
        answered = True
        with socket.create_connection((_HOST, self.server.target)) as server:
            other = {client: server, server: client}
            while True:
                for side in select(list(other), (), ())[0]:
                    data = side.recv(65_536)
                    if not data:
                        return
                    self.server.number += answered and side is client
                    answered = side is server
                    other[side].sendall(data)


@contextmanager
def counted(target: int) -> Iterator[Trips]:
    """Count trips to a port, until those who make them have ended."""
    with Trips(target) as trips:
        thread = Thread(target=trips.serve_forever, args=(0.01,))
        thread.start()
        yield trips
        trips.shutdown()
        thread.join()


def _check(port: int) -> None:
    try:
        socket.create_connection((_HOST, port), _PATIENCE).close()
    except OSError:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"no database listens on port {port}")


def _do(kind: str, statement: str) -> None:
    engine = create_engine(
        _SERVERS[kind][0], poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(text(statement))


def _text(value: Any) -> Any:
    return value.decode() if type(value) is bytes else value
