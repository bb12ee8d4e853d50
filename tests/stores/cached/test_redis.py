import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import redis
from cryptography import x509

from jwtgate import ConfigurationError
from jwtgate.stores.cached import CachedStore, Listener, RedisListener
from jwtgate.stores.changes import EVERYTHING, Change, encode
from tests.kit import KEY, credential
from tests.stores.cached.fakes import Clock, Store, eventually, threads_end
from tests.stores.cached.services import (
    HOST,
    REDIS_PORT,
    new_name,
    relay,
    require,
)
from tests.stores.redis.tls import running_tls

Messages = Generator[str | None]
FIRST = encode(EVERYTHING)


class Server:
    """The server, a channel on it, and a name for the connection that listens."""

    def __init__(self) -> None:
        require("Redis", REDIS_PORT)
        self.channel = new_name()
        self.client: Any = redis.Redis(host=HOST, port=REDIS_PORT)

    def url(self, port: int = REDIS_PORT) -> str:
        """Give the URL by which the listener connects."""
        return f"redis://{HOST}:{port}/0?client_name={self.channel}"

    def listener(self, **fields: Any) -> RedisListener:
        """Make what listens on the channel."""
        return RedisListener(self.url(), self.channel, **fields)

    def tell(self, message: str) -> None:
        """Publish to those who listen."""
        self.client.publish(self.channel, message)

    def kill(self) -> int:
        """End the connections of the listener; tell how many there were."""
        own = [
            each["id"]
            for each in self.client.client_list()
            if each["name"] == self.channel
        ]
        return sum(self.client.client_kill_filter(_id=each) for each in own)

    def is_heard(self) -> bool:
        """Whether somebody listens on the channel."""
        return bool(self.client.pubsub_numsub(self.channel)[0][1])


@pytest.fixture
def server() -> Iterator[Server]:
    """Give the server."""
    made = Server()
    with closing(made.client):
        yield made


def message_of(messages: Messages) -> str:
    """Give the next message, past silence."""
    return next(each for each in islice(messages, 20) if each is not None)


# What it takes


@pytest.mark.parametrize(
    "url", ["redis://localhost", "rediss://:p%40ss@h:6380/1", "unix:///run/redis.sock"]
)
def test_urls_of_redis_py_are_taken(url: str) -> None:
    """Of one server."""
    assert isinstance(RedisListener(url), Listener)


@pytest.mark.parametrize(
    "url",
    [
        "http://u:hunter2@h/",
        "redis://:hunter2@h:port/0",
        "redis://:hunter2@h/0?unknown_option=1",
        "hunter2",
    ],
)
def test_what_cannot_be_read_is_refused_without_showing_it(url: str) -> None:
    """It may hold a password."""
    with pytest.raises(ConfigurationError) as caught:
        RedisListener(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_channel_without_a_name_is_refused() -> None:
    """Nobody could tell which it is."""
    with pytest.raises(ConfigurationError, match="channel"):
        RedisListener("redis://localhost", "")


def test_repr_shows_no_password() -> None:
    """Only the channel."""
    made = RedisListener("redis://:hunter2@h", "here")
    assert repr(made) == "RedisListener(channel='here')"


def test_an_absent_driver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the extra to install."""
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigurationError, match=r"jwtgate\[redis\]"):
        RedisListener("redis://localhost")


# What it hears


@pytest.mark.parametrize("options", ["", "&decode_responses=true", "&protocol=3"])
def test_messages_are_heard(server: Server, options: str) -> None:
    """As they were published; everything may have changed before the first one."""
    listener = RedisListener(server.url() + options, server.channel)
    with closing(listener.listen()) as messages:
        assert message_of(messages) == FIRST
        for message in ("one", "two", "é"):
            server.tell(message)
        assert [message_of(messages) for _ in range(3)] == ["one", "two", "é"]


def test_silence_is_told() -> None:
    """So that whoever waits can look at other things."""
    server = Server()
    with closing(server.client), closing(server.listener().listen()) as messages:
        assert message_of(messages) == FIRST
        assert next(messages) is None


def test_a_connection_that_is_ended_is_an_error(server: Server) -> None:
    """It is not made again unnoticed: what was missed is not known."""
    with closing(server.listener().listen()) as messages:
        message_of(messages)
        assert server.kill() == 1
        with pytest.raises(redis.ConnectionError):
            message_of(messages)


def test_a_server_that_is_not_there_is_an_error() -> None:
    """The thread tries again."""
    listener = RedisListener(f"redis://{HOST}:1/0")
    with pytest.raises(redis.ConnectionError):
        next(listener.listen())


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    """The attack is to stand between, and to keep what was revoked from caches."""
    with (
        running_tls(tmp_path, x509.DNSName("another.example")) as url,
        closing(RedisListener(url).listen()) as messages,
        pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        next(messages)


@pytest.mark.parametrize("options", ["", "&protocol=3"])
def test_a_server_that_is_there_is_found_so(server: Server, options: str) -> None:
    """It answers when it is asked, and goes on publishing."""
    clock = Clock()
    url = server.url() + options
    with closing(RedisListener(url, server.channel, clock=clock).listen()) as messages:
        message_of(messages)
        for _ in range(3):
            clock.now += 4
            assert next(messages) is None
        server.tell("still here")
        assert message_of(messages) == "still here"


def test_a_server_that_vanished_is_an_error(server: Server) -> None:
    """Its connection looks as if nothing were told."""
    clock = Clock()
    with relay(REDIS_PORT) as between:
        url = server.url(between.port)
        listener = RedisListener(url, server.channel, clock=clock)
        with closing(listener.listen()) as messages:
            message_of(messages)
            between.stalled.set()
            clock.now += 3
            assert next(messages) is None
            clock.now += 6
            with pytest.raises(TimeoutError):
                next(messages)


def test_a_connection_is_closed_with_its_listener(server: Server) -> None:
    """None is left in the server."""
    with closing(server.listener().listen()) as messages:
        message_of(messages)
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
        eventually(server.is_heard)
        return cache

    yield listening
    for cache in made:
        cache.close()
    threads_end("jwtgate-listen")


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
    eventually(server.is_heard)
    del store.rows[KEY]
    server.tell(encode(Change(keys=(KEY,))))
    eventually(lambda: cache.find(KEY) == ())
