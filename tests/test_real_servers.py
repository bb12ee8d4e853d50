import asyncio
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from threading import Event, Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import uvicorn

from jwtgate import Policy
from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.kit import make_gate, mint

PATIENCE = 10.0
"""Seconds after which a server that does not start or answer fails its test."""

BEARER = ("Authorization", f"Bearer {mint()}")
OTHER = ("Authorization", f"Bearer {mint(sub='other')}")
SPOOFED = [
    ("X-Consumer-ID", "forged"),
    ("X_Consumer_ID", "forged"),
    ("x_consumer-tags", "forged"),
    ("X-Anonymous-Consumer", "forged"),
    ("X_Credential_Identifier", "forged"),
]
UPGRADE = [
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
]
GATE = make_gate(policy=Policy(query_names=("jwt",), cookie_names=("jwt",)))

Line = tuple[str, str]


# An app for either interface: GET tells what it sees, POST gives back its body.


async def _echo(receive: Any, send: Any) -> None:
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
        await send(
            {
                "type": "http.response.body",
                "body": message.get("body", b""),
                "more_body": more,
            }
        )


async def asgi_app(scope: Any, receive: Any, send: Any) -> None:
    """Answer as an ASGI app."""
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        return
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["method"] == "POST":
        await _echo(receive, send)
        return
    seen = b"\n".join(b"%s: %s" % line for line in scope["headers"])
    await send({"type": "http.response.body", "body": seen})


def wsgi_app(environ: Any, start_response: Any) -> Iterable[bytes]:
    """Answer as a WSGI app."""
    start_response("200 OK", [])
    if environ["REQUEST_METHOD"] == "POST":
        length = int(environ["CONTENT_LENGTH"])
        return (environ["wsgi.input"].read(1) for _ in range(length))
    names = [key for key in environ if key.startswith("HTTP_")]
    return [f"{name}: {environ[name]}\n".encode("latin-1") for name in names]


class Server(uvicorn.Server):
    """A server that says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def running(serve: Callable[[], object], stop: Callable[[], object]) -> Iterator[None]:
    """Run a server beside the tests, and stop it in its own way."""
    thread = Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def asgi_port() -> Iterator[int]:
    """Run uvicorn with the gate and give its port."""
    config = uvicorn.Config(
        ASGIGate(asgi_app, GATE),
        http="h11",
        ws="websockets-sansio",
        lifespan="on",
        log_config=None,
    )
    server = Server(config)

    def stop() -> None:
        server.should_exit = True

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        running(lambda: asyncio.run(server.serve([listener])), stop),
    ):
        assert server.ready.wait(PATIENCE)
        yield listener.getsockname()[1]


class Quiet(WSGIRequestHandler):
    """A handler that keeps requests out of the output of the tests."""

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture(scope="module")
def wsgi_port() -> Iterator[int]:
    """Run the standard library's server with the gate and give its port."""
    app = WSGIGate(wsgi_app, GATE)
    with (
        make_server("127.0.0.1", 0, app, handler_class=Quiet) as server,
        running(lambda: server.serve_forever(0.01), server.shutdown),
    ):
        yield server.server_port


@pytest.fixture(params=["asgi", "wsgi"])
def port(request: pytest.FixtureRequest) -> int:
    """Give the port of either server."""
    number = request.getfixturevalue(f"{request.param}_port")
    assert isinstance(number, int)
    return number


def ask(
    port: int,
    *lines: Line,
    method: str = "GET",
    target: str = "/",
    body: bytes | None = None,
) -> tuple[HTTPResponse, bytes]:
    """Send a request, every line as it is, and read the whole response."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.putrequest(method, target)
        for line in lines:
            connection.putheader(*line)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return response, response.read()


def raw(port: int, text: str) -> str:
    """Send text as it is, and read until the server closes."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        connection.sendall(text.encode())
        with connection.makefile("rb") as received:
            return received.read().decode("latin-1")


def test_a_good_token_passes(port: int) -> None:
    """The app answers, and is told who calls."""
    response, seen = ask(port, BEARER)
    assert response.status == 200
    assert b"jack" in seen.split()


