"""The one-line mounts of the README, run as they are printed there."""

import re
from pathlib import Path
from typing import Annotated, Any

import pytest
from django.http import HttpResponse
from django.test import Client as DjangoClient
from django.test import override_settings
from django.urls import path
from fastapi import Depends, FastAPI
from flask import Flask
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from werkzeug.test import Client

import jwtgate.asgi
import jwtgate.django.drf
import jwtgate.fastapi
import jwtgate.flask
import jwtgate.starlette
import jwtgate.wsgi
from jwtgate import Authenticated
from jwtgate.django import AuthenticatedRequest
from tests.kit import make_gate, mint

README = (Path(__file__).parent.parent / "README.md").read_text()
GOOD = {"Authorization": f"Bearer {mint()}"}
REFUSED = 401


def mounted(kind: str, **names: Any) -> dict[str, Any]:
    """Run the README's line for a kind of app over these names."""
    row = re.search(rf"^\| \[?{kind}\b[^|]*\| `(.+)` \|$", README, re.MULTILINE)
    assert row is not None
    given = {"jwtgate": jwtgate, "Annotated": Annotated, "Depends": Depends, **names}
    exec(row[1], {**given, "Authenticated": Authenticated}, names)  # noqa: S102 - our own page
    return names


def test_fastapi_mount() -> None:
    """FastAPI takes the gate as a dependency."""
    caller = mounted("FastAPI", gate=make_gate())["Caller"]
    app = FastAPI()

    @app.get("/")
    def hello(who: caller) -> str:  # type: ignore[valid-type]
        return str(who.consumer.username)  # type: ignore[attr-defined]

    client = TestClient(app)
    assert client.get("/").status_code == REFUSED
    assert client.get("/", headers=GOOD).json() == "jack"


def test_starlette_mount() -> None:
    """Starlette takes the middleware by add_middleware."""

    def hello(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.user.consumer.username)

    app = Starlette(routes=[Route("/", hello)])
    mounted("Starlette", app=app, gate=make_gate())
    client = TestClient(app)
    assert client.get("/").status_code == REFUSED
    assert client.get("/", headers=GOOD).text == "jack"


def test_flask_mount() -> None:
    """Flask takes the extension."""
    app = Flask(__name__)

    @app.get("/")
    def hello() -> str:
        return str(jwtgate.flask.current_consumer.username)

    mounted("Flask", app=app, gate=make_gate())
    client = app.test_client()
    assert client.get("/").status_code == REFUSED
    assert client.get("/", headers=GOOD).text == "jack"


def whoami(request: AuthenticatedRequest) -> HttpResponse:
    """Answer as a Django view."""
    return HttpResponse(request.jwtgate.consumer.username)


class Whoami(APIView):
    """Answer as a view of DRF."""

    permission_classes = (IsAuthenticated,)

    def get(self, request: Any) -> Response:
        """Tell who calls."""
        return Response(request.auth.consumer.username)


urlpatterns = [path("", whoami), path("drf", Whoami.as_view())]


def test_django_mount() -> None:
    """Django takes the middleware and the setting."""
    names = mounted("Django", gate=make_gate())
    with override_settings(
        ROOT_URLCONF=__name__, MIDDLEWARE=names["MIDDLEWARE"], JWTGATE=names["JWTGATE"]
    ):
        client = DjangoClient()
        assert client.get("/").status_code == REFUSED
        assert client.get("/", headers=GOOD).content == b"jack"


def test_drf_mount(monkeypatch: pytest.MonkeyPatch) -> None:
    """DRF takes the class of authentication."""
    classes = mounted("DRF")["authentication_classes"]
    monkeypatch.setattr(Whoami, "authentication_classes", classes)
    with override_settings(ROOT_URLCONF=__name__, JWTGATE={"GATE": make_gate()}):
        client = DjangoClient()
        assert client.get("/drf").status_code == REFUSED
        assert client.get("/drf", headers=GOOD).json() == "jack"


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
