import os
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.dialects import oracle
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from jwtgate import ConfigurationError
from jwtgate.stores.sql.engines import (
    CHANGE,
    LOOK_UP,
    Address,
    bounds,
    changing,
    leave_to_parent,
)
from tests.databases import Places

URLS = {
    "psycopg": "postgresql+psycopg://jack:hunter2@db/x",
    "pymysql": "mysql+pymysql://jack:hunter2@db/x",
    "sqlite": "sqlite:///x.db",
    "asyncpg": "postgresql+asyncpg://jack:hunter2@db/x",
    "asyncmy": "mysql+asyncmy://jack:hunter2@db/x",
    "aiosqlite": "sqlite+aiosqlite:///x.db",
}


def address(url: str) -> Address[Any]:
    """Make the address of a URL in its world."""
    is_async = any(each in url for each in ("asyncpg", "asyncmy", "aiosqlite"))
    return Address(url, create_async_engine if is_async else create_engine)


@pytest.mark.parametrize(
    ("driver", "told"),
    [
        (
            "psycopg",
            {
                "connect_timeout": 1,
                "options": "-c statement_timeout=1000",
                "tcp_user_timeout": 1000,
            },
        ),
        ("pymysql", {"connect_timeout": 1, "read_timeout": 1, "write_timeout": 1}),
        ("sqlite", {"timeout": 1}),
        ("asyncpg", {"timeout": 1}),
        ("asyncmy", {"connect_timeout": 1}),
        ("aiosqlite", {"timeout": 1}),
    ],
)
def test_a_look_up_waits_for_a_second(driver: str, told: dict[str, Any]) -> None:
    """For the answers of asynchronous drivers the lines do so."""
    assert bounds(address(URLS[driver]).dialect, LOOK_UP) == told


@pytest.mark.parametrize(
    ("driver", "told"),
    [
        (
            "psycopg",
            {
                "connect_timeout": 10,
                "options": "-c statement_timeout=10000",
                "tcp_user_timeout": 10_000,
            },
        ),
        ("pymysql", {"connect_timeout": 10, "read_timeout": 10, "write_timeout": 10}),
        ("sqlite", {"timeout": 10}),
        ("asyncpg", {"timeout": 10, "command_timeout": 10}),
        ("asyncmy", {"connect_timeout": 10, "read_timeout": 10}),
        ("aiosqlite", {"timeout": 10}),
    ],
)
def test_a_change_waits_for_ten_seconds(driver: str, told: dict[str, Any]) -> None:
    """For others who change the same."""
    assert bounds(address(URLS[driver]).dialect, CHANGE) == told


def test_a_driver_that_we_do_not_know_is_told_nothing() -> None:
    """It has bounds of its own, or the URL has."""
    unknown: Any = oracle.dialect
    assert bounds(unknown(), LOOK_UP) == {}


@pytest.mark.parametrize("engine", ["look_up_engine", "change_engine"])
def test_a_driver_takes_what_it_is_told(places: Places, engine: str) -> None:
    """The server, too, gives up in time."""
    made = getattr(address(places.place("psycopg").url), engine)()
    with made.connect() as connection:
        told = connection.scalar(text("SHOW statement_timeout"))
    made.dispose()
    assert told == {"look_up_engine": "1s", "change_engine": "10s"}[engine]


def test_what_the_url_says_is_heeded(places: Places) -> None:
    """Instead of what we would say."""
    url = f"{places.place('psycopg').url}?options=-cstatement_timeout%3D2500"
    engine = address(url).look_up_engine()
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "2500ms"
    engine.dispose()


@pytest.mark.parametrize("kind", ["look_up_engine", "change_engine"])
def test_an_sqlite_heeds_foreign_keys(places: Places, kind: str) -> None:
    """It does so only if each connection is told to."""
    engine = getattr(address(places.place("sqlite").url), kind)()
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()


