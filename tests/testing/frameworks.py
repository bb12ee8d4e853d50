"""A client of an app of every framework, each with one guarded view at ``/me``."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Annotated, Any

import httpx2
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import path
from fastapi import Depends, FastAPI, WebSocket
from fastapi.testclient import TestClient
from flask import Flask
from rest_framework.test import APIClient
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from werkzeug.test import Client as WerkzeugClient

import jwtgate.asgi
import jwtgate.wsgi
from jwtgate import Authenticated, Gate
from jwtgate.fastapi import JWTAuth
from jwtgate.flask import JWTGate, current_consumer
from jwtgate.starlette import JWTGateMiddleware
from tests.django.project import MIDDLEWARE

Made = AbstractContextManager[Any]


def starlette_app(gate: Gate) -> Starlette:
    """Make an app of Starlette, with a lifespan that its view needs."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, str]]:
        yield {"greeting": "I am "}

    async def me(request: Request) -> PlainTextResponse:
        greeting = getattr(request.state, "greeting", "")
        return PlainTextResponse(greeting + request.user.display_name)

    return Starlette(
        routes=[Route("/me", me)],
        middleware=[Middleware(JWTGateMiddleware, gate=gate)],
        lifespan=lifespan,
    )


@contextmanager
def _starlette(gate: Gate) -> Iterator[TestClient]:
    yield TestClient(starlette_app(gate))


@contextmanager
def _starlette_alive(gate: Gate) -> Iterator[TestClient]:
    with TestClient(starlette_app(gate)) as client:
        yield client


def fastapi_app(gate: Gate) -> FastAPI:
    """Make an app of FastAPI, with a room for WebSockets at ``/room``."""
    app = FastAPI()
    auth = Depends(JWTAuth(gate))

    @app.get("/me")
    def me(caller: Annotated[Authenticated, auth]) -> dict[str, Any]:
        return {"name": caller.consumer.username, "scopes": sorted(caller.scopes)}

    @app.websocket("/room")
    async def room(
        websocket: WebSocket, caller: Annotated[Authenticated, auth]
    ) -> None:
        await websocket.accept()
        await websocket.send_text(str(caller.consumer.username))
        await websocket.close()

    return app


@contextmanager
def _fastapi(gate: Gate) -> Iterator[TestClient]:
    yield TestClient(fastapi_app(gate))


@contextmanager
def _flask(gate: Gate) -> Iterator[Any]:
    app = Flask(__name__)
    JWTGate(gate).init_app(app)

    @app.get("/me")
    def me() -> str:
        return str(current_consumer.username)

    yield app.test_client()


def _me(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.jwtgate.consumer.username)  # type: ignore[attr-defined]


async def _ame(request: HttpRequest) -> HttpResponse:
    return _me(request)


def _django(
    make: Callable[[], Any], view: Callable[[HttpRequest], Any]
) -> Callable[[Gate], Made]:
    @contextmanager
    def made(gate: Gate) -> Iterator[Any]:
        with override_settings(
            ROOT_URLCONF=(path("me", view),),
            MIDDLEWARE=[MIDDLEWARE],
            JWTGATE={"GATE": gate},
        ):
            yield make()

    return made


def wsgi_app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Show who calls."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["jwtgate"].consumer.username.encode()]


async def asgi_app(scope: Any, _receive: Any, send: Any) -> None:
    """Show who calls."""
    name = scope["jwtgate"].consumer.username.encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": name})


@contextmanager
def _werkzeug(gate: Gate) -> Iterator[Any]:
    yield WerkzeugClient(jwtgate.wsgi.JWTGateMiddleware(wsgi_app, gate))


@contextmanager
def _httpx(gate: Gate) -> Iterator[Any]:
    transport = httpx2.WSGITransport(jwtgate.wsgi.JWTGateMiddleware(wsgi_app, gate))
    with httpx2.Client(transport=transport, base_url="http://testserver") as client:
        yield client


@contextmanager
def _asgi(gate: Gate) -> Iterator[Any]:
    yield jwtgate.asgi.JWTGateMiddleware(asgi_app, gate)


@contextmanager
def _wsgi(gate: Gate) -> Iterator[Any]:
    yield jwtgate.wsgi.JWTGateMiddleware(wsgi_app, gate)


CLIENTS: dict[str, Callable[[Gate], Made]] = {
    "starlette": _starlette,
    "starlette alive": _starlette_alive,
    "fastapi": _fastapi,
    "flask": _flask,
    "django": _django(Client, _me),
    "rest framework": _django(APIClient, _me),
    "werkzeug": _werkzeug,
    "httpx": _httpx,
}
"""Clients that are synchronous."""

ATTACKED: dict[str, Callable[[Gate], Made]] = {
    **CLIENTS,
    "django async": _django(AsyncClient, _ame),
    "asgi": _asgi,
    "wsgi": _wsgi,
}
"""All that can be attacked."""
