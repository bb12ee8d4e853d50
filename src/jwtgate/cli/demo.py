"""``jwtgate demo``: a gate to try by hand, on this machine."""

import argparse
import http.client
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING, Final, final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from jwtgate.cli.errors import OK, REFUSED, Refused
from jwtgate.cli.terminal import Terminal
from jwtgate.gate import Gate
from jwtgate.issue import generate_keypair, issue
from jwtgate.outcome import Authenticated, Denied
from jwtgate.routes import Route
from jwtgate.stores import MemoryStore
from jwtgate.wsgi import JWTGateMiddleware

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

__all__ = ["HELP", "NAME", "Case", "add_arguments", "run", "scene"]

NAME: Final = "demo"
HELP: Final = "serve a gate on this machine, to try it by hand"

_EXAMPLES: Final = """\
examples:
  jwtgate demo          # prints requests to try, and serves until Ctrl-C
  jwtgate demo --check  # makes them itself; ends with 1 if an answer is not as it says
"""
_HOST: Final = "127.0.0.1"
_PATIENCE: Final = 10.0


@final
@dataclass(frozen=True, slots=True)
class Case:
    """A request, and what it is answered.

    Attributes:
        about: What it shows.
        status: Of the answer.
        path: Of the request.
        token: It brings; None brings none.
    """

    about: str
    status: int
    path: str = "/"
    token: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take where it listens, and whether it tries itself."""
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "--port",
        type=_port,
        default=0,
        metavar="N",
        help=f"where it listens, on {_HOST}; any free one if left out",
    )
    parser.add_argument(
        "--check", action="store_true", help="make the requests, and end"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Serve; until Ctrl-C, or until its own requests were answered."""
    gate, cases = scene()
    if arguments.check:
        with _serving(_App(gate), arguments.port) as server:
            return _check(server, cases, terminal)
    app = _App(gate, lambda text: terminal.line(text, flush=True))
    with suppress(KeyboardInterrupt), _server(app, arguments.port) as server:
        base = f"http://{_HOST}:{server.server_port}"
        terminal.line(f"serving {base} to this machine alone; Ctrl-C ends it", "head")
        for case in cases:
            terminal.line()
            terminal.line(f"# {case.about}: {case.status}", "dim")
            terminal.line(_curl(base, case))
        terminal.line(flush=True)
        server.serve_forever()
    return OK


def scene() -> tuple[Gate, Sequence[Case]]:
    """Set up two consumers; gives their gate, and requests with fresh tokens."""
    store = MemoryStore()
    jack = store.create_consumer(username="jack", groups=["staff"])
    ann = store.create_consumer(username="ann")
    pair = generate_keypair("ES256")
    by_secret = store.create_credential(jack, key="jack-key")
    by_pair = store.create_credential(
        ann, key="ann-key", algorithm="ES256", public_key=pair.public_key
    )
    good = issue(by_secret, {"sub": "orders"}, expires_in=3600)
    anns = issue(by_pair, private_key=pair.private_key, expires_in=3600)
    # The lab's slip: exp is the time at which it was made.
    expired = issue(by_secret, now=time.time() - 1, expires_in=1)
    header, _, signature = good.split(".")
    changed = f"{header}.{anns.split('.')[1]}.{signature}"
    return Gate(store, routes=[Route(path="/health", public=True)]), (
        Case("no token", 401),
        Case("jack, by HS256", 200, token=good),
        Case("ann, by ES256", 200, token=anns),
        Case("exp was set to the time of signing", 401, token=expired),
        Case("jack's signature under ann's claims", 401, token=changed),
        Case("a public route", 200, path="/health"),
    )


@final
class _App:
    """Says who calls, behind the gate; and tells of each request, if asked to."""

    def __init__(self, gate: Gate, tell: Callable[[str], None] | None = None) -> None:
        self._guarded = JWTGateMiddleware(_greet, gate)
        self._tell = tell

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        answer = self._guarded(environ, start_response)
        if self._tell is not None:
            request = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            self._tell(f"{request}: {_told(environ['jwtgate'])}")
        return answer


def _greet(
    environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{_told(environ['jwtgate'])}\n".encode()]


def _told(outcome: object) -> str:
    if isinstance(outcome, Authenticated):
        return f"hello {outcome.consumer.username}"
    if isinstance(outcome, Denied):
        return f"{outcome.status} {outcome.reason.code}"
    return "hello whoever you are"


@final
class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Log nothing: the app tells of requests."""


@final
class _Server(ThreadingMixIn, WSGIServer):
    """Answers several at once: a browser opens connections that it does not use yet."""

    daemon_threads = True


def _server(app: _App, port: int) -> WSGIServer:
    try:
        return make_server(_HOST, port, app, _Server, _Quiet)
    except OSError as error:
        raise Refused(f"port {port} cannot be used: {error.strerror}") from None


@contextmanager
def _serving(app: _App, port: int) -> Iterator[WSGIServer]:
    with _server(app, port) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def _check(server: WSGIServer, cases: Sequence[Case], terminal: Terminal) -> int:
    rows = [(case, *_answer(server.server_port, case)) for case in cases]
    terminal.table(
        ("request", "expected", "answer", "body"),
        [
            (case.about, str(case.status), str(status), body)
            for case, status, body in rows
        ],
    )
    failed = sum(case.status != status for case, status, _ in rows)
    terminal.line(
        f"{len(rows)} requests, {failed} not as expected", "bad" if failed else "good"
    )
    return REFUSED if failed else OK


def _answer(port: int, case: Case) -> tuple[int, str]:
    headers = {} if case.token is None else {"Authorization": f"Bearer {case.token}"}
    with closing(http.client.HTTPConnection(_HOST, port, timeout=_PATIENCE)) as client:
        client.request("GET", case.path, headers=headers)
        response = client.getresponse()
        return response.status, response.read().decode().strip()


def _curl(base: str, case: Case) -> str:
    bearer = "" if case.token is None else f" -H 'Authorization: Bearer {case.token}'"
    return f"curl -i{bearer} {base}{case.path}"


def _port(text: str) -> int:
    if text.isdecimal() and int(text) < 65_536:
        return int(text)
    raise argparse.ArgumentTypeError("expected a port, 0 to 65535")
