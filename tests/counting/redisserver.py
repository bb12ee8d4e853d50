"""Redis servers of the tests, on the loopback."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import redis

from tests.kit import program

HOST = "127.0.0.1"
PATIENCE = 15.0
"""Seconds after which a server that does not start or stop fails its test."""

DOWN = f"{HOST}:1"
"""Where nothing listens."""

_USUAL = 6379
_PAUSE = 0.02
_WITHOUT_FILES = ("--save", "", "--appendonly", "no")


def url_of(port: int, password: str = "") -> str:
    """Give the URL of a server; no request fails because the machine is busy."""
    waits = "timeout", "socket_timeout", "socket_connect_timeout"
    options = "&".join(f"{name}={PATIENCE}" for name in waits)
    return f"redis://:{password}@{HOST}:{port}?{options}"


def free_port() -> int:
    """Find a port where nothing listens, nor where a cluster would talk of it."""
    return next(filter(_is_free_for_talk, iter(_any_port, None)))


def _any_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _is_free_for_talk(port: int) -> bool:
    free = False
    with suppress(OSError, OverflowError):
        socket.create_server((HOST, port + 10_000)).close()
        free = True
    return free


@contextmanager
def running(folder: Path, *options: str, port: int = 0) -> Iterator[int]:
    """Run a server, and give its port: a free one, unless it is told."""
    port = port or free_port()
    arguments = [*options, "--port", str(port), "--bind", HOST, "--dir", str(folder)]
    log = folder / f"{port}.log"
    with subprocess.Popen(  # noqa: S603 - a program that was looked for
        [program("redis-server"), *arguments, *_WITHOUT_FILES, "--logfile", str(log)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until(lambda: process.poll() is not None or _listens(port))
            assert process.poll() is None, log.read_text()
            yield port
        finally:
            process.kill()  # it has nothing to save
            process.wait(PATIENCE)


@contextmanager
def running_anyhow(folder: Path) -> Iterator[str]:
    """Give the URL of the server that runs here, else run one."""
    with ExitStack() as stack:
        usual = _answers(_USUAL)
        yield url_of(_USUAL if usual else stack.enter_context(running(folder)))


def _answers(port: int) -> bool:
    answer = False
    with client(port) as connected, suppress(redis.RedisError):
        answer = bool(connected.ping())
    return answer


@contextmanager
def running_cluster(folder: Path) -> Iterator[str]:
    """Run a cluster of one, and give its URL."""
    with running(folder, "--cluster-enabled", "yes") as port, client(port) as one:
        one.cluster("addslotsrange", 0, 16_383)
        wait_until(lambda: one.cluster("info")["cluster_state"] == "ok")
        yield f"redis+cluster://{HOST}:{port}"


@contextmanager
def running_sentinel(folder: Path, password: str) -> Iterator[str]:
    """Run a sentinel and its master, both with a password; give host, port, service."""
    config = folder / "sentinel.conf"
    with running(folder, "--requirepass", password) as port:
        config.write_text(
            f"sentinel monitor main {HOST} {port} 1\n"
            f"sentinel auth-pass main {password}\n"
            f"requirepass {password}\n"
        )
        with running(folder, str(config), "--sentinel") as sentinel:
            yield f"{HOST}:{sentinel}/main"


@contextmanager
def client(port: int) -> Iterator["redis.Redis"]:
    """Connect as a test would that looks at a server."""
    with redis.Redis(host=HOST, port=port, socket_timeout=PATIENCE) as connected:
        yield connected


def wait_until(done: Callable[[], bool]) -> None:
    """Wait for a server."""
    end = monotonic() + PATIENCE
    while not done():
        assert monotonic() < end, "waited for too long"
        sleep(_PAUSE)


def _listens(port: int) -> bool:
    with suppress(ConnectionRefusedError):
        socket.create_connection((HOST, port), PATIENCE).close()
        return True
    return False