def test_an_engine_for_look_ups_begins_nothing(places: Places) -> None:
    """That would be a trip to the database, and the end of it another one."""
    engine = address(places.place("psycopg").url).look_up_engine()
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        assert driver.autocommit
    engine.dispose()


UNUSABLE = [
    "",
    "hunter2",
    "nope://jack:hunter2@db/x",
    "postgresql+psycopg://jack:p@hunter2@db/x",
    "postgresql+psycopg://jack:hunter2@db:hunter2/x",
    5,
    None,
]


@pytest.mark.parametrize("given", UNUSABLE, ids=str)
@pytest.mark.parametrize("make", [create_engine, create_async_engine])
def test_what_is_no_url_is_refused(given: Any, make: Any) -> None:
    """Without a part of it, which may be the password."""
    with pytest.raises(ConfigurationError, match="expected an Engine") as caught:
        Address(given, make)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("driver", "make"),
    [("psycopg", create_async_engine), ("sqlite", create_async_engine)]
    + [(driver, create_engine) for driver in ("asyncpg", "asyncmy", "aiosqlite")],
)
def test_a_driver_of_the_other_world_is_refused(driver: str, make: Any) -> None:
    """It would fail, or block, at the first request; psycopg is of both."""
    if driver == "psycopg":
        assert Address(URLS[driver], make).dialect.is_async
        return
    with pytest.raises(ConfigurationError, match="synchronous code"):
        Address(URLS[driver], make)


def test_a_driver_that_is_not_installed_is_named() -> None:
    """The extra has none: they are many."""
    with pytest.raises(ConfigurationError, match="pg8000"):
        Address("postgresql+pg8000://db/x", create_engine)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file::memory:?uri=true",
        "sqlite:///file:x?mode=memory&uri=true",
    ],
)
def test_an_sqlite_in_memory_is_refused(url: str) -> None:
    """Each connection would have another one."""
    with pytest.raises(ConfigurationError, match="file"):
        address(url)


def test_an_engine_of_the_user_s_hides_secrets_from_errors() -> None:
    """As long as it is we who use it."""
    engine = create_engine("sqlite://")
    with pytest.raises(DBAPIError) as caught, changing(engine).connect() as connection:
        connection.execute(text("SELECT :secret FROM nowhere"), {"secret": "hunter2"})
    assert "hunter2" not in str(caught.value)
    assert not engine.hide_parameters


@pytest.mark.parametrize("driver", ["psycopg", "pymysql"])
def test_a_change_sees_what_others_committed(places: Places, driver: str) -> None:
    """Whatever the user's engine does otherwise."""
    engine = create_engine(places.place(driver).url, isolation_level="SERIALIZABLE")
    with changing(engine).connect() as connection:
        assert connection.get_isolation_level() == "READ COMMITTED"
    with engine.connect() as connection:
        assert connection.get_isolation_level() == "SERIALIZABLE"
    engine.dispose()


def test_an_asynchronous_engine_is_taken_as_well() -> None:
    """And what is made of it is one."""
    engine = create_async_engine(URLS["asyncpg"])
    ours = changing(engine)
    assert isinstance(ours, AsyncEngine)
    assert (ours.sync_engine.hide_parameters, engine.sync_engine.hide_parameters) == (
        True,
        False,
    )


def connected(engine: Engine) -> Any:
    """Give the connection that an engine uses, and puts back."""
    with engine.connect() as connection:
        return connection.connection.driver_connection


def test_connections_that_a_fork_copied_are_kept_and_not_used(places: Places) -> None:
    """Some drivers end what nobody holds, and so the parent's."""
    engine = create_engine(places.place("psycopg").url)
    old = connected(engine)
    leave_to_parent(engine, parent=os.getpid())
    assert connected(engine) is old
    leave_to_parent(engine, parent=os.getpid() + 1)
    assert connected(engine) is not old
    assert not old.closed
    engine.dispose()
    old.close()
