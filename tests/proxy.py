"""A network between a store and its server that misbehaves on demand."""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Final, final

from tests.counting.redisserver import HOST, PATIENCE

__all__ = ["Proxy", "proxy"]

_RESET: Final = struct.pack("ii", 1, 0)


@final
class Proxy:
    """Passes on what is sent, until it is told otherwise; it has its own thread.

    Attributes:
        port: Where it listens, on the loopback; it stays the same.
        accepted: How many connections it took.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.accepted = 0
        self.holds = False
        self.cuts_after: int | None = None
        self.sides: set[_Side] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.accept()

    def accept(self) -> None:
        """Take connections, as it does from the beginning."""
        listening = asyncio.run_coroutine_threadsafe(self._listen(), self._loop)
        self._listener = listening.result(PATIENCE)
        self.port = self._listener.sockets[0].getsockname()[1]

    def refuse(self) -> None:
        """Reset every connection, and refuse new ones."""
        self._loop.call_soon_threadsafe(self._listener.close)
        self.reset()

    def reset(self) -> None:
        """Reset every connection that there is."""
        self._each(_Side.reset)

    def hold(self) -> None:
        """Keep what the server answers, until :meth:`release`."""
        self.holds = True

    def release(self) -> None:
        """Pass on what was kept."""
        self.holds = False
        self._each(_Side.flush)

    def cut(self, after: int) -> None:
        """Reset each connection in its next answer, after so many octets of it."""
        self.cuts_after = after

    def heal(self) -> None:
        """Pass on whole answers again."""
        self.cuts_after = None

    def close(self) -> None:
        """End it."""
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(lambda: _Side(self), HOST, self.port)

    def _each(self, what: Callable[["_Side"], None]) -> None:
        async def run() -> None:
            for side in tuple(self.sides):
                what(side)
            await asyncio.sleep(0)  # what it closed is closed

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(PATIENCE)


@final
class _Side(asyncio.Protocol):
    """One of the two connections that are joined: a client's, or one to the server."""

    def __init__(self, between: Proxy, client: "_Side | None" = None) -> None:
        self._between = between
        self._peer = client
        self._is_server = client is not None
        self._kept: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._between.sides.add(self)
        if self._peer is None:
            self._between.accepted += 1
            self._connecting = asyncio.ensure_future(self._connect())
        else:
            self._peer.join(self)

    def data_received(self, data: bytes) -> None:
        self._kept.append(data)
        self.flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - its name
        self._between.sides.discard(self)
        if self._peer is not None and not self._waits:
            self._peer.end()

    def join(self, server: "_Side") -> None:
        """Know the connection to the server, now that there is one."""
        self._peer = server
        self.flush()

    def flush(self) -> None:
        """Pass on what came, if it may pass."""
        if self._peer is not None and not self._waits:
            for data in self._kept:
                self._peer.give(data)
            self._kept = []

    def give(self, data: bytes) -> None:
        """Send what came on the other side."""
        cuts_after = None if self._is_server else self._between.cuts_after
        if self._transport is not None:
            self._transport.write(data[:cuts_after])
        if cuts_after is not None:
            self.reset()

    def end(self) -> None:
        """Close, once all is sent."""
        if self._transport is not None:
            self._transport.close()

    def reset(self) -> None:
        """Close at once, and say so by a RST."""
        if self._transport is not None and not self._transport.is_closing():
            one = self._transport.get_extra_info("socket")
            # It does so where nothing may linger (socket(7), SO_LINGER).
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()

    @property
    def _waits(self) -> bool:
        return self._is_server and self._between.holds

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            await loop.create_connection(
                lambda: _Side(self._between, self), HOST, self._between.target
            )
            return
        self.reset()


@contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    """Put a network in front of a port."""
    between = Proxy(target)
    try:
        yield between
    finally:
        between.close()
