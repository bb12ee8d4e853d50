"""What is sent to an app, octet by octet, and what comes back."""

from dataclasses import dataclass, field
from typing import final

__all__ = ["Answer", "Line", "Request", "Unsendable"]

Line = tuple[bytes, bytes]
"""A header line: name and value."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request, as a hostile client would write it.

    Attributes:
        method: The method.
        path: The path as it is sent, percent-encoded, without the query.
        query: The query, without ``?``.
        headers: Every header line, in order.
        body: The body.
        websocket: Whether it is the handshake of a WebSocket.
    """

    method: str = "GET"
    path: str = "/"
    query: str = field(default="", repr=False)
    headers: tuple[Line, ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    websocket: bool = False

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def lines(self) -> tuple[Line, ...]:
        """The header lines, with one that names the host, which no request lacks."""
        if any(name.lower() == b"host" for name, _ in self.headers):
            return self.headers
        return ((b"Host", b"testserver"), *self.headers)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a request.

    Attributes:
        status: The status; 101 for a handshake that was accepted, 403 for one that was
            closed; 0 where nothing was answered.
        headers: The header lines, names in lower case.
        body: The body.
        error: The name of the exception that the app raised, or empty.
    """

    status: int = 0
    headers: tuple[Line, ...] = ()
    body: bytes = b""
    error: str = ""


class Unsendable(Exception):
    """The client refuses to send this request: it cannot come to the app this way."""
