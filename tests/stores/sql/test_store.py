import pickle
import runpy
import sys
from contextlib import suppress
from logging import DEBUG
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from jwtgate import (
    Authenticated,
    Conflict,
    Denied,
    Gate,
    Reason,
    RequestView,
    UnusableCredential,
    authenticate,
)
from jwtgate.secrets import Secrets
from jwtgate.secrets.keyring import Keyring
from jwtgate.stores import sql as package
from jwtgate.stores.changes import Change, decode
from jwtgate.stores.sql import SQLStore, create_all
from tests.databases import AnyStore, Place, counted
from tests.kit import KEY, NOW, SECRET, clock, mint
from tests.stores.sql.conftest import Make
from tests.stores.sql.test_consumers import NEAR, sync_only

INJECTIONS = [
    "' OR '1'='1",
    "'; DELETE FROM jwtgate_credentials; --",
    '" OR ""="',
    "\\' OR 1=1 -- ",
    "%",
    "_",
    "jack%",
    "%(key)s",
    ":key",
    "$1",
    "?",
    "{key}",
    "\u02bc OR 1=1",
]


def fill(store: AnyStore, **fields: Any) -> AnyStore:
    """Add jack and his credential."""
    store.create_consumer(username="jack")
    store.create_credential("jack", **{"key": KEY, "secret": SECRET, **fields})
    return store


def decided(store: Any, secret: str = SECRET) -> Any:
    """Decide on a request with a token of jack's."""
    line = (b"Authorization", b"Bearer " + mint(secret=secret).encode())
    return authenticate(Gate(store, clock=clock), RequestView("GET", headers=[line]))


# Looking up


def test_keys_are_compared_exactly(store: AnyStore) -> None:
    """Octet by octet, whatever the database does with texts otherwise."""
    store.create_consumer(username="jack")
    for key in NEAR:
        store.create_credential("jack", key=key, secret=SECRET)
    assert [[each.key for each in store.find(key)] for key in NEAR] == [
        [key] for key in NEAR
    ]
    assert store.find("j\u00e4ck") == ()


def test_a_key_that_is_a_command_is_a_key(store: AnyStore) -> None:
    """The attack: SQL in a token's claim."""
    fill(store)
    assert [store.find(key) for key in INJECTIONS] == [()] * len(INJECTIONS)
    assert [store.find_consumer(name) for name in INJECTIONS] == [None] * len(
        INJECTIONS
    )
    for key in INJECTIONS:
        store.create_credential("jack", key=key, secret=SECRET)
    assert [store.find(key)[0].key for key in INJECTIONS] == INJECTIONS
    assert len(store.find(KEY)) == 1


def test_what_is_live_is_found_behind_what_is_over(store: AnyStore) -> None:
    """What a look-up reads is bounded."""
    fill(store)
    for number in range(20):
        over = {"retire_after": NOW - 1 - number, "kid": f"{number}"}
        store.create_credential("jack", key=KEY, secret=SECRET, **over)
    store.create_credential("jack", key=KEY, secret=SECRET, kid="z")
    assert [each.kid for each in store.find(KEY)] == [
        *(None, "z"),
        *(f"{number}" for number in range(14)),
    ]


def test_a_row_that_the_database_takes_for_it_is_passed_over(tmp_path: Path) -> None:
    """Should somebody give the columns a collation that folds."""
    engine = create_engine(f"sqlite:///{tmp_path / 'folding.db'}")

    def fold(_connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> Any:
        return text.replace('"key" TEXT', '"key" TEXT COLLATE NOCASE'), values

    event.listen(engine, "before_cursor_execute", fold, retval=True)
    create_all(engine)
    store = fill(SQLStore(str(engine.url)))
    rows = store._database.look_up(store._parts.by_key, key=KEY.upper())  # noqa: SLF001 - what the database takes for it
    assert len(rows) == 1
    assert store.find(KEY.upper()) == ()
    store.close()
    engine.dispose()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("credentials", "algorithm = 'none'"),
        ("credentials", "secret = NULL"),
        ("credentials", "secret = 'hunter2'"),
        ("credentials", "tags = '{'"),
        ("credentials", "token_lifetime = 0"),
        ("credentials", "lifetime_grace_period = -1"),
        ("consumers", "tags = '5'"),
        ("consumers", "quota = 'many'"),
        ("consumers", "username = NULL, custom_id = NULL"),
    ],
    ids=str,
)
@sync_only
def test_a_row_that_cannot_be_used_is_unavailable(
    store: AnyStore, place: Place, table: str, change: str
) -> None:
    """Never unknown: clients throw good tokens away on a 401. It shows no secret."""
    fill(store)
    place.run(f"UPDATE jwtgate_{table} SET {change}")  # noqa: S608 - above
    (found,) = store.find(KEY)
    assert type(found) is UnusableCredential
    assert "hunter2" not in found.why
    assert decided(store).reason is Reason.CREDENTIAL_UNUSABLE


