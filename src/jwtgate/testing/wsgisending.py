"""Requests for a WSGI app, as a server would hand them over."""

from collections.abc import Callable, Iterable
from io import BytesIO, StringIO
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

from jwtgate.testing.requests import Answer, Line, Request

__all__ = ["WSGIApp", "environ_of", "send_wsgi"]

WSGIApp: TypeAlias = Callable[..., Iterable[bytes]]

_CONTENT = ("CONTENT_TYPE", "CONTENT_LENGTH")


def send_wsgi(app: WSGIApp, request: Request) -> Answer:
    """Send a request to a WSGI app."""
    status, headers, body, error = 0, list[Line](), b"", ""

    def start_response(
        line: str, lines: Iterable[tuple[str, str]], _exc_info: object = None
    ) -> Callable[[bytes], None]:
        nonlocal status
        status = int(line[:3])
        headers[:] = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in lines
        ]
        return written.append

    written: list[bytes] = []
    try:
        chunks = app(environ_of(request), start_response)
        try:
            written.extend(chunks)
        finally:
            getattr(chunks, "close", bool)()
    except Exception as raised:  # noqa: BLE001 - an app may raise anything
        error = type(raised).__name__
    body = b"".join(written)
    return Answer(status=status, headers=tuple(headers), body=body, error=error)


def environ_of(request: Request) -> dict[str, Any]:
    """Make the environ of a request (PEP 3333).

    Names fold to one as under servers that let underscores pass, and equal ones are
    joined by a comma, cookies as well, as most servers do.
    """
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
        "RAW_URI": request.target,
        "QUERY_STRING": request.query,
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(request.body),
        "wsgi.errors": StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, octets in request.lines:
        folded = name.decode("latin-1").upper().replace("-", "_")
        key = folded if folded in _CONTENT else f"HTTP_{folded}"
        value = octets.decode("latin-1")
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    return environ
