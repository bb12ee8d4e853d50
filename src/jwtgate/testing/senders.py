"""From a client of a test to a function that sends its app any request at all.

Clients make requests tidy: they resolve dots in a path, join header lines, refuse odd
octets. So the app that a client is for is called by itself where that can be had.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import iscoroutinefunction, signature
from typing import Any, TypeAlias

from jwtgate.errors import ConfigurationError
from jwtgate.testing.asgisending import ASGIApp, scope_of, send_asgi
from jwtgate.testing.clients import unsigned
from jwtgate.testing.requests import Answer, Request, Unsendable
from jwtgate.testing.wsgisending import environ_of, send_wsgi

__all__ = ["Send", "sender"]

Send: TypeAlias = Callable[[Request], Answer]
"""Sends a request; raises Unsendable where that cannot be."""


@contextmanager
def sender(client: Any) -> Iterator[Send]:
    """Give what sends requests to the app of a client.

    Args:
        client: See :func:`jwtgate.testing.attack_matrix`.

    Yields:
        The function.

    Raises:
        ConfigurationError: Something of another kind, or a running event loop where
            one would have to be run.
    """
    if hasattr(client, "portal") and hasattr(client, "app"):
        yield from _to_starlette(client)
    elif hasattr(client, "handler"):
        yield from _to_django(unsigned(client.handler))
    elif hasattr(client, "build_request"):
        yield from _to_httpx(client)
    else:
        yield from _to_app(unsigned(getattr(client, "application", client)))


def _to_starlette(client: Any) -> Iterator[Send]:
    portal = client.portal
    if portal is None:
        yield from _to_asgi(client.app)
    else:
        # The loop that the app's lifespan runs in, where its connections belong.
        yield lambda request: portal.call(
            send_asgi, client.app, request, client.app_state
        )


def _to_django(handler: Any) -> Iterator[Send]:
    if not iscoroutinefunction(handler.__call__):

        def send(request: Request) -> Answer:
            _refuse_handshake(request)
            return _of_django(handler(environ_of(request)))

        yield send
        return

    async def send_async(request: Request) -> Answer:
        return _of_django(await handler(scope_of(request)))

    with _runner() as runner:

        def send_by_loop(request: Request) -> Answer:
            _refuse_handshake(request)
            return runner.run(send_async(request))

        yield send_by_loop


def _of_django(response: Any) -> Answer:
    headers = [(n.lower().encode(), v.encode()) for n, v in response.items()]
    body = b"" if getattr(response, "is_async", False) else response.getvalue()
    return Answer(status=response.status_code, headers=tuple(headers), body=body)


def _to_app(app: Any) -> Iterator[Send]:
    if not callable(app):
        raise ConfigurationError(
            f"a {type(app).__name__} cannot be attacked: it takes a test client, an "
            "app of ASGI or WSGI, or a function of a Request"
        )
    taken = len(signature(app).parameters)
    if taken == 1:
        yield lambda request: _as_answer(app(request))
    elif taken == 2:
        yield lambda request: _by_wsgi(app, request)
    else:
        yield from _to_asgi(app)


def _as_answer(given: Answer | int) -> Answer:
    return given if isinstance(given, Answer) else Answer(status=given)


def _by_wsgi(app: Any, request: Request) -> Answer:
    _refuse_handshake(request)
    return send_wsgi(app, request)


def _refuse_handshake(request: Request) -> None:
    if request.websocket:
        raise Unsendable


def _to_asgi(app: ASGIApp) -> Iterator[Send]:
    # One loop for all requests: connections that the app keeps belong to it.
    with _runner() as runner:
        yield lambda request: runner.run(send_asgi(app, request))


@contextmanager
def _runner() -> Iterator[asyncio.Runner]:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
            yield runner
    else:
        raise ConfigurationError(
            "this blocks the running event loop: call it by await "
            "asyncio.to_thread(...)"
        )


def _to_httpx(client: Any) -> Iterator[Send]:
    if iscoroutinefunction(client.send):
        raise ConfigurationError(
            "an asynchronous client of httpx cannot be used: give the app itself, or a "
            "synchronous client"
        )
    yield lambda request: _by_httpx(client, request)


def _by_httpx(client: Any, request: Request) -> Answer:
    _refuse_handshake(request)
    base = client.base_url
    target = base.raw_path.rstrip(b"/") + request.target.encode("latin-1")
    try:
        built = client.build_request(
            request.method,
            base.copy_with(raw_path=target),
            headers=list(request.headers),
            content=request.body,
            extensions={"target": target},
        )
        # What the client sends with each request must not let it in.
        for name in (b"authorization", b"cookie"):
            if name not in {line[0].lower() for line in request.headers}:
                built.headers.pop(name.decode(), None)
        response = client.send(built, auth=None, follow_redirects=False)
    except Exception as raised:
        names = {each.__name__ for each in type(raised).__mro__}
        if names & {"LocalProtocolError", "InvalidURL", "UnicodeError"}:
            raise Unsendable from raised
        if "TransportError" in names:
            return Answer()  # the connection was closed, as some servers refuse
        return Answer(error=type(raised).__name__)
    headers = [(name.lower(), value) for name, value in response.headers.raw]
    return Answer(
        status=response.status_code, headers=tuple(headers), body=response.content
    )
