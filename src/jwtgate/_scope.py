"""Between an ASGI scope and the core: the request in it, and the outcome put there."""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from jwtgate.errors import ConfigurationError
from jwtgate.extraction import Headers, RequestView
from jwtgate.extraction.request import lines_of, path_below
from jwtgate.identity import INITIALS, is_identity_header
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
    return _ScopeView(scope)


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
    headers = [
        line
        for line in (scope["headers"] if lines is None else lines)
        if line[0][:1] not in INITIALS or not is_identity_header(line[0])
    ]
    kept = {**scope, "headers": headers, "jwtgate": outcome}
    # Some servers leave the query in it.
    if b"?" in (raw_path := scope.get("raw_path") or b""):
        kept["raw_path"] = raw_path.partition(b"?")[0]
    if hiding := outcome.hiding:
        headers[:] = [
            (name, shown)
            for name, value in headers
            if (shown := hiding.header(name, value)) is not None
        ]
        kept["query_string"] = hiding.query(scope.get("query_string") or b"")
    headers += _encoded(outcome.request_headers)
    return kept


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
    if type(state) is dict or isinstance(state, MutableMapping):
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


# Kept for identity headers, which are the same for each request of a consumer; those
# of a response may be new each time.
@lru_cache(maxsize=4096)
def _encoded(headers: HeaderPairs) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(encoded(headers))


class _ScopeView(RequestView):
    """A view that looks into the scope when it is asked: most of it never is."""

    __slots__ = ("_headers", "_scope")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        lines = scope["headers"]
        # ASGI's iterable can be read once.
        self._headers = lines if type(lines) is list else list(lines)

    @property
    def method(self) -> str:
        method: str = self._scope.get("method", "GET")
        return method

    @property
    def path(self) -> str:
        return path_below(self._scope["path"], self._scope.get("root_path") or "")

    @property
    def raw_path(self) -> bytes:
        return (self._scope.get("raw_path") or b"").partition(b"?")[0]

    @property
    def query(self) -> bytes:
        return self._scope.get("query_string") or b""

    @property
    def headers(self) -> Headers:
        return self._headers

    def lines(self, folded: bytes) -> list[bytes]:
        return lines_of(self._headers, folded)

    @property
    def scheme(self) -> str:
        scheme: str = self._scope.get("scheme", "http")
        return scheme

    @property
    def client(self) -> str | None:
        client = self._scope.get("client")
        return client[0] if client else None

    @property
    def kind(self) -> Literal["http", "websocket"]:
        kind: Literal["http", "websocket"] = self._scope["type"]
        return kind