@sync_only
def test_others_live_on_beside_a_row_that_cannot_be_used(
    store: AnyStore, place: Place
) -> None:
    """Of the same key, too."""
    fill(store)
    store.create_credential("jack", key=KEY, kid="b", secret="x" * 40)
    place.run("UPDATE jwtgate_credentials SET tags = '{' WHERE secret LIKE 'xxx%'")
    assert isinstance(decided(store), Authenticated)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_row_of_octets_where_texts_belong_lets_others_live(
    store: AnyStore, place: Place
) -> None:
    """SQLite takes anything in any column."""
    fill(store)
    store.create_credential("jack", key=KEY, kid="b", secret=SECRET)
    place.run("UPDATE jwtgate_credentials SET algorithm = x'ff' WHERE kid = 'b'")
    assert isinstance(decided(store), Authenticated)


@sync_only
def test_a_table_that_is_not_there_is_unavailable(
    store: AnyStore, place: Place
) -> None:
    """Before migrations ran: 503, and never unknown."""
    place.run("ALTER TABLE jwtgate_credentials RENAME TO away")
    try:
        outcome = decided(store)
    finally:
        place.run("ALTER TABLE away RENAME TO jwtgate_credentials")
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.STORE_UNAVAILABLE


# Secrets


def test_rows_that_are_swapped_do_not_open(make: Make, place: Place) -> None:
    """The attack: who can write to the database gives himself another's secret."""
    store = make(keyring=Keyring({"a": Keyring.new_key()}))
    fill(store)
    store.create_consumer(username="mallory")
    store.create_credential("mallory", key="mallory-key", secret="m" * 40)
    rows = "SELECT secret FROM jwtgate_credentials ORDER BY number"
    jacks, mallorys = (row[0] for row in place.rows(rows))
    change = "UPDATE jwtgate_credentials SET secret = :new WHERE secret = :old"
    place.run(change, new=mallorys, old=jacks)
    assert type(store.find(KEY)[0]) is UnusableCredential


@sync_only
def test_a_key_that_is_given_to_another_consumer_does_not_open(
    make: Make, place: Place
) -> None:
    """The attack: the same, by changing whose the row is."""
    store = make(keyring=Keyring({"a": Keyring.new_key()}))
    fill(store)
    store.create_consumer(username="admin")
    owner = "(SELECT max(number) FROM jwtgate_consumers)"
    if place.kind == "postgresql":
        place.run("ALTER TABLE jwtgate_credentials DISABLE TRIGGER ALL")
    change = f"UPDATE jwtgate_credentials SET consumer = {owner}"  # noqa: S608 - above
    with place.engine.begin() as connection:
        if place.kind == "mysql":
            connection.exec_driver_sql("SET foreign_key_checks = 0")
        connection.exec_driver_sql(change)
        if place.kind == "mysql":
            connection.exec_driver_sql("SET foreign_key_checks = 1")
    if place.kind == "postgresql":
        place.run("ALTER TABLE jwtgate_credentials ENABLE TRIGGER ALL")
    (found,) = store.find(KEY)
    assert type(found) is UnusableCredential


@sync_only
def test_no_secret_is_in_the_tables(make: Make, place: Place) -> None:
    """Of who has a keyring; a reference is no secret."""
    fill(make(keyring=Keyring({"a": Keyring.new_key()})))
    assert SECRET not in str(place.rows("SELECT * FROM jwtgate_credentials"))


