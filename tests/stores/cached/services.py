"""The servers on this machine that listeners are tested with."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import final
from uuid import uuid4

import pytest

HOST = "127.0.0.1"
POSTGRES_PORT = 5432
REDIS_PORT = 6379


def require(name: str, port: int) -> None:
    """Skip a test whose server is not there; fail it in CI."""
    with suppress(OSError), socket.create_connection((HOST, port), timeout=5):
        return
    say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    say(f"no {name} listens on port {port} of {HOST}")


def new_name() -> str:
    """Make a name that nobody else uses, of a channel or a connection."""
    return f"jwtgate_test_{uuid4().hex}"


@final
class Relay:
    """What passes octets between a client and a server, until it is told to stop.

    Attributes:
        port: Where clients connect.
        stalled: Set it, and both sides hear nothing any more.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        self._listening = socket.create_server((HOST, 0))
        self._sockets = [self._listening]
        self._threads = [Thread(target=self._accept)]
        self.port: int = self._listening.getsockname()[1]
        self.stalled = Event()
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection((HOST, self._server))
                self._sockets += [near, far]
                for ends in ((near, far), (far, near)):
                    self._threads.append(Thread(target=self._pass, args=ends))
                    self._threads[-1].start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while octets := source.recv(4096):
                if not self.stalled.is_set():
                    sink.sendall(octets)

    def close(self) -> None:
        """Close all connections."""
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in self._sockets:
            each.close()


@contextmanager
def relay(port: int) -> Iterator[Relay]:
    """Give a relay to a server on this machine."""
    made = Relay(port)
    try:
        yield made
    finally:
        made.close()
