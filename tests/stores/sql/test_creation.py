import asyncio
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import create_engine, event, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from jwtgate.stores.sql import acreate_all, create_all, metadata
from tests.databases import Place, Places


@pytest.fixture(params=["sqlite", "psycopg", "pymysql"])
def bare(request: pytest.FixtureRequest, places: Places) -> Place:
    """Give a database without the tables; each test makes them again."""
    place = places.place(request.param)
    metadata.drop_all(place.engine)
    return place


def tables(place: Place) -> set[str]:
    """Tell which tables there are."""
    return set(inspect(place.engine).get_table_names())


def test_the_tables_are_created(bare: Place) -> None:
    """For the impatient."""
    create_all(bare.url)
    assert tables(bare) >= metadata.tables.keys()


def test_an_engine_will_do_too(bare: Place) -> None:
    """It stays open."""
    create_all(bare.engine)
    assert tables(bare) >= metadata.tables.keys()


def test_what_is_there_stays(bare: Place) -> None:
    """Also what is in it."""
    create_all(bare.url)
    bare.run("INSERT INTO jwtgate_denied (subject) VALUES ('jack')")
    create_all(bare.url)
    assert bare.rows("SELECT subject FROM jwtgate_denied") == [("jack",)]


def test_several_may_create_them_at_once(bare: Place) -> None:
    """As processes do that start together."""
    barrier = Barrier(4)
    failed: list[Exception] = []

    def create() -> None:
        barrier.wait(10)
        try:
            create_all(bare.url)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [Thread(target=create) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failed
    assert tables(bare) >= metadata.tables.keys()


@pytest.mark.parametrize("bare", ["psycopg"], indirect=True)
def test_who_may_not_create_them_is_told(bare: Place) -> None:
    """It is not another one's doing, however often it is tried."""
    engine = create_engine(bare.url)
    event.listen(engine, "before_cursor_execute", _forbid, retval=True)
    with pytest.raises(DBAPIError):
        create_all(engine)
    engine.dispose()
    create_all(bare.engine)


def _forbid(
    _connection: Any, _cursor: Any, statement: str, values: Any, *_: Any
) -> tuple[str, Any]:
    refused = statement.replace("CREATE TABLE", "CREATE NOTHING")
    return refused, values


@pytest.mark.parametrize("kind", ["url", "engine"])
@pytest.mark.parametrize("bare", ["sqlite"], indirect=True)
def test_asynchronous_code_creates_them_as_well(bare: Place, kind: str) -> None:
    """With its own drivers."""
    url = bare.url.replace("sqlite", "sqlite+aiosqlite", 1)

    async def create() -> None:
        engine = create_async_engine(url)
        await acreate_all(url if kind == "url" else engine)
        await engine.dispose()

    asyncio.run(create())
    assert tables(bare) >= metadata.tables.keys()
