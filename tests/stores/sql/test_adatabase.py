import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import create_async_engine

from jwtgate import ConfigurationError
from jwtgate.stores.changes import Change
from jwtgate.stores.sql.adatabase import AsyncDatabase
from jwtgate.stores.sql.queries import BY_NAME, Query
from jwtgate.stores.sql.tables import denied
from tests.databases import ASYNC_DRIVERS, Place, Places
from tests.stores.sql.test_database import deny

COUNT = select(func.count()).select_from(denied)

# A child asks by what its parent has asked with, in an event loop of its own.
FORKED = """
import asyncio, gc, os, sys
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import create_async_engine
from jwtgate.stores.sql.adatabase import AsyncDatabase
from jwtgate.stores.sql.queries import Query

url, kind = sys.argv[1:]
engine = create_async_engine(url)
database = AsyncDatabase(url if kind == "url" else engine)
query = Query.of(select(text("pg_backend_pid()")), database.dialect)

async def ask():
    return (await database.look_up(query))[0][0]

async def child(before):
    found = await ask()
    gc.collect()  # asyncpg ends a connection that nobody holds, for the parent, too
    await database.close()
    await engine.dispose()
    return found == before

loop = asyncio.new_event_loop()
before = loop.run_until_complete(ask())
if os.fork() == 0:
    asyncio._set_running_loop(None)
    os._exit(asyncio.run(child(before)))
status = os.waitstatus_to_exitcode(os.wait()[1])
print(status, loop.run_until_complete(ask()) == before)
loop.run_until_complete(database.close())
loop.run_until_complete(engine.dispose())
loop.close()
"""


@pytest.fixture(params=ASYNC_DRIVERS)
def place(request: pytest.FixtureRequest, places: Places) -> Place:
    """Give an empty database."""
    return places.place(request.param)


def in_loop(work: Callable[[], Awaitable[Any]]) -> Any:
    """Run work in an event loop of its own."""

    async def run() -> Any:
        return await work()

    return asyncio.run(run())


async def counted(database: AsyncDatabase) -> Any:
    """Count what was changed."""
    return await database.read(lambda now: now.row(COUNT))


@pytest.mark.parametrize("kind", ["url", "engine"])
def test_a_change_is_there_for_who_looks(place: Place, kind: str) -> None:
    """At once, and for look-ups too."""

    async def use() -> None:
        engine = create_async_engine(place.url)
        database = AsyncDatabase(place.url if kind == "url" else engine)
        query = Query.of(select(denied.c.subject), database.dialect)
        assert await database.look_up(query) == []
        await database.change(deny)
        assert await counted(database) == (1,)
        assert len(await database.look_up(query)) == 1
        await database.close()
        await engine.dispose()

    in_loop(use)


def test_each_event_loop_has_its_own_connections(place: Place) -> None:
    """One after the other; each closes what it had when it shuts down."""
    database = AsyncDatabase(place.url)
    for _ in range(2):
        in_loop(lambda: counted(database))


def test_two_event_loops_at_once(place: Place) -> None:
    """In two threads."""
    database = AsyncDatabase(place.url)
    query = Query.of(BY_NAME, database.dialect)

    async def use() -> Any:
        found = await database.look_up(query, name="jack")
        other = asyncio.to_thread(in_loop, lambda: database.look_up(query, name="jack"))
        return [found, await other, await database.look_up(query, name="jack")]

    assert in_loop(use) == [[], [], []]


def test_a_database_that_was_closed_is_opened_again(place: Place) -> None:
    """By the next who uses it; closing what is not open does nothing."""

    async def use() -> None:
        database = AsyncDatabase(place.url)
        await database.close()
        await counted(database)
        await database.close()
        assert await counted(database) == (0,)

    in_loop(use)


@pytest.mark.parametrize("place", ["aiosqlite"], indirect=True)
def test_a_change_that_was_cancelled_locks_nobody_out(place: Place) -> None:
    """Nor while somebody still looks at why it ended, as who tries again does."""

    async def use() -> None:
        engine = create_async_engine(place.url)
        database = AsyncDatabase(engine)
        own: Any = asyncio.current_task()

        def cancel(*of: Any) -> None:
            if of[2].startswith("SELECT"):
                own.cancel()

        event.listen(engine.sync_engine, "before_cursor_execute", cancel)
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await database.change(lambda now: now.row(COUNT))
        event.remove(engine.sync_engine, "before_cursor_execute", cancel)
        assert own.uncancel() == 0
        await database.change(deny)
        assert await counted(database) == (1,)
        del cancelled
        await engine.dispose()

    in_loop(use)


@pytest.mark.parametrize("place", ["asyncpg"], indirect=True)
def test_an_engine_that_was_given_stays_open(place: Place) -> None:
    """It is another's, too."""

    async def use() -> None:
        engine = create_async_engine(place.url)
        database = AsyncDatabase(engine)
        await counted(database)
        await database.close()
        assert engine.pool.checkedin() == 1  # type: ignore[attr-defined] # a QueuePool
        await engine.dispose()

    in_loop(use)


@pytest.mark.parametrize("place", ["asyncpg"], indirect=True)
def test_a_loop_that_was_closed_is_forgotten(place: Place) -> None:
    """Even if nobody shut it down."""
    database = AsyncDatabase(place.url.replace("@127.0.0.1", "@127.0.0.1:1"))
    for _ in range(2):
        loop = asyncio.new_event_loop()
        with pytest.raises(OSError, match="Connect call failed"):
            loop.run_until_complete(counted(database))
        assert len(database._homes.get()) == 1  # noqa: SLF001 - what it remembers
        loop.close()


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("place", ["aiosqlite"], indirect=True)
def test_who_is_to_be_told_is_told(place: Place, is_async: bool) -> None:  # noqa: FBT001 - a column
    """By a function or a coroutine function; what changes nothing is not told of."""
    told: list[Change] = []

    async def tell(change: Change) -> None:
        await asyncio.sleep(0)
        told.append(change)

    async def use() -> None:
        notify: Any = tell if is_async else told.append
        database = AsyncDatabase(place.url, notify=notify)
        await database.change(deny)
        await database.change(lambda _: None)

    in_loop(use)
    assert told == [Change(("jack",))]


@pytest.mark.parametrize("place", ["aiosqlite"], indirect=True)
def test_a_change_is_made_though_nobody_could_be_told(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """It cannot be undone; caches find out when their time is over."""

    async def fail(_: Change) -> None:
        raise ZeroDivisionError

    async def use() -> None:
        database = AsyncDatabase(place.url, notify=fail)
        await database.change(deny)
        assert await counted(database) == (1,)

    in_loop(use)
    assert "nobody was told" in caplog.text


@pytest.mark.parametrize("given", ["", 5, None, "sqlite:///x.db"])
def test_what_is_no_database_is_refused(given: Any) -> None:
    """When it is made."""
    with pytest.raises(ConfigurationError):
        AsyncDatabase(given)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("place", ["asyncpg"], indirect=True)
@pytest.mark.parametrize("kind", ["url", "engine"])
def test_a_forked_process_has_its_own_connections(place: Place, kind: str) -> None:
    """Two that read from one would get each other's answers."""
    command = [sys.executable, "-c", FORKED, place.url, kind]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this interpreter, on a text above
    assert (done.stdout, done.stderr) == ("0 True\n", "")
