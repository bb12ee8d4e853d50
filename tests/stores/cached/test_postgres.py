import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

import psycopg
import pytest

from jwtgate import ConfigurationError
from jwtgate.stores.cached import CachedStore, Listener, PostgresListener
from jwtgate.stores.changes import EVERYTHING, Change, encode
from tests.kit import KEY, credential
from tests.stores.cached.fakes import Clock, Store, eventually, threads_end
from tests.stores.cached.services import (
    HOST,
    POSTGRES_PORT,
    new_name,
    relay,
    require,
)

Messages = Generator[str | None]


class Server:
    """The server, a channel on it, and a name for the connection that listens."""

    def __init__(self) -> None:
        require("PostgreSQL", POSTGRES_PORT)
        self.channel = new_name()
        self.connection = psycopg.connect(self.url(), autocommit=True)

    def url(self, port: int = POSTGRES_PORT) -> str:
        """Give the URL by which the listener connects."""
        return f"postgresql://postgres@{HOST}:{port}/postgres"

    def listener(self, **fields: Any) -> PostgresListener:
        """Make what listens on the channel."""
        url = f"{self.url()}?application_name={self.channel}"
        return PostgresListener(url, self.channel, **fields)

    def tell(self, message: str) -> None:
        """Notify those who listen."""
        self.connection.execute("SELECT pg_notify(%s, %s)", (self.channel, message))

    def kill(self) -> int:
        """End the connections of the listener; tell how many there were."""
        return self.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = %s",
            (self.channel,),
        ).rowcount


@pytest.fixture
def server() -> Iterator[Server]:
    """Give the server."""
    made = Server()
    with closing(made.connection):
        yield made


def message_of(messages: Messages) -> str:
    """Give the next message, past silence."""
    return next(each for each in islice(messages, 20) if each is not None)


# What it takes


@pytest.mark.parametrize(
    "conninfo",
    [
        "postgresql://u@localhost/d",
        "postgresql+psycopg://u@localhost/d",
        "postgresql+asyncpg://u@localhost/d",
        "postgres+psycopg2://u@localhost/d",
        "host=localhost dbname=d user=u",
        "",
    ],
)
def test_urls_of_libpq_and_of_sqlalchemy_are_taken(conninfo: str) -> None:
    """Whoever has the one for the store has it for the listener."""
    assert isinstance(PostgresListener(conninfo), Listener)


@pytest.mark.parametrize(
    "conninfo", ["mysql://u:hunter2@h/d", "postgresql://u:hunter2@h/d?unknown=1"]
)
def test_what_cannot_be_read_is_refused_without_showing_it(conninfo: str) -> None:
    """It may hold a password."""
    with pytest.raises(ConfigurationError) as caught:
        PostgresListener(conninfo)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("channel", ["", "x" * 64, "é" * 32, "a\0b"])
def test_a_channel_that_cannot_be_is_refused(channel: str) -> None:
    """PostgreSQL would cut it off, and another channel be listened on."""
    with pytest.raises(ConfigurationError, match="channel"):
        PostgresListener("", channel)


def test_repr_shows_no_password() -> None:
    """Only the channel."""
    made = PostgresListener("postgresql://u:hunter2@h/d", "here")
    assert repr(made) == "PostgresListener(channel='here')"


def test_an_absent_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigurationError, match="pip install"):
        PostgresListener("")


# What it hears


def test_messages_are_heard(server: Server) -> None:
    """As they were notified, several at once, too; silence first."""
    with closing(server.listener().listen()) as messages:
        assert next(messages) is None
        for message in ("one", "two", "é"):
            server.tell(message)
        assert [message_of(messages) for _ in range(3)] == ["one", "two", "é"]


