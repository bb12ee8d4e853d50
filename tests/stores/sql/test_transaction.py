from collections.abc import Iterator
from threading import Barrier, Thread
from traceback import format_exception
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, bindparam, create_engine, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from jwtgate import ConfigurationError, Conflict
from jwtgate.stores.changes import CHANNEL, Change, decode
from jwtgate.stores.sql.engines import changing
from jwtgate.stores.sql.tables import consumer_tags, consumers, denied, keys
from jwtgate.stores.sql.transaction import Transaction, look, transact
from tests.databases import SYNC_DRIVERS, Place, Places

JACK = {
    "id": "jack",
    "groups": "[]",
    "tags": "[]",
    "enabled": True,
}

LOCKED = select(denied).where(denied.c.subject == bindparam("name")).with_for_update()


@pytest.fixture(params=SYNC_DRIVERS)
def place(request: pytest.FixtureRequest, places: Places) -> Place:
    """Give an empty database."""
    return places.place(request.param)


@pytest.fixture
def engine(place: Place) -> Engine:
    """Give an engine for changes in it."""
    return changing(place.engine)


def do(engine: Engine, work: Any) -> Any:
    """Do work in a transaction, and give what it made."""
    with engine.connect() as connection:
        return transact(connection, work, CHANNEL)[0]


def test_what_was_done_stays(engine: Engine) -> None:
    """It is committed."""
    do(engine, lambda now: now.insert(consumers, **JACK))
    assert len(do(engine, lambda now: now.rows(select(consumers)))) == 1


def test_a_row_that_was_added_gives_its_number(engine: Engine) -> None:
    """Greater than all before."""
    first = do(engine, lambda now: now.insert(consumers, **JACK))
    assert do(engine, lambda now: now.insert(consumers, **JACK | {"id": "b"})) > first


def test_a_row_without_a_number_gives_its_name(engine: Engine) -> None:
    """Nobody asks for it."""
    number = do(engine, lambda now: now.insert(consumers, **JACK))
    do(engine, lambda now: now.insert(keys, key="k", consumer=number))
    assert do(engine, lambda now: now.row(select(keys.c.consumer))) == (number,)


def test_texts_are_kept_exactly(engine: Engine, place: Place) -> None:
    """Octet by octet, where the database would lose some."""
    name = "j\u00e4ck \U0001f511"
    do(engine, lambda now: now.insert(denied, subject=name))
    assert place.rows("SELECT subject FROM jwtgate_denied") == [(name,)]


def test_what_raises_undoes_all(engine: Engine) -> None:
    """Nothing is changed by half."""

    def work(now: Transaction) -> None:
        now.insert(consumers, **JACK)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(engine, work)
    assert do(engine, lambda now: now.rows(select(consumers))) == []


def test_a_statement_tells_how_many_rows_it_was_about(engine: Engine) -> None:
    """Those that it found, even if they were so already."""
    do(engine, lambda now: now.insert(consumers, **JACK))
    again = update(consumers).values(enabled=True)
    assert do(engine, lambda now: now.run(again)) == 1


def test_who_was_too_late_does_it_again(engine: Engine) -> None:
    """Then it sees what the other one did."""
    attempts: list[int] = []

    def work(now: Transaction) -> bool:
        attempts.append(1)
        if now.row(select(consumers)) is not None:
            return False
        if len(attempts) == 1:
            now.insert(consumers, **JACK)
            now.insert(consumers, **JACK)
        now.insert(consumers, **JACK)
        return True

    assert do(engine, work)
    assert len(attempts) == 2


def test_what_a_constraint_refuses_is_a_conflict(engine: Engine) -> None:
    """However often it is done again."""
    with pytest.raises(Conflict, match="constraint"):
        do(engine, lambda now: [now.insert(consumers, **JACK) for _ in range(2)])


@pytest.mark.parametrize("place", ["psycopg"], indirect=True)
def test_a_conflict_shows_no_row(engine: Engine, place: Place) -> None:
    """PostgreSQL's own text has the whole row that a constraint refused."""
    table = "ALTER TABLE jwtgate_consumers"
    row = JACK | {"tags": "hunter2"}
    place.run(f"{table} ADD CONSTRAINT short CHECK (length(tags) < 5)")
    try:
        with pytest.raises(Conflict) as caught:
            do(engine, lambda now: now.insert(consumers, **row))
    finally:
        place.run(f"{table} DROP CONSTRAINT short")
    assert "hunter2" not in "".join(format_exception(caught.value))


