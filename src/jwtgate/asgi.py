"""The gate as ASGI middleware, for HTTP and WebSocket."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias, final

from jwtgate._reply import reply_to
from jwtgate._scope import (
    Scope,
    ScopeView,
    can_deny,
    encoded,
    passed_on,
    request_of,
    tell_state,
)
from jwtgate.drive import aended
from jwtgate.gate import Gate
from jwtgate.outcome import Authenticated, Denied, HeaderPairs

__all__ = ["JWTGateMiddleware"]

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
        request = request_of(scope)
        outcome = self.gate.begin(request, None, scope.get("jwtgate"))
        seen: ScopeView | None = request
        if type(outcome) is not Authenticated:
            outcome = await aended(self.gate, outcome)
            seen = None  # others ran, who may have changed the headers
            if isinstance(outcome, Denied):
                tell_state(scope, outcome)
                await _deny(outcome, scope, send)
                return
        if outcome.response_headers:
            send = _adding(outcome.response_headers, send)
        kept = passed_on(scope, outcome, seen)
        await self.app(kept, receive, send)


async def _deny(denied: Denied, scope: Scope, send: Send) -> None:
    reply = reply_to(denied, method=scope.get("method", "GET"))
    if not can_deny(scope):
        # A close before accept is all there is; the server makes it a 403 (ASGI:
        # WebSocket, "close").
        await send({"type": "websocket.close", "code": reply.close_code})
        return
    websocket = "websocket." if scope["type"] == "websocket" else ""
    await send(
        {
            "type": f"{websocket}http.response.start",
            "status": reply.status,
            "headers": encoded(reply.headers),
        }
    )
    await send({"type": f"{websocket}http.response.body", "body": reply.body})


def _adding(headers: HeaderPairs, send: Send) -> Send:
    ours = encoded(headers)

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            sent = list(message.get("headers", ()))
            names = {name.lower() for name, _ in sent}
            missing = [pair for pair in ours if pair[0] not in names]
            message = {**message, "headers": sent + missing}
        await send(message)

    return add
