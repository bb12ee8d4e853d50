"""A database of another encoding than UTF-8 has no euro sign, and clients send one."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from jwtgate.stores.sql import AsyncSQLStore, SQLStore, create_all
from tests.databases import Places
from tests.kit import SECRET

THERE, NOWHERE = "j\u00e4ck-key", "\u20ac-key"


@pytest.fixture
def url(places: Places) -> Iterator[str]:
    """Make a database of PostgreSQL that writes Latin-1."""
    server = places.place("psycopg").url.rpartition("/")[0]
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    name = f"jwtgate_latin_{uuid4().hex}"
    made = f"CREATE DATABASE {name} ENCODING LATIN1 LOCALE 'C' TEMPLATE template0"
    with engine.connect() as connection:
        connection.execute(text(made))
    try:
        yield f"{server}/{name}"
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def fill(url: str) -> None:
    """Put one credential into it."""
    create_all(url)
    with closing(SQLStore(url)) as store:
        jack = store.create_consumer(username="jack")
        store.create_credential(jack, key=THERE, secret=SECRET)


@pytest.mark.parametrize("kind", ["url", "engine"])
def test_attack_by_a_key_that_the_database_cannot_write(url: str, kind: str) -> None:
    """It is unknown; a failure, for all to see, would be the client's choice."""
    fill(url)
    engine = create_engine(url)
    store = SQLStore(url if kind == "url" else engine)
    assert store.find(NOWHERE) == ()
    assert store.find_consumer(NOWHERE) is None
    assert len(store.find(THERE)) == 1
    store.close()
    engine.dispose()


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
@pytest.mark.parametrize("kind", ["url", "engine"])
def test_attack_by_such_a_key_on_asynchronous_code(
    url: str, driver: str, kind: str
) -> None:
    """However the driver says so."""
    fill(url)

    async def look() -> None:
        place = url.replace("psycopg", driver)
        engine = create_async_engine(place)
        store: Any = AsyncSQLStore(place if kind == "url" else engine)
        assert await store.afind(NOWHERE) == ()
        assert len(await store.afind(THERE)) == 1
        await store.aclose()
        await engine.dispose()

    asyncio.run(look())


def test_a_pool_that_ends_no_transaction_sees_what_is_there(places: Places) -> None:
    """In MariaDB a transaction sees what was there when it began, for ever."""
    place = places.place("pymysql")
    fill(place.url)
    engine = create_engine(place.url, pool_reset_on_return=None)
    store = SQLStore(engine)
    assert len(store.find(THERE)) == 1
    with closing(SQLStore(place.url)) as other:
        other.delete_credential(THERE)
    assert store.find(THERE) == ()
    engine.dispose()
