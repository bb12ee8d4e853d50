"""The one-line mounts of the README, run as they are printed there."""

import re
from pathlib import Path
from typing import Any

import django.conf
import pytest
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from fastapi import FastAPI
from flask import Flask, request
from starlette.requests import Request
from starlette.testclient import TestClient
from werkzeug.test import Client

import jwtgate.asgi
import jwtgate.wsgi
from tests.kit import make_gate, mint

README = (Path(__file__).parent.parent / "README.md").read_text()
GOOD = {"Authorization": f"Bearer {mint()}"}
REFUSED = 401


def mounted(kind: str, **names: Any) -> dict[str, Any]:
    """Run the README's line for a kind of app over these names."""
    row = re.search(rf"^\| {kind} \| `(.+)` \|$", README, re.MULTILINE)
    assert row is not None
    exec(row[1], {"jwtgate": jwtgate, **names}, names)  # noqa: S102 - our own page
    return names


def whoami(http_request: HttpRequest) -> HttpResponse:
    """Answer as a Django view."""
    return HttpResponse(http_request.META["jwtgate"].consumer.username)


urlpatterns = [path("", whoami)]


@pytest.fixture(scope="module")
def django_app() -> Any:
    """Give a Django project of one view."""
    django.conf.settings.configure(
        ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=[]
    )
    return get_wsgi_application


def test_fastapi_mount() -> None:
    """FastAPI takes the middleware by add_middleware."""
    app = FastAPI()

    @app.get("/")
    def hello(http_request: Request) -> str:
        return str(http_request.scope["jwtgate"].consumer.username)

    mounted("FastAPI, Starlette", app=app, gate=make_gate())
    client = TestClient(app)
    assert client.get("/").status_code == REFUSED
    assert client.get("/", headers=GOOD).json() == "jack"


def test_flask_mount() -> None:
    """Flask is wrapped at its wsgi_app."""
    app = Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return str(request.environ["jwtgate"].consumer.username)

    mounted("Flask", app=app, gate=make_gate())
    client = app.test_client()
    assert client.get("/").status_code == REFUSED
    assert client.get("/", headers=GOOD).text == "jack"


def test_django_mount(django_app: Any) -> None:
    """Django is wrapped around its WSGI application."""
    names = mounted("Django", get_wsgi_application=django_app, gate=make_gate())
    client = Client(names["application"])
    assert client.get("/").status_code == REFUSED
    assert client.get("/", headers=GOOD).text == "jack"


def test_any_wsgi_mount() -> None:
    """A bare WSGI app is wrapped."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["jwtgate"].consumer.username.encode()]

    client = Client(mounted("any WSGI app", app=app, gate=make_gate())["app"])
    assert client.get("/").status_code == REFUSED
    assert client.get("/", headers=GOOD).text == "jack"


def test_any_asgi_mount() -> None:
    """A bare ASGI app is wrapped."""

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        body = scope["jwtgate"].consumer.username.encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    client = TestClient(mounted("any ASGI app", app=app, gate=make_gate())["app"])
    assert client.get("/").status_code == REFUSED
    assert client.get("/", headers=GOOD).text == "jack"
