"""The gate as ASGI middleware, for HTTP and WebSocket."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias, final

from jwtgate._reply import reply_to
from jwtgate.drive import aauthenticate
from jwtgate.errors import ConfigurationError
from jwtgate.extraction import RequestView
from jwtgate.extraction.request import path_below
from jwtgate.gate import Gate
from jwtgate.identity import is_identity_header
from jwtgate.outcome import (
    Anonymous,
    Authenticated,
    Denied,
    Exempt,
    HeaderPairs,
    Outcome,
)

__all__ = ["JWTGateMiddleware"]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


@final
class JWTGateMiddleware:
    """Lets those through whom the gate lets through.

    The app finds the outcome in ``scope["jwtgate"]``, in ``scope["state"]["jwtgate"]``
    where the server has a state, and in the identity headers. A refused request never
    reaches it, and its body is not read.

    Args:
        app: Any ASGI application.
        gate: The gate; its store must not block the event loop.

    Raises:
        ConfigurationError: The store would block; wrap it with ``in_thread``.
    """

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app = app
        self.gate = gate
        gate.require_async()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decide on a request, then call the app or answer."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        request = _request(scope)
        standing = self.gate.standing(scope.get("jwtgate"), request)
        outcome = standing or await aauthenticate(self.gate, request)
        _tell_state(scope, outcome)
        if isinstance(outcome, Denied):
            await _deny(outcome, scope, send)
            return
        inner = _passed_on(scope, request, outcome)
        await self.app(inner, receive, _adding(outcome.response_headers, send))


def _passed_on(
    scope: Scope,
    request: RequestView,
    outcome: Authenticated | Anonymous | Exempt,
) -> dict[str, Any]:
    hiding = outcome.hiding
    headers = [
        (name, kept)
        for name, value in request.headers
        if not is_identity_header(name)
        and (kept := hiding.header(name, value)) is not None
    ]
    headers += _encoded(outcome.request_headers)
    return {
        **scope,
        "headers": headers,
        "query_string": hiding.query(request.query),
        "jwtgate": outcome,
    }


async def _deny(denied: Denied, scope: Scope, send: Send) -> None:
    reply = reply_to(denied, method=scope.get("method", "GET"))
    prefix = "http.response"
    if scope["type"] == "websocket":
        # Without the denial extension a close before accept is all there is; the
        # server makes it a 403 (ASGI: WebSocket, "close").
        if "websocket.http.response" not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close", "code": reply.close_code})
            return
        prefix = "websocket.http.response"
    await send(
        {
            "type": f"{prefix}.start",
            "status": reply.status,
            "headers": _encoded(reply.headers),
        }
    )
    await send({"type": f"{prefix}.body", "body": reply.body})


def _request(scope: Scope) -> RequestView:
    kind = scope["type"]
    if kind not in ("http", "websocket"):
        raise ConfigurationError(
            "jwtgate guards http and websocket and passes lifespan; it cannot tell "
            "who calls by another kind of scope, so it refuses that"
        )
    client = scope.get("client")
    return RequestView(
        method=scope.get("method", "GET"),
        path=path_below(scope["path"], scope.get("root_path") or ""),
        raw_path=(scope.get("raw_path") or b"").partition(b"?")[0],
        query=scope.get("query_string") or b"",
        headers=[(name, value) for name, value in scope["headers"]],
        scheme=scope.get("scheme", "http"),
        client=client[0] if client else None,
        kind=kind,
    )


def _tell_state(scope: Scope, outcome: Outcome) -> None:
    state = scope.get("state")
    if isinstance(state, MutableMapping):
        state["jwtgate"] = outcome


def _encoded(headers: HeaderPairs) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers]


def _adding(headers: HeaderPairs, send: Send) -> Send:
    if not headers:
        return send
    ours = _encoded(headers)

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            sent = list(message.get("headers", ()))
            names = {name.lower() for name, _ in sent}
            missing = [pair for pair in ours if pair[0] not in names]
            message = {**message, "headers": sent + missing}
        await send(message)

    return add