@pytest.mark.parametrize("channel", ["Mixed Case", 'q"uote', "semi;colon", "é"])
def test_a_channel_of_any_text_is_listened_on(server: Server, channel: str) -> None:
    """It is quoted, not pasted."""
    listener = PostgresListener(server.url(), f"{server.channel[:30]}{channel}")
    server.channel = f"{server.channel[:30]}{channel}"
    with closing(listener.listen()) as messages:
        next(messages)
        server.tell("hello")
        assert message_of(messages) == "hello"


def test_a_connection_that_is_ended_is_an_error(server: Server) -> None:
    """As when a server is restarted."""
    with closing(server.listener().listen()) as messages:
        next(messages)
        assert server.kill() == 1
        with pytest.raises(psycopg.OperationalError):
            message_of(messages)


def test_a_server_that_is_not_there_is_an_error() -> None:
    """The thread tries again."""
    listener = PostgresListener(f"postgresql://postgres@{HOST}:1/postgres")
    with pytest.raises(psycopg.OperationalError):
        next(listener.listen())


def test_a_server_that_is_there_is_found_so(server: Server) -> None:
    """It answers when it is asked, and goes on notifying."""
    clock = Clock()
    with closing(server.listener(clock=clock).listen()) as messages:
        next(messages)
        for _ in range(3):
            clock.now += 4
            assert next(messages) is None
        server.tell("still here")
        assert message_of(messages) == "still here"


def test_a_server_that_vanished_is_an_error(server: Server) -> None:
    """Its connection looks as if nothing were told."""
    clock = Clock()
    with relay(POSTGRES_PORT) as between:
        url = server.url(between.port)
        listener = PostgresListener(url, server.channel, clock=clock)
        with closing(listener.listen()) as messages:
            next(messages)
            between.stalled.set()
            clock.now += 3
            assert next(messages) is None
            clock.now += 6
            with pytest.raises(TimeoutError):
                next(messages)


def test_a_connection_is_closed_with_its_listener(server: Server) -> None:
    """None is left in the server."""
    with closing(server.listener().listen()) as messages:
        next(messages)
    eventually(lambda: server.kill() == 0)


# From end to end


@pytest.fixture
def cache_of(server: Server) -> Iterator[Callable[[Store], CachedStore]]:
    """Make a cache that hears of changes, and wait until it does."""
    made: list[CachedStore] = []

    def listening(store: Store) -> CachedStore:
        cache = CachedStore(store, ttl=3_600, listener=server.listener())
        made.append(cache)
        cache.find("first")
        wait_for(server)
        return cache

    yield listening
    for cache in made:
        cache.close()
    threads_end("jwtgate-listen")


def wait_for(server: Server) -> None:
    """Wait until somebody listens on the channel."""
    eventually(
        lambda: bool(
            server.connection.execute(
                "SELECT 1 FROM pg_stat_activity WHERE application_name = %s"
                " AND state = 'idle' AND query LIKE 'LISTEN%%'",
                (server.channel,),
            ).rowcount
        )
    )


@pytest.mark.parametrize("change", [Change(keys=(KEY,)), EVERYTHING])
def test_a_deleted_credential_stops_at_once(
    server: Server, cache_of: Callable[[Store], CachedStore], change: Change
) -> None:
    """Long before its time is over."""
    store = Store(KEY)
    cache = cache_of(store)
    assert cache.find(KEY)
    del store.rows[KEY]
    server.tell(encode(change))
    eventually(lambda: cache.find(KEY) == ())


def test_what_was_missed_is_asked_for_again(
    server: Server, cache_of: Callable[[Store], CachedStore]
) -> None:
    """A change while the connection was lost was told to nobody."""
    store = Store(KEY)
    cache = cache_of(store)
    cache.find(KEY)
    store.rows[KEY] = new = (credential(id="new"),)
    assert server.kill() == 1
    eventually(lambda: cache.find(KEY) == new)
    wait_for(server)
    del store.rows[KEY]
    server.tell(encode(Change(keys=(KEY,))))
    eventually(lambda: cache.find(KEY) == ())
