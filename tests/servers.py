"""A careless app, what it takes a path for, and real servers to run it behind a gate.

What frameworks and what stands behind them make of a path differs. Each of ``READINGS``
is a thing that some do; the app says whether any of them makes a path a guarded one.
"""

import posixpath
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jwtgate import Gate, Route
from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.kit import ListStore, clock, credential

PATIENCE = 15.0
"""Seconds after which a server that does not start, answer or stop fails its test."""

_PAUSE = 0.02
_HOST = "127.0.0.1"

OPEN = {"/*": "/.*", "/public/*": "/public(/.*)?", "/pub*": "/pub.*"}
"""Public routes, and the resources that they open."""


@cache
def opened(path: str) -> Gate:
    """Make a gate with this path public, and guarded parts and a public page in it."""
    base = base_of(path)
    routes = [
        Route(path=path, public=True),
        Route(path=f"{base}/admin/*"),
        Route(path=f"{base}/admin/login", public=True),
        Route(path=f"{base}/secret"),
        Route(path=f"{base}/api/v1/*"),
    ]
    return Gate(ListStore(credential()), routes=routes, clock=clock)


def base_of(path: str) -> str:
    """Give what the guarded parts of such a gate are below."""
    return "" if path == "/*" else "/public"


def is_public(resource: str, path: str) -> bool:
    """Whether a resource, named as it is in the routes, is public."""
    base = base_of(path)
    if resource == f"{base}/admin/login":
        return True
    guarded = rf"{base}(/admin(/.*)?|/secret|/api/v1(/.*)?)"
    return (
        re.fullmatch(OPEN[path], resource, re.DOTALL) is not None
        and re.fullmatch(guarded, resource, re.DOTALL) is None
    )


# What (?i) matches besides ASCII: the Python documentation, re.IGNORECASE.
_LOOKALIKES = "\u0130\u0131\u017f\u212a"

READINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in lower case": str.lower,
    "in upper case": lambda path: path.upper().lower(),
    "case folded": str.casefold,
    "by (?i)": lambda path: path.translate(str.maketrans(_LOOKALIKES, "iisk")).lower(),
    "backslashes as slashes": lambda path: path.replace("\\", "/"),
    "up to a NUL": lambda path: path.partition("\0")[0],
    "decoded twice": unquote,
    "without parameters": lambda path: re.sub(";[^/]*", "", path),
    "by ^...$": lambda path: path.removesuffix("\n"),
    "by decode('utf-8', 'ignore')": lambda path: path.replace("\ufffd", ""),
}
"""How apps read a decoded path, before they resolve what is left of dots."""


def guarded_readings(seen: str, reading: str, path: str = "/*") -> set[str]:
    """Give the guarded resources that an app that reads so may take a path for.

    In any case, with a slash at the end or without.
    """
    read = READINGS[reading](seen) or "/"
    resolved = posixpath.normpath("/" + read.lstrip("/"))
    readings = {read, resolved, resolved.lower(), resolved.casefold()}
    return {each for each in readings if not is_public(each, path)}


def _body(path: str) -> bytes:
    guarded = any(guarded_readings(path, reading) for reading in READINGS)
    return b"guarded" if guarded else b"public"


async def _asgi_app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        return
    body = _body(scope["path"])
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


def _wsgi_app(environ: Any, start_response: Any) -> list[bytes]:
    path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
    body = _body(path)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


asgi = ASGIGate(_asgi_app, opened("/*"))
"""The careless app behind a gate, for ASGI servers."""

wsgi = WSGIGate(_wsgi_app, opened("/*"))
"""The same for WSGI servers."""

SERVERS = {
    "uvicorn h11": "uvicorn tests.servers:asgi --port {port} --http h11",
    "uvicorn httptools": "uvicorn tests.servers:asgi --port {port} --http httptools",
    "granian asgi": "granian tests.servers:asgi --port {port} --interface asgi",
    "granian wsgi": "granian tests.servers:wsgi --port {port} --interface wsgi",
    "gunicorn": "gunicorn tests.servers:wsgi --bind 127.0.0.1:{port}",
}
"""The modules and arguments that serve the app."""


@contextmanager
def running(commands: Mapping[str, str] = SERVERS) -> Iterator[dict[str, int]]:
    """Run every server on a free port of the loopback, and give the ports.

    Args:
        commands: The modules and arguments, by name, with ``{port}`` in them.
    """
    with ExitStack() as stack:
        started = {
            name: stack.enter_context(_started(command))
            for name, command in commands.items()
        }
        for process, port in started.values():
            wait_for(process, port)
        yield {name: port for name, (_, port) in started.items()}


@contextmanager
def _started(command: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.create_server((_HOST, 0)) as listener:
        port = listener.getsockname()[1]
    arguments = command.format(port=port).split()
    with subprocess.Popen(  # noqa: S603 - this interpreter, arguments from above
        [sys.executable, "-m", *arguments],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process, port
        finally:
            process.terminate()
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until a server listens at a port; fails where it ends first."""
    for _ in range(int(PATIENCE / _PAUSE)):
        with suppress(ConnectionRefusedError):
            socket.create_connection((_HOST, port), PATIENCE).close()
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PAUSE)
            break
    raise AssertionError(f"nothing listens at port {port}: {process.args!r}")


def ask(port: int, target: str, *lines: str, method: str = "GET") -> tuple[int, bytes]:
    """Send a request with this target as it is, and give status and body.

    The status is 0 where the server closes without an answer.
    """
    head = "\r\n".join((f"{method} {target} HTTP/1.1", "Connection: close", *lines))
    with (
        socket.create_connection((_HOST, port), PATIENCE) as connection,
        connection.makefile("rb") as received,
    ):
        connection.sendall(f"{head}\r\n\r\n".encode("latin-1"))
        answer = received.read()
    first, _, rest = answer.partition(b"\r\n")
    return int(first.split()[1]) if first else 0, rest.partition(b"\r\n\r\n")[2]