def test_attack_by_a_log_of_all_that_is_done(
    make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLAlchemy logs rows at DEBUG, aiosqlite what goes into them."""
    caplog.set_level(DEBUG)
    for name in ("sqlalchemy", "aiosqlite", "asyncmy"):
        caplog.set_level(DEBUG, logger=name)
    store = fill(make())
    assert store.find(KEY)[0].reveal_secret() == SECRET.encode()
    assert store.get_credential(KEY).reveal_secret() == SECRET.encode()
    store.update_credential(KEY, tags=["t"])
    new = store.rotate(KEY, overlap=60).reveal_secret()
    assert len(store.list_credentials().items) == 2
    assert "INSERT INTO jwtgate_credentials" in caplog.text
    for secret in (SECRET.encode(), new):
        assert secret.decode() not in caplog.text
        assert secret.hex() not in caplog.text


@sync_only
def test_a_reference_is_kept_as_it_is(make: Make, place: Place) -> None:
    """And stands for what it stands for now."""
    environ = {"SECRET": SECRET}
    store = fill(make(secrets=Secrets(environ=environ)), secret="$env://SECRET")
    assert store.find(KEY)[0].reveal_secret() == SECRET.encode()
    rows = place.rows("SELECT secret FROM jwtgate_credentials")
    assert rows == [("$env://SECRET",)]
    assert store.get_credential(KEY).reveal_secret() == SECRET.encode()
    assert store.update_credential(KEY, tags=["t"]).tags == ("t",)


def test_a_password_is_not_shown() -> None:
    """Nor anything else of the URL."""
    store = SQLStore("postgresql+psycopg://jack:hunter2@db/x")
    assert repr(store) == "SQLStore('postgresql')"


@pytest.mark.parametrize("kind", ["url", "engine"])
def test_a_store_is_not_pickled(kind: str) -> None:
    """It has passwords; another process makes its own."""
    url = "postgresql+psycopg://jack:hunter2@db/x"
    with pytest.raises(TypeError):
        pickle.dumps(SQLStore(url if kind == "url" else create_engine(url)))


# On the network


PORTS = {"postgresql": 5432, "mysql": 3306}

servers_only = pytest.mark.parametrize(
    "place", ["psycopg", "pymysql", "asyncpg", "asyncmy"], indirect=True
)


def through(place: Place, port: int) -> str:
    """Give the URL of a place by another port."""
    return place.url.replace("@127.0.0.1", f"@127.0.0.1:{port}")


def kill_all(place: Place) -> None:
    """End all connections but our own, as a server does that is restarted."""
    if place.kind == "postgresql":
        place.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    else:
        listed = "SELECT id FROM information_schema.processlist WHERE db = database()"
        with place.engine.connect() as own:
            for (number,) in own.execute(
                text(f"{listed} AND id <> connection_id()")
            ).all():
                with suppress(OperationalError):  # it has ended by itself
                    own.execute(text(f"KILL {number}"))


@servers_only
def test_a_look_up_is_one_trip_to_the_database(make: Make, place: Place) -> None:
    """Nothing is begun or ended around it."""
    fill(make())
    with counted(PORTS[place.kind]) as trips:
        store = make(through(place, trips.port))
        for _ in range(9):  # psycopg prepares a statement that comes often
            store.find(KEY)
        before = trips.number
        for _ in range(5):
            store.find(KEY)
        assert trips.number - before == 5
        store.close()


@servers_only
@pytest.mark.parametrize("kind", ["url", "engine"])
def test_a_look_up_survives_a_restart_of_the_server(
    make: Make, place: Place, kind: str
) -> None:
    """Connections that were closed meanwhile are replaced: nobody gets a 503."""
    engine: Any = None
    if kind == "engine":
        engine = (create_async_engine if place.is_async else create_engine)(place.url)
    store = fill(make(engine))
    store.find(KEY)
    kill_all(place)
    assert len(store.find(KEY)) == 1
    if engine is not None:
        store.run(engine.dispose) if place.is_async else engine.dispose()


@servers_only
def test_a_change_survives_a_restart_of_the_server(make: Make, place: Place) -> None:
    """It sees before it begins whether its connection is still there."""
    store = fill(make())
    kill_all(place)
    store.create_credential("jack", secret=SECRET)


# What is told of changes


def test_whoever_is_to_be_told_hears_of_each_key(make: Make) -> None:
    """By the consumer too, whose credentials follow it."""
    told: list[Change] = []
    store = fill(make(notify=told.append))
    store.update_consumer("jack", tags=["t"])
    store.update_credential(KEY, key="other")
    new = store.rotate("other", overlap=5)
    store.delete_credential("other", new.kid)
    with pytest.raises(Conflict):
        store.create_consumer(username="jack")
    store.delete_consumer("jack")
    assert told == [
        Change(consumers=True),
        Change((KEY,)),
        Change((KEY,), consumers=True),
        Change((KEY, "other")),
        Change(("other",)),
        Change(("other",)),
        Change(("other",), consumers=True),
    ]


@pytest.mark.parametrize("place", ["psycopg"], indirect=True)
def test_postgresql_tells_on_the_channel_that_was_named(
    make: Make, place: Place
) -> None:
    """Several stores may be in one database."""
    url = place.engine.url
    where = f"host={url.host} user={url.username} dbname={url.database}"
    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute("LISTEN mine")
        fill(make(channel="mine"))
        messages = connection.notifies(timeout=10, stop_after=2)
        assert [decode(each.payload) for each in messages] == [
            Change(consumers=True),
            Change((KEY,)),
        ]


# Without SQLAlchemy


def test_who_lacks_sqlalchemy_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the name of the extra."""
    monkeypatch.setitem(sys.modules, "jwtgate.stores.sql.astore", None)  # as it is then
    with pytest.raises(ImportError, match=r"pip install 'jwtgate\[sql\]'"):
        runpy.run_path(str(package.__file__))
