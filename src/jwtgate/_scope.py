"""Between an ASGI scope and the core: the request in it, and the outcome put there."""

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from jwtgate.errors import ConfigurationError
from jwtgate.extraction import NOTHING_HIDDEN, Headers, RequestView
from jwtgate.extraction.request import COMMA, path_below
from jwtgate.identity import FOLDING, INITIALS, is_identity_header
from jwtgate.outcome import Anonymous, Authenticated, Exempt, HeaderPairs, Outcome

__all__ = [
    "Scope",
    "ScopeView",
    "can_deny",
    "encoded",
    "passed_on",
    "request_of",
    "settle",
    "tell_state",
]

# A number: to seek octets in octets costs an exception that nobody sees.
_QUESTION_MARK = ord("?")

_PROTOCOL = b"sec-websocket-protocol"

Scope: TypeAlias = MutableMapping[str, Any]


def passed_on(
    scope: Scope,
    outcome: Authenticated | Anonymous | Exempt,
    view: "ScopeView | None" = None,
) -> dict[str, Any]:
    """Make the scope for the app: with the outcome, without what it is not to see.

    The state, which a scope shares with those made of it, is told, too.

    Args:
        scope: As it came.
        outcome: What was decided.
        view: What the core saw of this very scope, if nobody else ran since.
    """
    kept = {**scope}
    kept["headers"] = [*scope["headers"]]
    settle(kept, outcome, view)
    return kept


def settle(
    scope: Scope,
    outcome: Authenticated | Anonymous | Exempt,
    view: "ScopeView | None" = None,
) -> None:
    """Do the same in place, where a framework made its request of the scope before.

    The list of headers stays the same object, which the framework may hold. What it
    has cached of them by then, and of a query that is hidden, is its adapter's to
    forget.
    """
    lines = scope["headers"]
    if not isinstance(lines, list):
        lines = scope["headers"] = list(lines)
    for name, _ in lines if view is None or view.may_be_forged else ():
        if name and name[0] in INITIALS and is_identity_header(name):
            lines[:] = [line for line in lines if not is_identity_header(line[0])]
            break
    # Some servers leave the query in it.
    if _QUESTION_MARK in (raw_path := scope.get("raw_path") or b""):
        scope["raw_path"] = raw_path.partition(b"?")[0]
    if (hiding := outcome.hiding) is not NOTHING_HIDDEN:
        lines[:] = [
            (name, shown)
            for name, value in lines
            if (shown := hiding.header(name, value)) is not None
        ]
        scope["query_string"] = hiding.query(scope.get("query_string") or b"")
        if protocols := scope.get("subprotocols"):
            # The header once more, which is where some clients put a token.
            scope["subprotocols"] = [
                each
                for each in protocols
                if hiding.header(_PROTOCOL, each.encode(errors="replace")) is not None
            ]
    lines += _encoded(outcome.request_headers)
    scope["jwtgate"] = outcome
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


class ScopeView(RequestView):
    """A view that looks into the scope when it is asked: most of it never is.

    Attributes:
        may_be_forged: Whether some headers may be identity headers; False once another
            was sought, and no name begins as theirs do.
    """

    __slots__ = ("_scope", "headers", "line_count", "may_be_forged")

    headers: Headers
    line_count: int
    may_be_forged: bool

    def __init__(self, scope: Scope) -> None:
        if scope["type"] not in ("http", "websocket"):
            raise ConfigurationError(
                "jwtgate guards http and websocket and passes lifespan; it cannot tell "
                "who calls by another kind of scope, so it refuses that"
            )
        self._scope = scope
        lines = scope["headers"]
        if not isinstance(lines, (list, tuple)):
            # ASGI's iterable can be read once: a list takes its place for whoever
            # reads on, as in Starlette.
            lines = scope["headers"] = list(lines)
        self.headers = lines
        self.line_count = len(lines)
        self.may_be_forged = True

    def single_line(self, folded: bytes) -> bytes | None:
        # As the base does; the other names are looked at meanwhile, in one round.
        size, found = len(folded), None
        suspects = folded[0] in INITIALS  # of the lines that are sought, too
        for name, value in self.headers:
            if len(name) == size and name.translate(FOLDING) == folded:
                if found is not None:
                    return None
                found = value
            elif name and name[0] in INITIALS:
                suspects = True
        self.may_be_forged = suspects
        return None if found is None or COMMA in found else found

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


request_of: Callable[[Scope], ScopeView] = ScopeView
"""Makes the core's view of a request or of a WebSocket handshake.

Raises:
    ConfigurationError: Another kind of scope.
"""
