from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Event, Thread
from typing import Any, TypeAlias

import pytest
from sqlalchemy import Engine, NullPool, create_engine, event

from jwtgate import StoreError
from jwtgate.stores.sql.lines import MOST_LINES, KeptLines, PooledLines
from tests.databases import Place, Places

KINDS: Any = {"kept": KeptLines, "pooled": PooledLines}
ALL = "SELECT 1"
OWN_PID = "SELECT pg_backend_pid()"
SUICIDE = "SELECT pg_terminate_backend(pg_backend_pid())"

Make: TypeAlias = Callable[..., Any]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Give each kind of lines in turn."""
    found: str = request.param
    return found


@pytest.fixture
def make(kind: str) -> Iterator[Make]:
    """Make lines to a place, and the engine that they use."""
    with ExitStack() as stack:

        def make(place: Place) -> tuple[Any, Engine]:
            options: dict[str, Any] = {}
            if kind == "kept":
                options = {"poolclass": NullPool, "isolation_level": "AUTOCOMMIT"}
            engine = create_engine(place.url, **options)
            stack.callback(engine.dispose)
            lines = KINDS[kind](engine)
            stack.callback(lines.close)
            return lines, engine

        yield make


@pytest.fixture
def postgres(places: Places) -> Place:
    """Give a database of PostgreSQL."""
    return places.place("psycopg")


@pytest.fixture
def sqlite(places: Places) -> Place:
    """Give a database of SQLite."""
    return places.place("sqlite")


def connections(engine: Engine) -> list[object]:
    """Give a list of all connections that are made from now on."""
    made: list[object] = []
    event.listen(engine, "connect", lambda connection, _: made.append(connection))
    return made


def pid(lines: Any) -> Any:
    """Tell which connection a line has."""
    return lines.ask(OWN_PID, {})[0][0]


def kill(place: Place, *pids: int) -> None:
    """End connections, as a server does that is restarted."""
    for each in pids:
        place.run("SELECT pg_terminate_backend(:pid, 5000)", pid=each)


def test_what_is_found_is_given_as_tuples(make: Make, sqlite: Place) -> None:
    """Whatever the driver's rows are."""
    lines, _ = make(sqlite)
    assert lines.ask("SELECT 1, 'a' UNION SELECT 2, 'b'", ()) == [(1, "a"), (2, "b")]


def test_nothing_found_is_an_empty_list(make: Make, sqlite: Place) -> None:
    """And asked once."""
    lines, engine = make(sqlite)
    made = connections(engine)
    assert lines.ask("SELECT 1 WHERE 0", ()) == []
    assert len(made) == 1


def test_a_connection_stays_open(make: Make, sqlite: Place) -> None:
    """Opening one takes longer than a look-up."""
    lines, engine = make(sqlite)
    made = connections(engine)
    for _ in range(3):
        lines.ask(ALL, ())
    assert len(made) == 1


def test_an_error_goes_through(make: Make, sqlite: Place) -> None:
    """And the next look-up has another connection."""
    lines, engine = make(sqlite)
    made = connections(engine)
    with pytest.raises(Exception, match="no such table"):
        lines.ask("SELECT 1 FROM nowhere", ())
    lines.ask(ALL, ())
    assert len(made) == 2


def test_a_connection_that_was_closed_is_replaced(make: Make, postgres: Place) -> None:
    """Nobody notices that the server was restarted."""
    lines, _ = make(postgres)
    old = pid(lines)
    kill(postgres, old)
    assert pid(lines) != old


def test_all_are_replaced_at_once(make: Make, postgres: Place) -> None:
    """A look-up is run again once, and must not get the next one that was closed."""
    lines, engine = make(postgres)
    pids = together(lines, 3)
    assert len(pids) == 3
    kill(postgres, *pids)
    made = connections(engine)
    assert pid(lines) not in pids
    assert len(made) == 1


def together(lines: Any, number: int) -> set[int]:
    """Ask so many times at once, and tell by which connections."""
    found: set[int] = set()
    asked = "SELECT pg_backend_pid() FROM pg_sleep(0.3)"
    threads = [
        Thread(target=lambda: found.add(lines.ask(asked, {})[0][0]))
        for _ in range(number)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


def test_who_is_cut_off_twice_is_told(make: Make, postgres: Place) -> None:
    """It is not tried for ever."""
    lines, engine = make(postgres)
    pid(lines)
    made = connections(engine)
    with pytest.raises(Exception, match="terminating connection"):
        lines.ask(SUICIDE, {})
    assert len(made) == 1


@pytest.mark.parametrize("kind", ["kept"], indirect=True)
def test_a_new_connection_that_is_cut_off_is_not_replaced(
    make: Make, postgres: Place
) -> None:
    """It is not old: something else is wrong."""
    lines, engine = make(postgres)
    made = connections(engine)
    with pytest.raises(Exception, match="terminating connection"):
        lines.ask(SUICIDE, {})
    assert len(made) == 1


@pytest.mark.parametrize("kind", ["kept"], indirect=True)
def test_who_finds_no_connection_free_is_told_in_time(
    make: Make, sqlite: Place
) -> None:
    """It waits for a second; more connections than a few help no database."""
    lines, engine = make(sqlite)
    begun, done = [Event() for _ in range(MOST_LINES)], Event()

    def wait(number: int) -> int:
        begun[number].set()
        return done.wait(10)

    event.listen(
        engine,
        "connect",
        lambda connection, _: connection.create_function("wait", 1, wait),
    )
    threads = [
        Thread(target=lines.ask, args=("SELECT wait(?)", (each,)))
        for each in range(MOST_LINES)
    ]
    for each in threads:
        each.start()
    assert all(each.wait(10) for each in begun)
    with pytest.raises(StoreError, match="busy"):
        lines.ask(ALL, ())
    done.set()
    for each in threads:
        each.join()
    assert lines.ask(ALL, ()) == [(1,)]


@pytest.mark.parametrize("kind", ["kept"], indirect=True)
def test_closing_closes_what_is_free(make: Make, postgres: Place) -> None:
    """A later look-up opens a new one."""
    lines, _ = make(postgres)
    old = pid(lines)
    lines.close()
    assert pid(lines) != old


@pytest.mark.parametrize("kind", ["pooled"], indirect=True)
def test_what_is_taken_from_a_pool_is_given_back(make: Make, postgres: Place) -> None:
    """As it was: the app that owns it has transactions."""
    lines, engine = make(postgres)
    lines.ask(ALL, {})
    pool: Any = engine.pool
    assert pool.checkedout() == 0
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        assert not driver.autocommit


@pytest.mark.parametrize("kind", ["pooled"], indirect=True)
def test_a_pool_that_another_one_replaced_is_not_replaced_again(
    make: Make, postgres: Place
) -> None:
    """Each of many look-ups that find their connections closed would do so."""
    lines, engine = make(postgres)
    kill(postgres, pid(lines))
    replaced = []

    def replace(*_: object) -> None:
        engine.dispose()
        replaced.append(engine.pool)

    event.listen(engine, "invalidate", replace)
    pid(lines)
    assert replaced == [engine.pool]
