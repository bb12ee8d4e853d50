import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select

from jwtgate import ConfigurationError
from jwtgate.stores.changes import Change
from jwtgate.stores.sql.database import Database
from jwtgate.stores.sql.queries import BY_NAME, Query
from jwtgate.stores.sql.tables import denied
from jwtgate.stores.sql.transaction import Transaction
from tests.databases import SYNC_DRIVERS, Place, Places

COUNT = select(func.count()).select_from(denied)

# A child asks by what its parent has asked with; then the parent does again.
FORKED = """
import os, sys
from sqlalchemy import create_engine, select, text
from jwtgate.stores.sql.database import Database
from jwtgate.stores.sql.queries import Query

url, kind, question = sys.argv[1:]
engine = create_engine(url)
database = Database(url if kind == "url" else engine)
query = Query.of(select(text(question)), database.dialect)

def ask():
    who = database.look_up(query)[0][0]
    return who, database.read(lambda now: now.row(select(text(question))))[0]

before = ask()
if os.fork() == 0:
    os._exit(0 if set(ask()).isdisjoint(before) and ask()[0] else 1)
status = os.waitstatus_to_exitcode(os.wait()[1])
print(status, ask() == before)
database.close()
engine.dispose()
"""

WHO = {"psycopg": "pg_backend_pid()", "pymysql": "connection_id()"}


@pytest.fixture(params=SYNC_DRIVERS)
def place(request: pytest.FixtureRequest, places: Places) -> Place:
    """Give an empty database."""
    return places.place(request.param)


@pytest.fixture(params=["url", "engine"])
def database(request: pytest.FixtureRequest, place: Place) -> Iterator[Database]:
    """Open it by a URL, and by an engine."""
    engine = create_engine(place.url)
    made = Database(place.url if request.param == "url" else engine)
    yield made
    made.close()
    engine.dispose()


def deny(now: Transaction) -> None:
    """Change something."""
    now.insert(denied, subject="jack")
    now.touch(["jack"])


def counted(database: Database) -> Any:
    """Count what was changed."""
    return database.read(lambda now: now.row(COUNT))


def test_a_change_is_there_for_who_looks(database: Database) -> None:
    """At once."""
    database.change(deny)
    assert counted(database) == (1,)


def test_a_change_is_there_for_look_ups(database: Database) -> None:
    """Which see what was committed before them."""
    query = Query.of(select(denied.c.subject), database.dialect)
    assert database.look_up(query) == []
    database.change(deny)
    assert len(database.look_up(query)) == 1


def test_a_database_that_was_closed_is_opened_again(database: Database) -> None:
    """By the next who uses it."""
    database.change(deny)
    database.close()
    assert counted(database) == (1,)


@pytest.mark.parametrize("place", ["psycopg"], indirect=True)
def test_an_engine_that_was_given_stays_open(place: Place) -> None:
    """It is another's, too."""
    engine = create_engine(place.url)
    database = Database(engine)
    counted(database)
    pool = engine.pool
    database.close()
    assert engine.pool is pool
    assert pool.checkedin() == 1  # type: ignore[attr-defined] # a QueuePool
    engine.dispose()


@pytest.mark.parametrize("place", ["psycopg"], indirect=True)
def test_nothing_is_connected_before_it_is_used(place: Place) -> None:
    """Apps are imported where no database is."""
    Database(place.url.replace("127.0.0.1", "nowhere.invalid"))


def test_who_forgets_it_closes_it(database: Database, place: Place) -> None:
    """A driver's connections that are lost warn, which would fail this test."""
    other = Database(place.url)
    other.look_up(Query.of(BY_NAME, other.dialect), name="jack")
    counted(other)
    del other
    gc.collect()
    assert counted(database) == (0,)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_who_is_to_be_told_is_told(place: Place) -> None:
    """Once it is made; what changes nothing is not told of."""
    told: list[tuple[Change, Any]] = []
    reader = Database(place.url)
    database = Database(
        place.url, notify=lambda change: told.append((change, counted(reader)))
    )
    database.change(deny)
    database.change(lambda _: None)
    assert told == [(Change(("jack",)), (1,))]


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_change_is_made_though_nobody_could_be_told(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """It cannot be undone; caches find out when their time is over."""

    def fail(_: Change) -> None:
        raise ZeroDivisionError

    database = Database(place.url, notify=fail)
    database.change(deny)
    assert counted(database) == (1,)
    assert "nobody was told" in caplog.text


@pytest.mark.parametrize("given", ["", 5, None])
def test_what_is_no_database_is_refused(given: Any) -> None:
    """When it is made."""
    with pytest.raises(ConfigurationError):
        Database(given)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("place", WHO, indirect=True)
@pytest.mark.parametrize("kind", ["url", "engine"])
def test_a_forked_process_has_its_own_connections(place: Place, kind: str) -> None:
    """Two that read from one would get each other's answers."""
    command = [sys.executable, "-c", FORKED, place.url, kind, WHO[place.driver]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this interpreter, on a text above
    assert (done.stdout, done.stderr) == ("0 True\n", "")
