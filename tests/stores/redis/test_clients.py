import asyncio
import copy
import gc
import os
import pickle
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any
from weakref import ref

import pytest
import redis
from cryptography import x509
from redis.asyncio import Redis as AsyncRedis

from jwtgate import ConfigurationError
from jwtgate.stores.redis.clients import AsyncServer, Server
from tests.counting.redisserver import (
    DOWN,
    HOST,
    client,
    free_port,
    running,
    url_of,
    wait_until,
)
from tests.stores.redis.tls import running_tls

PASSWORD = "p@ss/word"
QUOTED = "p%40ss%2Fword"


class Pings:
    """A server that is asked by synchronous code."""

    def __init__(self, given: Any) -> None:
        self.server = Server(given)

    def ask(self, *words: Any) -> Any:
        """Send a command."""
        return self.server.client.execute_command(*(words or ("PING",)))

    def close(self) -> None:
        """Close its connections."""
        self.server.close()


class AsyncPings:
    """A server that is asked by asynchronous code, of one event loop."""

    def __init__(self, given: Any) -> None:
        self.server = AsyncServer(given)
        self.runner = asyncio.Runner()

    def ask(self, *words: Any) -> Any:
        """Send a command."""
        return self.runner.run(send(self.server, *(words or ("PING",))))

    def close(self) -> None:
        """Close its loop."""
        self.runner.close()


async def send(server: AsyncServer, *words: Any) -> Any:
    """Send a command."""
    return await (await server.client()).execute_command(*words)


Asks = Callable[[Any], Any]
both = pytest.mark.parametrize("kind", [Pings, AsyncPings])


@contextmanager
def asking(kind: Asks, given: Any) -> Iterator[Any]:
    """Ask a server, and close it."""
    asks = kind(given)
    yield asks
    asks.close()


# What may be given


@both
@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://:s3cret@host",
        "redis://:host:s3cret",
        "redis://host:s3cret",
        "redis://:s3cret@host?socket_timeout=x",
        "redis://:s3cret@host?no_such_option=1",
        "//:s3cret@host",
    ],
)
def test_a_url_that_cannot_be_read_is_not_shown(kind: Asks, url: str) -> None:
    """Somewhere in it is the password."""
    with pytest.raises(ConfigurationError) as caught:
        kind(url)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("given", [None, 7, object(), AsyncRedis()])
def test_synchronous_code_needs_a_client_for_it(given: Any) -> None:
    """One whose answers have to be awaited would be taken for an answer."""
    with pytest.raises(ConfigurationError):
        Server(given)


@pytest.mark.parametrize("given", [None, 7, object(), redis.Redis()])
def test_asynchronous_code_needs_a_client_for_it(given: Any) -> None:
    """Another one would stop the event loop."""
    with pytest.raises(ConfigurationError):
        AsyncServer(given)


