"""Requests for an ASGI app, as a server would hand them over."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias, final
from urllib.parse import unquote

from jwtgate.testing.requests import Answer, Line, Request

__all__ = ["ASGIApp", "scope_of", "send_asgi"]

ASGIApp: TypeAlias = Callable[..., Awaitable[Any]]

_PATIENCE = 30  # seconds, for an app that never answers


async def send_asgi(
    app: ASGIApp, request: Request, state: Mapping[str, Any] | None = None
) -> Answer:
    """Send a request to an ASGI app.

    Args:
        app: The app.
        request: The request.
        state: What the app's lifespan left in its state.
    """
    scope = scope_of(request)
    if state is not None:
        scope["state"] = dict(state)
    exchange = _Exchange(request)
    error = ""
    try:
        async with asyncio.timeout(_PATIENCE):
            await app(scope, exchange.receive, exchange.send)
    except Exception as raised:  # noqa: BLE001 - an app may raise anything
        error = type(raised).__name__
    return exchange.answer(error)


def scope_of(request: Request) -> dict[str, Any]:
    """Make the scope of a request, names of headers in lower case."""
    kind = "websocket" if request.websocket else "http"
    scope: dict[str, Any] = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "ws" if request.websocket else "http",
        "path": unquote(request.path),
        "raw_path": request.path.encode("latin-1"),
        "root_path": "",
        "query_string": request.query.encode("latin-1"),
        "headers": [(name.lower(), value) for name, value in request.lines],
        "server": ("testserver", 80),
        "client": ("testclient", 50_000),
        "extensions": {"websocket.http.response": {}},
    }
    if request.websocket:
        del scope["method"]
        scope["subprotocols"] = []
    return scope


@final
class _Exchange:
    """The messages of one request."""

    def __init__(self, request: Request) -> None:
        first = {"type": "http.request", "body": request.body, "more_body": False}
        if request.websocket:
            first = {"type": "websocket.connect"}
        self._coming = asyncio.Queue[dict[str, Any]]()
        self._coming.put_nowait(first)
        self._status = 0
        self._headers: tuple[Line, ...] = ()
        self._body = b""

    async def receive(self) -> dict[str, Any]:
        """Give the request, and then nothing until somebody hangs up."""
        return await self._coming.get()

    async def send(self, message: Mapping[str, Any]) -> None:
        """Take what the app answers."""
        kind = message["type"].removeprefix("websocket.")
        if kind == "http.response.start":
            self._status = message["status"]
            self._headers = tuple(
                (bytes(name).lower(), bytes(value))
                for name, value in message.get("headers", ())
            )
        elif kind == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                self._coming.put_nowait({"type": "http.disconnect"})
        elif kind == "accept":
            self._status = 101
            self._coming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        elif kind == "close":
            self._status = self._status or 403

    def answer(self, error: str) -> Answer:
        """Give what came."""
        return Answer(
            status=self._status, headers=self._headers, body=self._body, error=error
        )
