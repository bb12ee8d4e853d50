"""Views that tell what they see, and both of Django's own handlers."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse

from tests.kit import Got, Sent, environ_of, scope_of

MIDDLEWARE = "jwtgate.django.JWTGateMiddleware"


def show(request: HttpRequest, **_: str) -> HttpResponse:
    """Tell who calls, and all that the view sees of the request."""
    outcome: Any = getattr(request, "jwtgate", None)
    consumer = getattr(outcome, "consumer", None)
    return JsonResponse(
        {
            "outcome": type(outcome).__name__,
            "why": getattr(outcome, "why", None),
            "who": getattr(consumer, "username", None),
            "headers": {name.lower(): text for name, text in request.headers.items()},
            "meta": {n: text for n, text in request.META.items() if type(text) is str},
            "query": dict(request.GET),
            "cookies": request.COOKIES,
            "path": request.get_full_path(),
        }
    )


async def ashow(request: HttpRequest, **_: str) -> HttpResponse:
    """Tell the same, asynchronously."""
    return show(request)


def via_wsgi(sent: Sent) -> Got:
    """Send a request to Django's WSGI handler, folded and joined as gunicorn does."""
    got = Got()
    environ = {
        **environ_of(sent),
        "SCRIPT_NAME": "",
        # PEP 3333: octets as latin-1.
        "PATH_INFO": sent.path.encode().decode("latin-1"),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": sent.client or "127.0.0.1",
        "RAW_URI": f"{sent.path}?{sent.query}",
    }

    def start_response(status: str, headers: Any, _exc_info: Any = None) -> Any:
        got.status = int(status[:3])
        got.headers = {name.lower(): value for name, value in headers}

    with open_connections():
        response = WSGIHandler()(environ, start_response)
        got.body = b"".join(response)
        response.close()
    return got


def via_asgi(sent: Sent) -> Got:
    """Send a request to Django's ASGI handler, every header line as it is."""
    got = Got()
    messages = iter([{"type": "http.request", "body": sent.body}])

    async def receive() -> Any:
        for message in messages:
            return message
        await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            got.status = message["status"]
            got.headers = {
                name.decode().lower(): value.decode()
                for name, value in message["headers"]
            }
        else:
            got.body += message["body"]

    client = (sent.client or "127.0.0.1", 50_000)
    scope = {**scope_of(sent), "root_path": "", "client": client}
    with open_connections():
        asyncio.run(ASGIHandler()(scope, receive, send))
    return got


@contextmanager
def open_connections() -> Iterator[None]:
    """Let a handler of Django leave connections to databases alone."""
    # A handler closes old connections to databases, of which a test has none, or the
    # one that it shares with the view. Django's test client keeps it from that, too.
    signals = request_started, request_finished
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)