@both
def test_without_the_library_the_error_names_it(
    kind: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'jwtgate\[redis\]'"):
        kind("redis://localhost")


@both
def test_a_password_is_decoded(kind: Asks, tmp_path: Path) -> None:
    """In a URL some characters have to be percent-encoded."""
    with (
        running(tmp_path, "--requirepass", PASSWORD) as port,
        asking(kind, url_of(port, QUOTED)) as asks,
    ):
        assert asks.ask()


@both
def test_a_wrong_password_is_not_shown(kind: Asks, tmp_path: Path) -> None:
    """Nor a right one."""
    with (
        running(tmp_path, "--requirepass", PASSWORD) as port,
        asking(kind, url_of(port, "s3cret")) as asks,
        pytest.raises(redis.RedisError) as caught,
    ):
        asks.ask()
    assert "s3cret" not in str(caught.value)


@both
def test_a_unix_socket_is_connected_to(kind: Asks, tmp_path: Path) -> None:
    """Of a server on the same machine."""
    path = tmp_path / "s"
    with (
        running(tmp_path, "--unixsocket", str(path)),
        asking(kind, f"unix://{path}") as asks,
    ):
        assert asks.ask()


@both
@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_pickle_that_would_hold_the_password_is_refused(kind: Asks, act: Any) -> None:
    """The attack is to read what was kept, or sent to another process."""
    with (
        asking(kind, f"redis://:{QUOTED}@localhost") as asks,
        pytest.raises(TypeError, match=r"Server cannot be pickled.*make another one"),
    ):
        act(asks.server)


@both
def test_no_attribute_shows_the_password(kind: Asks, tmp_path: Path) -> None:
    """The attack is to read a report of a crash, which has the values of names."""
    with (
        running(tmp_path, "--requirepass", PASSWORD) as port,
        asking(kind, url_of(port, QUOTED)) as asks,
    ):
        asks.ask()
        shown = f"{asks.server!r} {vars(asks.server)!r}"
    assert not any(each in shown for each in (PASSWORD, QUOTED))


# TLS


@both
def test_a_server_is_spoken_to_by_tls(kind: Asks, tmp_path: Path) -> None:
    """With a certificate of its own name."""
    own = x509.IPAddress(ip_address(HOST))
    with running_tls(tmp_path, own) as url, asking(kind, url) as asks:
        assert asks.ask()


@both
def test_a_certificate_of_another_name_is_refused(kind: Asks, tmp_path: Path) -> None:
    """The attack is to stand between, with a good certificate of one's own."""
    with (
        running_tls(tmp_path, x509.DNSName("another.example")) as url,
        asking(kind, url) as asks,
        pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        asks.ask()


# Outages


@both
def test_a_server_that_is_down_is_an_error(kind: Asks) -> None:
    """Soon."""
    with asking(kind, f"redis://{DOWN}") as asks, pytest.raises(redis.RedisError):
        asks.ask()


@both
def test_a_server_that_hangs_is_an_error_after_the_timeout(
    kind: Asks, own_port: int
) -> None:
    """And its late answer is never taken for that to another question."""
    url = f"redis://{HOST}:{own_port}?socket_timeout=0.2"
    with client(own_port) as admin, asking(kind, url) as asks:
        admin.mset({"one": 1, "two": 2})
        assert asks.ask("GET", "one") == b"1"
        admin.client_pause(400)
        with pytest.raises(redis.TimeoutError):
            asks.ask("GET", "one")
        admin.client_unpause()
        assert asks.ask("GET", "two") == b"2"


@both
def test_a_connection_that_was_closed_is_made_anew(kind: Asks, own_port: int) -> None:
    """By an idle timeout, or an operator."""
    with client(own_port) as admin, asking(kind, url_of(own_port)) as asks:
        number = asks.ask("CLIENT", "ID")
        for _ in range(3):
            assert admin.client_kill_filter(_id=str(number)) == 1
            number = asks.ask("CLIENT", "ID")


@both
def test_a_server_that_was_restarted_is_found_again(kind: Asks, tmp_path: Path) -> None:
    """By the first command."""
    port = free_port()
    with asking(kind, url_of(port)) as asks:
        with running(tmp_path, port=port):
            assert asks.ask()
        with pytest.raises(redis.RedisError):
            asks.ask()
        with running(tmp_path, port=port):
            assert asks.ask()


# Connections


def connected(admin: "redis.Redis") -> int:
    """Count the connections of a server, but for the one that asks."""
    return len(admin.client_list()) - 1


def test_threads_share_a_bounded_number_of_connections(own_port: int) -> None:
    """The others wait for their turn."""
    with client(own_port) as admin, asking(Pings, url_of(own_port)) as asks:
        threads = [Thread(target=asks.ask) for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 1 <= connected(admin) <= 16


def test_tasks_share_a_bounded_number_of_connections(own_port: int) -> None:
    """The others wait for their turn."""

    async def many(server: AsyncServer) -> int:
        await asyncio.gather(*(send(server, "PING") for _ in range(100)))
        with client(own_port) as admin:
            return connected(admin)

    assert 1 <= asyncio.run(many(AsyncServer(url_of(own_port)))) <= 16


@both
def test_connections_are_closed(kind: Asks, own_port: int) -> None:
    """And made anew if it is used again."""
    asks = kind(url_of(own_port))
    with client(own_port) as admin:
        asks.ask()
        assert connected(admin) == 1
        asks.close()
        wait_until(lambda: connected(admin) == 0)


def test_connections_are_closed_each_time(own_port: int) -> None:
    """Those that were made after the first time, too; and by garbage collection."""
    asks = Pings(url_of(own_port))
    with client(own_port) as admin:
        for _ in range(2):
            asks.ask()
            assert connected(admin) == 1
            asks.close()
            wait_until(lambda: connected(admin) == 0)
        asks.ask()
        del asks
        gc.collect()
        wait_until(lambda: connected(admin) == 0)


def test_a_server_that_is_gone_leaves_no_connection(own_port: int) -> None:
    """Garbage collection closes them."""
    asks = Pings(url_of(own_port))
    with client(own_port) as admin:
        asks.ask()
        del asks
        gc.collect()
        wait_until(lambda: connected(admin) == 0)


def in_loop(work: Callable[[], Awaitable[None]]) -> None:
    """Run in an event loop of its own."""

    async def main() -> None:
        await work()

    asyncio.run(main())


def test_connections_of_a_loop_can_be_closed_before_it(own_port: int) -> None:
    """And are made anew if it goes on; closing twice does no harm."""
    server = AsyncServer(url_of(own_port))

    async def use() -> None:
        with client(own_port) as admin:
            for _ in range(2):
                await send(server, "PING")
                await server.aclose()
                await server.aclose()
                wait_until(lambda: connected(admin) == 0)

    in_loop(use)


def test_each_event_loop_has_its_own_connections(own_port: int) -> None:
    """One after the other, and at once."""
    server = AsyncServer(url_of(own_port))
    for _ in range(2):
        asyncio.run(send(server, "PING"))
    with asyncio.Runner() as one, asyncio.Runner() as other:
        for runner in (one, other, one):
            assert runner.run(send(server, "PING"))


def test_a_loop_that_did_not_shut_down_is_forgotten(own_port: int) -> None:
    """Its connections cannot be closed by it any more."""
    server = AsyncServer(url_of(own_port))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(send(server, "PING"))
    # What it would have done, as no warning may be left by the test.
    (kept,) = server._loops.values()  # noqa: SLF001 - what is forgotten
    loop.run_until_complete(kept[0].connection_pool.disconnect())
    loop.close()
    gone = ref(loop)
    del loop, kept
    asyncio.run(send(server, "PING"))
    gc.collect()
    assert gone() is None


def test_a_client_that_was_given_is_not_closed(own_port: int) -> None:
    """It is another's."""
    with redis.Redis(host=HOST, port=own_port) as given, client(own_port) as admin:
        with asking(Pings, given) as asks:
            assert asks.ask()
        assert connected(admin) == 1


def test_an_asynchronous_client_that_was_given_is_not_closed(own_port: int) -> None:
    """It is another's, too."""

    async def use() -> None:
        with client(own_port) as admin:
            async with AsyncRedis(host=HOST, port=own_port) as given:
                server = AsyncServer(given)
                assert await send(server, "PING")
                await server.aclose()
                assert connected(admin) == 1

    in_loop(use)


def test_a_forked_process_has_its_own_connections(own_port: int) -> None:
    """Two that read from one would get each other's answers."""
    with asking(Pings, url_of(own_port)) as asks:
        number = asks.ask("CLIENT", "ID")
        child = os.fork()
        if not child:
            os._exit(asks.ask("CLIENT", "ID") == number)
        assert os.waitpid(child, 0)[1] == 0
        assert asks.ask("CLIENT", "ID") == number
