"""Requests put to an app in this process, as a server would put them."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from io import BytesIO
from typing import Any, TypeAlias

__all__ = ["ASGIApp", "WSGIApp", "aask", "acaller", "ask", "caller"]

Message: TypeAlias = MutableMapping[str, Any]
ASGIApp: TypeAlias = Callable[..., Awaitable[None]]
WSGIApp: TypeAlias = Callable[..., Iterable[bytes]]

_HEADERS = {
    "host": "127.0.0.1:8000",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101",
    "accept": "application/json",
    "accept-encoding": "gzip, deflate, br",
    "connection": "keep-alive",
}


def acaller(app: ASGIApp, token: str) -> Callable[[], Awaitable[None]]:
    """Give what sends a request with a token to an ASGI app, and drops the answer.

    The scope is uvicorn's, and new for each request.
    """
    scope = _scope(token)
    headers = scope["headers"]

    def send_request() -> Awaitable[None]:
        return app({**scope, "headers": [*headers], "state": {}}, _receive, _drop)

    return send_request


async def aask(app: ASGIApp, token: str | None) -> int:
    """Send an ASGI app one request, and give the status of its answer."""
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app({**_scope(token), "state": {}}, _receive, send)
    (status,) = statuses
    return status


def caller(app: WSGIApp, token: str) -> Callable[[], None]:
    """Give what sends a request with a token to a WSGI app, and drops the answer.

    The environ is gunicorn's, and new for each request.
    """
    environ = _environ(token)

    def send_request() -> None:
        _exhaust(app({**environ, "wsgi.input": BytesIO()}, _start))

    return send_request


def ask(app: WSGIApp, token: str | None) -> int:
    """Send a WSGI app one request, and give the status of its answer."""
    statuses: list[str] = []

    def start(status: str, _headers: Any, _exc_info: Any = None) -> Any:
        statuses.append(status)

    _exhaust(app({**_environ(token), "wsgi.input": BytesIO()}, start))
    (status,) = statuses
    return int(status[:3])


def _scope(token: str | None) -> dict[str, Any]:
    headers = _HEADERS | ({"authorization": f"Bearer {token}"} if token else {})
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50_000),
        "scheme": "http",
        "method": "GET",
        "root_path": "",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
    }


async def _receive() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _drop(message: Message) -> None:
    pass


def _environ(token: str | None) -> dict[str, Any]:
    headers = _HEADERS | ({"authorization": f"Bearer {token}"} if token else {})
    return {
        "wsgi.errors": None,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.url_scheme": "http",
        "wsgi.input_terminated": True,
        "SERVER_SOFTWARE": "gunicorn",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REQUEST_METHOD": "GET",
        "RAW_URI": "/",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "50000",
        **{
            "HTTP_" + name.upper().replace("-", "_"): text
            for name, text in headers.items()
        },
    }


def _start(_status: str, _headers: Any, _exc_info: Any = None) -> Any:
    pass


def _exhaust(answer: Iterable[bytes]) -> None:
    for _ in answer:
        pass
    # PEP 3333: whoever called the app closes what it gave.
    if close := getattr(answer, "close", None):
        close()
