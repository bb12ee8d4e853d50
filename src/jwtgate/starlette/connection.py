"""Between a connection of Starlette and the core: who calls, and how it is refused."""

from typing import final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.websockets import WebSocket, WebSocketState

from jwtgate._reply import reply_to
from jwtgate._scope import (
    Scope,
    ScopeView,
    can_deny,
    encoded,
    request_of,
    settle,
    tell_state,
)
from jwtgate.drive import aended
from jwtgate.errors import ConfigurationError
from jwtgate.extraction import NOTHING_HIDDEN
from jwtgate.gate import Gate
from jwtgate.outcome import (
    Anonymous,
    Authenticated,
    Denied,
    Exempt,
    HeaderPairs,
    Outcome,
)
from jwtgate.requirement import Requirement

__all__ = [
    "ResponseHeaders",
    "answer",
    "can_answer",
    "close_code",
    "decide",
    "denial",
    "outer",
    "place",
]

# What Starlette keeps of a request once it was asked, beside its headers.
_KEPT = ("_cookies", "_query_params", "_url")


async def decide(
    connection: HTTPConnection, gate: Gate, demands: Requirement | None
) -> Outcome:
    """Decide on a request; what the same gate decided before on it is reused.

    Args:
        connection: A request, or a WebSocket that was not accepted yet.
        gate: Decides.
        demands: What the view demands besides.
    """
    scope = connection.scope
    found = scope.get("jwtgate")
    request = request_of(scope)
    outcome = gate.begin(request, demands, found)
    seen: ScopeView | None = request
    if not isinstance(outcome, Authenticated):
        outcome = await aended(gate, outcome)
        seen = None  # others ran, who may have changed the headers
    place(connection, outcome, seen)
    return outcome


def place(
    connection: HTTPConnection, outcome: Outcome, view: ScopeView | None = None
) -> None:
    """Put an outcome where the app finds it, and hide what the app is not to see.

    Args:
        connection: The request.
        outcome: What was decided.
        view: What the core saw of the request's scope, if nobody else ran since.
    """
    scope, kept = connection.scope, vars(connection)
    if isinstance(outcome, Denied):
        if "jwtgate" not in scope:
            # What runs after a refusal reads no forged headers either.
            settle(scope, Exempt("public", None, outcome.gate), view)
            del scope["jwtgate"]
        tell_state(scope, outcome)
    else:
        settle(scope, outcome, view)
        # Forgotten, they are parsed again for the app, which costs as much as another
        # dependency; and no identity header is in them.
        if outcome.hiding is not NOTHING_HIDDEN:
            for name in _KEPT:
                kept.pop(name, None)
    # Starlette's headers read the list that was changed in place, unless another one
    # has come into the scope since.
    if getattr(kept.get("_headers"), "_list", None) is not scope["headers"]:
        kept.pop("_headers", None)


def outer(scope: Scope) -> tuple[Gate, Authenticated | Anonymous | Exempt]:
    """Give the gate further out, and what it decided on the request.

    Raises:
        ConfigurationError: There is none; says what to do.
    """
    found = scope.get("jwtgate")
    if isinstance(found, Authenticated | Anonymous | Exempt):
        gate = found.gate
        if isinstance(gate, Gate):
            return gate, found
    raise ConfigurationError(
        "no gate decided on this request: wrap the app with JWTGateMiddleware of "
        "jwtgate.starlette or jwtgate.asgi; in FastAPI, JWTAuth(gate) will do"
    )


async def answer(connection: HTTPConnection, denied: Denied) -> Response | None:
    """Refuse a request by a response for it, or a WebSocket by answering or closing.

    Returns:
        The response to a request, which is the caller's to send.
    """
    response = denial(denied, connection.scope)
    if not isinstance(connection, WebSocket):
        return response
    if can_answer(connection):
        await connection.send_denial_response(response)
    else:
        await connection.close(close_code(denied))
    return None


def can_answer(connection: HTTPConnection) -> bool:
    """Whether a response can be sent: to a WebSocket only until it is accepted."""
    state = getattr(connection, "application_state", WebSocketState.CONNECTING)
    return state is WebSocketState.CONNECTING and can_deny(connection.scope)


def denial(denied: Denied, scope: Scope) -> Response:
    """Make the response of a refusal, for a request or for a handshake."""
    reply = reply_to(denied, method=scope.get("method", "GET"))
    response = Response(reply.body, reply.status)
    # In place of the headers that Starlette thinks of, such as the length for a HEAD.
    response.raw_headers = encoded(reply.headers)
    return response


def close_code(denied: Denied) -> int:
    """Give the code to close a WebSocket with where no response can be sent."""
    return reply_to(denied, method="GET").close_code


@final
class ResponseHeaders:
    """Middleware that adds to a response what an outcome further in has for it.

    Args:
        app: The app; what it sets itself stands alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start" and (
                ours := _response_headers(scope.get("jwtgate"))
            ):
                # Not in the app's own list: it may send one message twice.
                message = {**message, "headers": list(message.get("headers", ()))}
                headers = MutableHeaders(raw=message["headers"])
                for name, value in ours:
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, add)


def _response_headers(found: object) -> HeaderPairs:
    if isinstance(found, Authenticated | Anonymous | Exempt):
        return found.response_headers
    return ()
