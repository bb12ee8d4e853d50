from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from flask import Flask
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from jwtgate.asgi import JWTGateMiddleware
from jwtgate.doctor import diagnose
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.doctor.cases import settings as sound
from tests.kit import NOW, make_gate

GATE = Middleware(JWTGateMiddleware, gate=make_gate())
CORS = Middleware(CORSMiddleware)
PROXY = Middleware(ProxyHeadersMiddleware)


async def home(_request: object) -> Any:
    """Serve nothing."""


def codes(*middleware: Middleware) -> list[str]:
    """Look at an app with some middleware, the outermost first."""
    app = Starlette(routes=[Route("/home", home)], middleware=middleware)
    return [each.code for each in diagnose(sound(), app=app, at=NOW)]


def test_cors_inside_of_the_gate_is_found() -> None:
    """The gate would refuse preflights."""
    assert codes(GATE, CORS) == ["JG601"]


def test_cors_outside_of_the_gate_is_not() -> None:
    """There it belongs."""
    assert codes(CORS, GATE) == []


def test_proxy_headers_inside_of_the_gate_are_found() -> None:
    """The gate would go by the proxy's address."""
    assert codes(GATE, PROXY) == ["JG602"]


def test_proxy_headers_outside_of_the_gate_are_not() -> None:
    """There they belong."""
    assert codes(PROXY, GATE) == []


def test_open_route_is_found() -> None:
    """With its place, its methods and its view."""
    app = Starlette(routes=[Route("/home", home)])
    (one,) = diagnose(sound(), app=app, at=NOW)
    assert (one.code, one.path, one.what) == (
        "JG611",
        "app /home",
        "tests.doctor.test_appchecks.home can be reached without a token, by GET",
    )


class CorsMiddleware:
    """Of the name that the one of django-cors-headers has."""


def test_cors_inside_of_the_gate_in_django_is_found(settings: Any) -> None:
    """The order is that of the settings."""
    gate = "jwtgate.django.JWTGateMiddleware"
    cors = f"{__name__}.CorsMiddleware"
    settings.JWTGATE = {"GATE": make_gate()}
    found = []
    for order in ([gate, cors], [cors, gate]):
        settings.MIDDLEWARE, settings.ROOT_URLCONF = [], ()
        app = WSGIHandler()
        settings.MIDDLEWARE = order
        found.append([each.code for each in diagnose(sound(), app=app, at=NOW)])
    assert found == [["JG601"], []]


def test_proxy_fix_inside_of_the_gate_is_found() -> None:
    """In WSGI it is Werkzeug's."""
    inner = Flask("shop", static_folder=None)
    app = WSGIGate(ProxyFix(inner), make_gate())
    assert [each.code for each in diagnose(sound(), app=app, at=NOW)] == ["JG602"]
