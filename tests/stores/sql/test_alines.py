import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

import pytest
from sqlalchemy import NullPool, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from jwtgate import StoreError
from jwtgate.stores.sql.alines import AsyncKeptLines, AsyncPooledLines
from jwtgate.stores.sql.lines import MOST_LINES
from tests.databases import Place, Places
from tests.stores.sql.test_lines import ALL, OWN_PID, SUICIDE, connections, kill

POSTGRES: dict[str, Any] = {"asyncpg": (), "psycopg_async": {}}
"""What the drivers of PostgreSQL take for no values."""


@asynccontextmanager
async def kept(url: str) -> AsyncIterator[tuple[AsyncKeptLines, AsyncEngine]]:
    """Make lines of our own."""
    engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    lines = AsyncKeptLines(engine)
    try:
        yield lines, engine
    finally:
        await lines.close()
        await engine.dispose()


@asynccontextmanager
async def pooled(url: str) -> AsyncIterator[tuple[AsyncPooledLines, AsyncEngine]]:
    """Make lines of a user's engine."""
    engine = create_async_engine(url)
    lines = AsyncPooledLines(engine)
    try:
        yield lines, engine
    finally:
        await lines.close()
        await engine.dispose()


def in_loop(work: Callable[[], Awaitable[None]]) -> None:
    """Run work in an event loop of its own."""

    async def run() -> None:
        await work()

    asyncio.run(run())


@pytest.fixture(params=POSTGRES)
def driver(request: pytest.FixtureRequest) -> str:
    """Give a driver of PostgreSQL: one that is asked directly, one by a greenlet."""
    found: str = request.param
    return found


@pytest.fixture
def postgres(places: Places) -> Place:
    """Give a database of PostgreSQL."""
    return places.place("asyncpg")


@pytest.fixture
def url(postgres: Place, driver: str) -> str:
    """Give its URL for the driver."""
    return postgres.url.replace("asyncpg", driver)


@pytest.fixture
def sqlite(places: Places) -> Place:
    """Give a database of SQLite."""
    return places.place("aiosqlite")


@pytest.mark.parametrize("name", ["aiosqlite", "asyncpg", "asyncmy"])
@pytest.mark.parametrize("lines_of", [kept, pooled])
def test_what_is_found_is_given_as_tuples(
    places: Places, name: str, lines_of: Any
) -> None:
    """Whatever the driver's rows are."""

    async def use() -> None:
        async with lines_of(places.place(name).url) as (lines, _):
            for _ in range(2):
                assert await lines.ask("SELECT 1, 2", ()) == [(1, 2)]

    in_loop(use)


def test_another_driver_is_asked_by_greenlets(postgres: Place) -> None:
    """As SQLAlchemy does."""

    async def use() -> None:
        async with kept(postgres.url.replace("asyncpg", "psycopg")) as (lines, _):
            assert await lines.ask("SELECT 1, 2", {}) == [(1, 2)]

    in_loop(use)


def test_a_connection_stays_open(url: str, driver: str) -> None:
    """Opening one takes longer than a look-up."""

    async def use() -> None:
        async with kept(url) as (lines, engine):
            made = connections(engine.sync_engine)
            for _ in range(3):
                await lines.ask(ALL, POSTGRES[driver])
            assert len(made) == 1

    in_loop(use)


def test_an_error_goes_through(url: str, driver: str) -> None:
    """And the next look-up has another connection."""

    async def use() -> None:
        async with kept(url) as (lines, engine):
            made = connections(engine.sync_engine)
            with pytest.raises(Exception, match="nowhere"):
                await lines.ask("SELECT 1 FROM nowhere", POSTGRES[driver])
            await lines.ask(ALL, POSTGRES[driver])
            assert len(made) == 2

    in_loop(use)