def test_what_fails_shows_no_values(engine: Engine) -> None:
    """Neither SQLAlchemy's text, nor the driver's."""
    statement = select(text(":secret")).select_from(text("nowhere"))
    with pytest.raises(DBAPIError) as caught:
        do(engine, lambda now: now.rows(statement, secret="hunter2"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("place", ["psycopg", "pymysql"], indirect=True)
def test_of_two_who_wait_for_each_other_one_does_it_again(engine: Engine) -> None:
    """The database ends one of them; the user does not hear of it."""
    do(engine, lambda now: [now.insert(denied, subject=name) for name in "ab"])
    both = Barrier(2)
    attempts: list[str] = []

    def change(first: str, second: str) -> None:
        waits = [both]

        def work(now: Transaction) -> None:
            attempts.append(first)
            now.rows(LOCKED, name=first)
            if waits:
                waits.pop().wait(10)
            now.rows(LOCKED, name=second)

        do(engine, work)

    threads = [Thread(target=change, args=each) for each in (("a", "b"), ("b", "a"))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(set(attempts)) == ["a", "b"]
    assert len(attempts) > 2


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_an_engine_without_transactions_is_refused(place: Place) -> None:
    """What is made by half would stay so."""
    engine = create_engine(place.url, isolation_level="AUTOCOMMIT")
    with pytest.raises(ConfigurationError, match="transactions"):
        do(engine, lambda _: None)
    engine.dispose()


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_sqlite_has_one_writer_from_the_beginning(place: Place) -> None:
    """Who reads before it writes would find that another one has written."""
    impatient = create_engine(place.url, connect_args={"timeout": 0})

    def work(_: Transaction) -> None:
        with pytest.raises(OperationalError, match="locked"):
            do(impatient, lambda _: None)

    do(place.engine, work)
    impatient.dispose()


def test_who_only_looks_keeps_nobody_from_writing(place: Place) -> None:
    """Not even in SQLite."""
    with place.engine.connect() as connection:
        look(connection, lambda now: now.rows(select(consumers)))
        do(place.engine, lambda now: now.insert(consumers, **JACK))


# What is told of it


@pytest.fixture
def listening(places: Places) -> Iterator["psycopg.Connection"]:
    """Listen on the usual channel."""
    url = places.place("psycopg").engine.url
    where = f"host={url.host} user={url.username} dbname={url.database}"
    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        yield connection


def heard(connection: "psycopg.Connection") -> list[Change]:
    """Tell what was heard; a message of our own comes after all of it."""
    connection.execute(f"NOTIFY {CHANNEL}, 'end'")
    messages = []
    for notify in connection.notifies(timeout=10):
        if notify.payload == "end":
            break
        messages.append(decode(notify.payload))
    return messages


def touch(engine: Engine, *keys: str, consumers: bool = False) -> Any:
    """Note changes in a transaction, and give what it says of them."""

    def work(now: Transaction) -> None:
        now.touch(keys)
        now.touch(consumers=consumers)

    with engine.connect() as connection:
        return transact(connection, work, CHANNEL)[1]


def test_a_change_is_told_of_once(engine: Engine) -> None:
    """With each key once."""
    assert touch(engine, "a", "b", "a") == Change(("a", "b"))
    assert touch(engine, consumers=True) == Change(consumers=True)


def test_no_change_is_none(engine: Engine) -> None:
    """Nobody has to ask anew."""
    assert touch(engine) is None


@pytest.mark.parametrize("place", ["psycopg"], indirect=True)
def test_postgresql_tells_listeners(
    listening: "psycopg.Connection", place: Place
) -> None:
    """With the transaction: neither before it nor without it."""
    touch(place.engine, "j\u00e4ck", consumers=True)
    touch(place.engine)
    assert heard(listening) == [Change(("j\u00e4ck",), consumers=True)]


@pytest.mark.parametrize("place", ["psycopg"], indirect=True)
def test_what_is_undone_is_not_told(
    listening: "psycopg.Connection", place: Place
) -> None:
    """Caches would ask for nothing."""

    def work(now: Transaction) -> None:
        now.touch("a")
        now.insert(consumer_tags, tag="t", consumer=5)

    with pytest.raises(Conflict):
        do(place.engine, work)
    assert heard(listening) == []


@pytest.mark.parametrize("place", ["psycopg"], indirect=True)
def test_a_change_of_too_many_keys_is_one_of_all(
    listening: "psycopg.Connection", place: Place
) -> None:
    """PostgreSQL takes 8,000 octets at most."""
    touch(place.engine, *(f"{number:0512}" for number in range(20)))
    assert heard(listening) == [Change(everything=True)]
