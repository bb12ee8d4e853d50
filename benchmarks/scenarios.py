"""What is asked of the gate where the cost is counted, turn by turn and without end.

Nothing varies from turn to turn that need not: the gate's clock stands still, and the
tokens have the same length.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, repeat
from typing import Any, Final, TypeAlias

from benchmarks.core import make_store
from benchmarks.tokens import KEY, token
from jwtgate import Gate, RequestView, authenticate
from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate

__all__ = ["NAMES", "Turn", "turns"]

Turn: TypeAlias = Callable[[], object]
"""One request, ready to be decided on or answered."""

_NOW: Final = 1_800_000_000


def turns(name: str) -> Iterator[Turn]:
    """Give the turns of a scenario, one after another, without end.

    Args:
        name: One of :data:`NAMES`.
    """
    return _SCENARIOS[name]()


def _new(algorithm: str = "HS256", *, lifetime: int = 600) -> Iterator[str]:
    for number in count():
        claims = {
            "iss": KEY,
            "sub": f"order-service-{number:06}",
            "iat": _NOW - 900,
            "nbf": _NOW - 900,
            "exp": _NOW + lifetime,
        }
        yield token(algorithm, claims)


def _seen(algorithm: str = "HS256") -> Iterator[str]:
    return repeat(next(_new(algorithm)))


def _forged() -> Iterator[str]:
    sent = _new()
    _, _, signature = next(sent).rpartition(".")
    for other in sent:
        signing_input, _, _ = other.rpartition(".")
        yield f"{signing_input}.{signature}"


def _make_gate(algorithm: str) -> Gate:
    return Gate(make_store(algorithm), clock=lambda: _NOW)


def _headers(sent: str | None) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"host", b"127.0.0.1:8000"),
        (b"user-agent", b"benchmark/1.0"),
        (b"accept", b"*/*"),
        (b"accept-encoding", b"gzip, deflate"),
    ]
    if sent is not None:
        headers.append((b"authorization", b"Bearer " + sent.encode()))
    return headers


def _decisions(
    tokens: Iterator[str] | Iterator[None], algorithm: str = "HS256"
) -> Iterator[Turn]:
    gate = _make_gate(algorithm)
    for each in tokens:
        yield partial(authenticate, gate, RequestView("GET", headers=_headers(each)))


def _asgi(tokens: Iterator[str]) -> Iterator[Turn]:
    middleware = ASGIGate(_asgi_app, _make_gate("HS256"))
    for each in tokens:
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/orders",
            "raw_path": b"/orders",
            "query_string": b"",
            "root_path": "",
            "headers": _headers(each),
            "client": ("127.0.0.1", 50_000),
            "state": {},
        }
        yield partial(_answer, middleware, scope)


def _wsgi(tokens: Iterator[str]) -> Iterator[Turn]:
    middleware = WSGIGate(_wsgi_app, _make_gate("HS256"))
    for each in tokens:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/orders",
            "QUERY_STRING": "",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
        }
        for name, value in _headers(each):
            folded = name.decode().upper().replace("-", "_")
            environ[f"HTTP_{folded}"] = value.decode()
        yield partial(middleware, environ, _start_response)


def _answer(middleware: ASGIGate, scope: dict[str, Any]) -> list[Any]:
    # By hand, as an event loop's own instructions are none of ours.
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    try:
        middleware(scope, _receive, send).__await__().__next__()
    except StopIteration:
        return sent
    raise RuntimeError("the request waits, and nothing will wake it")


async def _asgi_app(_scope: object, _receive: object, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def _receive() -> Any:
    return {"type": "http.request", "body": b"", "more_body": False}


def _wsgi_app(_environ: object, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"hello"]


def _start_response(_status: str, _headers: object, _error: object = None) -> Any:
    return None


# A token is new to the gate in each turn, unless the name says otherwise.
_SCENARIOS: Final[dict[str, Callable[[], Iterator[Turn]]]] = {
    "HS256": lambda: _decisions(_new()),
    "HS256, token seen before": lambda: _decisions(_seen()),
    "RS256": lambda: _decisions(_new("RS256"), "RS256"),
    "RS256, token seen before": lambda: _decisions(_seen("RS256"), "RS256"),
    "refused: no token": lambda: _decisions(repeat(None)),
    "refused: bad signature": lambda: _decisions(_forged()),
    "refused: expired": lambda: _decisions(_new(lifetime=-600)),
    "ASGI": lambda: _asgi(_new()),
    "ASGI, token seen before": lambda: _asgi(_seen()),
    "WSGI": lambda: _wsgi(_new()),
    "WSGI, token seen before": lambda: _wsgi(_seen()),
}

NAMES: Final = tuple(_SCENARIOS)
"""The scenarios, in the order of the table."""
