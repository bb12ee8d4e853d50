"""The stores under test, each over a server that may be killed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, final
from uuid import uuid4

import pytest

from jwtgate import Gate
from jwtgate.stores.cached import AsyncCachedStore, CachedStore
from jwtgate.stores.redis import AsyncRedisStore, RedisStore
from jwtgate.stores.sql import AsyncSQLStore, SQLStore
from tests.counting.redisserver import HOST, PATIENCE
from tests.faults.apps import App, app_of
from tests.instances import DATABASE, Instance
from tests.kit import SECRET, clock

__all__ = [
    "ENGINES",
    "Engine",
    "Hands",
    "Site",
    "every_engine",
    "main_engines",
    "new_name",
]


@final
@dataclass(frozen=True)
class Engine:
    """One store by one driver.

    Attributes:
        name: As in :data:`ENGINES`.
        server: The fixture that runs its server.
        url: Of the server, with ``{port}`` in it.
        operator: The same, for a driver that is synchronous.
        store: What finds credentials there.
        manager: What changes them.
        kind: ``asgi`` or ``wsgi``.
    """

    name: str
    server: str
    url: str
    operator: str
    store: type[Any]
    manager: type[Any]
    kind: str


def _sql(server: str, dialect: str, user: str, *drivers: str) -> Iterator[Engine]:
    where = f"{user}@{HOST}:{{port}}/{DATABASE}"
    one, other = (f"{dialect}+{driver}://{where}" for driver in drivers)
    yield Engine(drivers[0], server, one, one, SQLStore, SQLStore, "wsgi")
    yield Engine(drivers[1], server, other, one, AsyncSQLStore, SQLStore, "asgi")


def _redis() -> Iterator[Engine]:
    url = f"redis://{HOST}:{{port}}/0"
    yield Engine("redis", "redis", url, url, RedisStore, RedisStore, "wsgi")
    yield Engine("async redis", "redis", url, url, AsyncRedisStore, RedisStore, "asgi")


ENGINES: Final[Mapping[str, Engine]] = {
    engine.name: engine
    for engine in (
        *_sql("postgres", "postgresql", "postgres", "psycopg", "asyncpg"),
        *_sql("mariadb", "mysql", "root", "pymysql", "asyncmy"),
        *_redis(),
    )
}
"""By the driver."""


def every_engine(*names: str) -> pytest.MarkDecorator:
    """Run a test over stores, all if none is named."""
    return pytest.mark.parametrize("site", names or ENGINES, indirect=True)


main_engines = every_engine("psycopg", "asyncpg", "redis", "async redis")
"""Runs a test over those that say most: of each kind of server, in both worlds."""


def new_name() -> str:
    """Make a name that nobody has."""
    return f"jack-{uuid4().hex}"


@final
@dataclass
class Hands:
    """The hands of a clock, which a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@final
@dataclass
class Site:
    """A store, its server, and what a test makes over them.

    Attributes:
        engine: Which store.
        server: The server; running before and after each test.
        manager: Changes what is in the store.
        hands: The clock of the caches.
    """

    engine: Engine
    server: Instance
    manager: Any
    hands: Hands = field(default_factory=Hands)

    def url(self, port: int | None = None) -> str:
        """Give the URL of the server, or of what is in front of it."""
        return self.engine.url.format(port=port or self.server.port)

    @property
    def operator(self) -> str:
        """Give the URL for who looks at the server, or changes what is there."""
        return self.engine.operator.format(port=self.server.port)

    def add(self) -> str:
        """Add a consumer with a credential; both are called as is given."""
        name = new_name()
        consumer = self.manager.create_consumer(username=name)
        self.manager.create_credential(consumer, key=name, secret=SECRET)
        return name

    def store(self, port: int | None = None) -> Any:
        """Make the store of the engine."""
        return self.engine.store(self.url(port))

    @contextmanager
    def direct(self, port: int | None = None) -> Iterator[App]:
        """Run an app over the store itself.

        Args:
            port: Where the store looks for its server, if not there where it is.
        """
        store = self.store(port)
        with app_of(self.gate(store), self.engine.kind, store) as app:
            yield app

    @contextmanager
    def cached(self, port: int | None = None, **limits: Any) -> Iterator[App]:
        """Run an app over a cache around the store.

        Args:
            port: The same.
            limits: The cache's arguments.
        """
        store = self.store(port)
        cache = self.cache(store, **limits)
        with app_of(self.gate(cache), self.engine.kind, cache, store) as app:
            yield app

    def cache(self, store: Any, **limits: Any) -> Any:
        """Put a cache around a store; its clock is that of the test."""
        made = AsyncCachedStore if self.engine.kind == "asgi" else CachedStore
        return made(store, **{"clock": self.hands, "timeout": PATIENCE, **limits})

    def gate(self, store: Any) -> Gate:
        """Make a gate at the time of the tests."""
        return Gate(store, clock=clock)


@contextmanager
def open_site(engine: Engine, server: Instance) -> Iterator[Site]:
    """Open what manages a store, whose server runs."""
    manager = engine.manager(engine.operator.format(port=server.port))
    try:
        yield Site(engine, server, manager)
    finally:
        manager.close()
