"""Between an ASGI scope and the core: the request in it, and the outcome put there."""

from collections.abc import MutableMapping
from typing import Any, TypeAlias

from jwtgate.errors import ConfigurationError
from jwtgate.extraction import Headers, RequestView
from jwtgate.extraction.request import path_below
from jwtgate.identity import is_identity_header
from jwtgate.outcome import Anonymous, Authenticated, Exempt, HeaderPairs, Outcome

__all__ = [
    "Scope",
    "can_deny",
    "encoded",
    "passed_on",
    "request_of",
    "settle",
    "tell_state",
]

Scope: TypeAlias = MutableMapping[str, Any]


def request_of(scope: Scope) -> RequestView:
    """Make the core's view of a request or of a WebSocket handshake.

    Raises:
        ConfigurationError: Another kind of scope.
    """
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


def passed_on(
    scope: Scope,
    outcome: Authenticated | Anonymous | Exempt,
    lines: Headers | None = None,
) -> dict[str, Any]:
    """Make the scope for the app: with the outcome, without what it is not to see.

    Args:
        scope: The request's.
        outcome: What was decided.
        lines: Its headers, if they were read; ASGI's iterable can be read once.
    """
    hiding = outcome.hiding
    headers = [
        (name, kept)
        for name, value in (scope["headers"] if lines is None else lines)
        if not is_identity_header(name)
        and (kept := hiding.header(name, value)) is not None
    ]
    headers += encoded(outcome.request_headers)
    # Some servers leave the query in it.
    raw_path = (scope.get("raw_path") or b"").partition(b"?")[0]
    return {
        **scope,
        **({"raw_path": raw_path} if raw_path else {}),
        "headers": headers,
        "query_string": hiding.query(scope.get("query_string") or b""),
        "jwtgate": outcome,
    }


def settle(scope: Scope, outcome: Authenticated | Anonymous | Exempt) -> None:
    """Do the same in place, where a framework made its request of the scope before.

    The list of headers stays the same object, which the framework may hold. What it
    has cached of the query or the cookies by then is its adapter's to forget.
    """
    kept = passed_on(scope, outcome)
    lines = scope["headers"]
    if isinstance(lines, list):
        lines[:] = kept["headers"]
        kept["headers"] = lines
    scope.update(kept)
    tell_state(scope, outcome)


def tell_state(scope: Scope, outcome: Outcome) -> None:
    """Put the outcome into the state that the server has for a request, if it has."""
    state = scope.get("state")
    if isinstance(state, MutableMapping):
        state["jwtgate"] = outcome


def can_deny(scope: Scope) -> bool:
    """Whether a response can be sent: to any request, and to some handshakes.

    Source: ASGI, WebSocket Denial Response.
    """
    if scope["type"] != "websocket":
        return True
    return "websocket.http.response" in (scope.get("extensions") or {})


def encoded(headers: HeaderPairs) -> list[tuple[bytes, bytes]]:
    """Write headers as ASGI has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers]
