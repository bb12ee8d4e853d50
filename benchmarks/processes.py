"""Servers on the loopback, each a process that ends with what needs it."""

import os
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

__all__ = ["HOST", "NotStarted", "cores", "free_port", "on_core", "started", "status"]

HOST: Final = "127.0.0.1"

_PATIENCE = 15.0  # seconds
_PAUSE = 0.05
_ROOT = Path(__file__).parents[1]


class NotStarted(Exception):
    """A server ended, or waited too long, before it listened; says what it wrote."""


def cores() -> list[int]:
    """Give the cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def on_core(core: int, command: Sequence[str]) -> list[str]:
    """Give a command that runs on one core, in the same process."""
    return ["taskset", "--cpu-list", str(core), *command]


def free_port() -> int:
    """Find a port where nothing listens."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def started(
    command: Sequence[str], ports: Iterable[int], environment: Mapping[str, str]
) -> Iterator[None]:
    """Run a server until the block ends.

    Args:
        command: Starts it.
        ports: Where it is to listen; waited for.
        environment: Added to this process's.

    Raises:
        NotStarted: It does not listen.
    """
    with (
        TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - of this package alone
            command,
            cwd=_ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        ) as process,
    ):
        try:
            for port in ports:
                _wait_for(process, port, said)
            yield
        finally:
            process.terminate()
            _end(process)


def status(port: int, token: str | None = None) -> int:
    """Ask a server once, and give the status of its answer."""
    connection = HTTPConnection(HOST, port, timeout=_PATIENCE)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        connection.request("GET", "/", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _wait_for(process: subprocess.Popen[bytes], port: int, said: IO[bytes]) -> None:
    for _ in range(int(_PATIENCE / _PAUSE)):
        with suppress(ConnectionRefusedError):
            socket.create_connection((HOST, port), _PATIENCE).close()
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PAUSE)
            break
    said.seek(0)
    raise NotStarted(said.read().decode(errors="replace").strip())


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