@pytest.mark.parametrize("lines_of", [kept, pooled])
def test_connections_that_were_closed_are_replaced(
    postgres: Place, url: str, driver: str, lines_of: Any
) -> None:
    """All of them at once: a look-up is run again once."""

    async def use() -> None:
        values = POSTGRES[driver]
        asked = "SELECT pg_backend_pid() FROM pg_sleep(0.2)"
        async with lines_of(url) as (lines, engine):
            found = await asyncio.gather(*(lines.ask(asked, values) for _ in range(3)))
            pids = {rows[0][0] for rows in found}
            assert len(pids) == 3
            kill(postgres, *pids)
            made = connections(engine.sync_engine)
            assert (await lines.ask(OWN_PID, values))[0][0] not in pids
            assert len(made) == 1

    in_loop(use)


def test_who_is_cut_off_twice_is_told(url: str, driver: str) -> None:
    """It is not tried for ever."""

    async def use() -> None:
        async with kept(url) as (lines, engine):
            await lines.ask(ALL, POSTGRES[driver])
            made = connections(engine.sync_engine)
            with pytest.raises(Exception, match="connection"):
                await lines.ask(SUICIDE, POSTGRES[driver])
            assert len(made) == 1

    in_loop(use)


@pytest.mark.parametrize("has_terminate", [True, False])
def test_who_is_cancelled_leaves_nothing_behind(
    postgres: Place,
    has_terminate: bool,  # noqa: FBT001 - a column
) -> None:
    """The answer is still to come: the next one would get it."""

    async def use() -> None:
        async with kept(postgres.url) as (lines, engine):
            engine.dialect.has_terminate = has_terminate  # older ones have not
            (pid,) = (await lines.ask(OWN_PID, ()))[0]
            asking = asyncio.create_task(lines.ask("SELECT 1 FROM pg_sleep(9)", ()))
            await asyncio.sleep(0)  # it has sent its question
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            assert (await lines.ask(OWN_PID, ()))[0][0] != pid

    in_loop(use)


def test_a_connection_in_use_is_closed_after_it(url: str, driver: str) -> None:
    """Who closes them does not wait for it, and nobody else would close it."""

    async def use() -> None:
        async with kept(url) as (lines, engine):
            opened: list[object] = []
            event.listen(engine.sync_engine, "connect", lambda it, _: opened.append(it))
            event.listen(engine.sync_engine, "close", lambda it, _: opened.remove(it))
            question = "SELECT 1 FROM pg_sleep(0.1)", POSTGRES[driver]
            await lines.ask(*question)
            asking = [asyncio.create_task(lines.ask(*question)) for _ in range(2)]
            await asyncio.sleep(0)  # one has the open one, the other opens one
            await lines.close()
            assert await asyncio.gather(*asking) == [[(1,)], [(1,)]]
            assert opened == []

    in_loop(use)


def test_an_answer_is_not_waited_for_long(url: str, driver: str) -> None:
    """A second, whatever the driver would do."""

    async def use() -> None:
        async with kept(url) as (lines, _):
            with pytest.raises(TimeoutError):
                await lines.ask("SELECT 1 FROM pg_sleep(9)", POSTGRES[driver])

    in_loop(use)


def test_who_finds_no_connection_free_is_told_in_time(sqlite: Place) -> None:
    """It waits for a second; who waits less long gets one."""

    async def use() -> None:
        done = Event()

        def prepare(connection: Any, _: object) -> None:
            connection.create_function("wait", 0, lambda: done.wait(10))

        async with kept(sqlite.url) as (lines, engine):
            event.listen(engine.sync_engine, "connect", prepare)
            waiting = [
                asyncio.create_task(lines.ask("SELECT wait()", ()))
                for _ in range(MOST_LINES)
            ]
            await asyncio.sleep(0)  # they have their turns
            with pytest.raises(StoreError, match="busy"):
                await lines.ask(ALL, ())
            patient = asyncio.create_task(lines.ask(ALL, ()))
            await asyncio.sleep(0)  # it waits
            done.set()
            assert await patient == [(1,)]
            await asyncio.gather(*waiting)

    in_loop(use)
