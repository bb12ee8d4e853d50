from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from sqlalchemy.dialects.postgresql.psycopg import dialect

from jwtgate.stores.sql.impatience import impatient
from tests.databases import Places
from tests.proxy import proxy

SHORT = 0.2
PORT = 5432


def connected(
    stack: ExitStack, place: str, port: int, seconds: float
) -> "psycopg.Connection":
    """Connect as an engine would."""
    connect = impatient(seconds)
    of_psycopg: Any = dialect
    made = connect(of_psycopg(dbapi=psycopg), None, [place], {"port": port})
    stack.callback(made.close)
    connection: psycopg.Connection = made
    return connection


@pytest.fixture
def where(places: Places) -> str:
    """Give the connection string of a database, without its port."""
    url = places.place("psycopg").engine.url
    return f"host={url.host} user={url.username} dbname={url.database}"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Close what was opened."""
    with ExitStack() as opened:
        yield opened


def test_an_answer_that_comes_is_given(stack: ExitStack, where: str) -> None:
    """Nothing is another than with psycopg itself."""
    connection = connected(stack, where, PORT, SHORT)
    assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_an_error_of_the_server_is_raised(stack: ExitStack, where: str) -> None:
    """And the connection is as good as before."""
    connection = connected(stack, where, PORT, SHORT)
    with pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT 1 FROM nowhere")
    connection.rollback()
    assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_an_answer_that_is_lost_is_not_waited_for(stack: ExitStack, where: str) -> None:
    """The kernel says nothing: what was sent has arrived."""
    network = stack.enter_context(proxy(PORT))
    connection = connected(stack, where, network.port, SHORT)
    network.hold()
    with pytest.raises(psycopg.OperationalError, match="in time"):
        connection.execute("SELECT 1")


def test_a_slow_answer_is_waited_for(stack: ExitStack, where: str) -> None:
    """Longer than psycopg waits before it looks whether it shall stop."""
    connection = connected(stack, where, PORT, 10)
    assert connection.execute("SELECT 2 FROM pg_sleep(0.25)").fetchall() == [(2,)]