@pytest.mark.parametrize("line", SPOOFED, ids=lambda line: line[0])
def test_a_forged_identity_header(port: int, line: Line) -> None:
    """Whatever a server makes of a spelling, the app sees nothing forged."""
    response, seen = ask(port, line, BEARER, line)
    assert response.status == 200
    assert b"forged" not in seen


def test_forged_identity_headers_in_both_spellings(port: int) -> None:
    """Joined to ours or left apart, no forged value is left beside ours."""
    _, seen = ask(port, *SPOOFED, BEARER, *reversed(SPOOFED))
    assert b"forged" not in seen
    assert b"jack" in seen


def test_no_token_is_refused(port: int) -> None:
    """The challenge of a refusal arrives, and its body with it."""
    response, body = ask(port)
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert body == b'{"message":"A bearer token is required"}'


@pytest.mark.parametrize("second", [BEARER, OTHER], ids=["equal", "differing"])
def test_a_repeated_authorization_is_refused(port: int, second: Line) -> None:
    """Two lines are seen as two, whether the server joins them or not."""
    response, _ = ask(port, BEARER, second)
    assert response.status == 401
    assert 'error="invalid_request"' in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("second", [BEARER, OTHER], ids=["equal", "differing"])
def test_a_token_behind_another_scheme_is_refused(port: int, second: Line) -> None:
    """A line of another scheme in front hides no token."""
    response, _ = ask(port, ("Authorization", "Basic eDp5"), second)
    assert response.status == 401


def test_a_folded_cookie_line_hides_no_token(port: int) -> None:
    """A second token behind a line fold (RFC 9112 5.2) is a second token."""
    answer = raw(
        port,
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        f"{': '.join(BEARER)}\r\nCookie: a=1;\r\n jwt={OTHER[1][7:]}\r\n\r\n",
    )
    assert answer.split()[1] == "401"


def test_the_refusal_of_head_has_no_body(port: int) -> None:
    """Nothing follows the headers, which tell of the body that GET has."""
    answer = raw(port, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition("\r\n\r\n")
    assert head.split()[1] == "401"
    assert "content-length: 40" in head.lower()
    assert body == ""


def test_a_token_in_the_query_is_not_for_caches(port: int) -> None:
    """The response to a URL with a token says no-store."""
    response, _ = ask(port, target=f"/?jwt={BEARER[1][7:]}")
    assert response.status == 200
    assert response.headers["Cache-Control"] == "no-store"


def test_the_body_of_the_client_is_untouched(port: int) -> None:
    """The app reads every octet that was sent."""
    sent = bytes(range(256)) * 20
    _, received = ask(port, BEARER, method="POST", body=sent)
    assert received == sent


def test_a_response_streams_while_the_body_arrives(port: int) -> None:
    """A part of the response leaves before the rest of the request has come."""
    head = (
        f"POST / HTTP/1.1\r\nHost: a\r\n{': '.join(BEARER)}\r\nContent-Length: 12\r\n"
    )
    address = ("127.0.0.1", port)
    with (
        socket.create_connection(address, PATIENCE) as connection,
        connection.makefile("rb") as received,
    ):
        for part in (head.encode() + b"\r\nfirst\n", b"again\n"):
            connection.sendall(part)
            assert part[-6:] in iter(received.readline, b"")


def test_an_authenticated_websocket_is_accepted(asgi_port: int) -> None:
    """A handshake with a good token switches protocols."""
    response, _ = ask(asgi_port, BEARER, *UPGRADE)
    assert response.status == 101


def test_a_websocket_without_token_is_challenged(asgi_port: int) -> None:
    """A handshake that is refused gets the response of any request."""
    response, body = ask(asgi_port, *UPGRADE)
    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert body == b'{"message":"A bearer token is required"}'


def test_cross_site_websocket_hijacking(asgi_port: int) -> None:
    """A handshake that another site makes a browser send is refused."""
    cookie = ("Cookie", f"jwt={BEARER[1][7:]}")
    origin = ("Origin", "https://evil.example")
    response, _ = ask(asgi_port, cookie, origin, *UPGRADE)
    assert response.status == 403
