"""Every adapter as a function of a gate and a request, called as a server would."""

import asyncio
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path, re_path
from fastapi import Depends, FastAPI
from flask import Flask, g, request
from ninja import NinjaAPI
from rest_framework.views import APIView
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import jwtgate.asgi
import jwtgate.fastapi
import jwtgate.flask
import jwtgate.starlette
from jwtgate import Gate
from jwtgate.django import drf, ninja
from tests import kit
from tests.django.project import open_connections
from tests.kit import Sent, environ_of, scope_of, via_asgi, via_wsgi

Via = Callable[[Gate, Sent], kit.Got]

_GUARD = "jwtgate.django.JWTGateMiddleware"
METHODS = ["GET", "HEAD", "POST", "OPTIONS", "BREW"]


@dataclass
class Got(kit.Got):
    """What came back, and where Django is to look for its view."""

    urlconf: Any = None


def _saw(got: Got, headers: Any, query: bytes | str) -> str:
    """Note what the app sees, and answer."""
    got.seen_headers = {name.lower(): value for name, value in headers.items()}
    got.seen_query = query if isinstance(query, str) else query.decode("latin-1")
    return "app"


# WSGI

_SERVER = {
    "SERVER_NAME": "testserver",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}


def _call_wsgi(app: Any, sent: Sent, urlconf: Any = None) -> Got:
    got = Got(urlconf=urlconf)
    environ = {
        **_SERVER,
        "wsgi.errors": io.StringIO(),
        **environ_of(sent),
        "tests.got": got,
    }

    def start_response(status: str, headers: Any, _exc_info: Any = None) -> Any:
        got.status = int(status[:3])
        got.headers = {name.lower(): value for name, value in headers}

    body: Iterable[bytes] = app(environ, start_response)
    got.body = b"".join(body)
    got.outcome = environ.get("jwtgate", got.outcome)
    return got


def _flask_app(*decorators: Callable[[Any], Any]) -> Flask:
    app = Flask(__name__, static_folder=None)

    def view(path: str = "") -> str:  # noqa: ARG001 - any will do
        seen = request.environ["tests.got"]
        assert g.jwtgate is request.environ["jwtgate"]
        return _saw(seen, request.headers, request.query_string)

    for decorate in decorators:
        view = decorate(view)
    for rule in ("/", "/<path:path>"):
        app.add_url_rule(
            rule, "view", view, methods=METHODS, provide_automatic_options=False
        )
    return app


@cache
def _flask(gate: Gate) -> Flask:
    app = _flask_app()
    jwtgate.flask.JWTGate(gate).init_app(app)
    return app


@cache
def _flask_views(gate: Gate) -> Flask:
    app = _flask_app(jwtgate.flask.jwt_required())
    app.config["JWTGATE_GUARD_ALL"] = False
    jwtgate.flask.JWTGate(gate).init_app(app)
    return app


def _asynchronous(view: Any) -> Any:
    async def awaited(**values: Any) -> Any:
        return view(**values)

    return awaited


@cache
def _flask_async(gate: Gate) -> Flask:
    app = _flask_app(_asynchronous)
    jwtgate.flask.JWTGate(gate).init_app(app)
    return app


# ASGI


def _call_asgi(app: Any, sent: Sent, urlconf: Any = None) -> Got:
    got = Got(urlconf=urlconf)
    messages = [{"type": "http.request", "body": sent.body, "more_body": False}]
    # Where a Route of Starlette is handed a scope, what it puts there stays there.
    scope = {"http_version": "1.1", "root_path": "", **scope_of(sent), "tests.got": got}
    state = scope["state"]

    async def receive() -> Any:
        return messages.pop() if messages else await asyncio.Future()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            got.status = message["status"]
            got.headers = {
                name.decode().lower(): value.decode()
                for name, value in message["headers"]
            }
        else:
            got.body += message.get("body", b"")

    asyncio.run(app(scope, receive, send))
    got.outcome = state.get("jwtgate", got.outcome)
    return got


async def _starlette_view(seen: Request) -> PlainTextResponse:
    got: Got = seen.scope["tests.got"]
    return PlainTextResponse(_saw(got, seen.headers, seen.scope["query_string"]))


_ROUTES = [Route("/{path:path}", _starlette_view, methods=METHODS)]


@cache
def _starlette(gate: Gate) -> Starlette:
    guarding = Middleware(jwtgate.starlette.JWTGateMiddleware, gate=gate)
    return Starlette(routes=_ROUTES, middleware=[guarding])


@cache
def _backend(gate: Gate) -> Starlette:
    guarding = Middleware(
        AuthenticationMiddleware,
        backend=jwtgate.starlette.JWTGateBackend(gate),
        on_error=jwtgate.starlette.on_error,
    )
    return Starlette(routes=_ROUTES, middleware=[guarding])


def _fastapi_app(gate: Gate) -> FastAPI:
    auth = jwtgate.fastapi.JWTAuth(gate, unless_public=True)
    app = FastAPI(dependencies=[Depends(auth)], openapi_url=None)
    app.add_api_route("/{path:path}", _starlette_view, methods=METHODS)
    return app


@cache
def _fastapi(gate: Gate) -> FastAPI:
    return _fastapi_app(gate)


@cache
def _fastapi_installed(gate: Gate) -> FastAPI:
    app = _fastapi_app(gate)
    jwtgate.fastapi.install(app)
    return app


@cache
def _fastapi_behind(gate: Gate) -> Any:
    return jwtgate.asgi.JWTGateMiddleware(_fastapi_app(gate), gate)


# Django


class Watched:
    """Outermost middleware: chooses the view, notes the outcome, of refusals too."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, seen: Any) -> Any:
        """Go on, then note."""
        seen.urlconf = _got_of(seen).urlconf
        if self._is_async:
            return self._acall(seen)
        response = self.get_response(seen)
        _got_of(seen).outcome = seen.jwtgate
        return response

    async def _acall(self, seen: Any) -> Any:
        response = await self.get_response(seen)
        _got_of(seen).outcome = seen.jwtgate
        return response


def _got_of(seen: Any) -> Got:
    got: Got = getattr(seen, "scope", seen.META)["tests.got"]
    return got


def _django_view(seen: Any, **_: Any) -> HttpResponse:
    assert "forged" not in map(str, seen.META.values())
    query = seen.META["QUERY_STRING"]
    return HttpResponse(_saw(_got_of(seen), seen.headers, query))


async def _django_async_view(seen: Any, **_: Any) -> HttpResponse:
    return _django_view(seen)


class _DRFView(APIView):
    """A view of DRF, which asks the gate by itself."""

    authentication_classes = (drf.GateAuthentication,)
    permission_classes = (drf.IsAdmitted,)
    http_method_names = (*APIView.http_method_names, "brew")

    def get_exception_handler(self) -> Any:
        """Keep the challenges."""
        return drf.exception_handler

    def _answer(self, seen: Any, **_: Any) -> HttpResponse:
        return _django_view(seen._request)  # noqa: SLF001 - what DRF wraps

    get = post = head = brew = _answer
    options = _answer  # type: ignore[assignment]


def _ninja_api(view: Any) -> NinjaAPI:
    api = NinjaAPI(
        auth=ninja.GateAuth(), urls_namespace=view.__name__, openapi_url=None
    )
    ninja.install(api)
    for known in ("/", "/foo", "/bar", "/FOO"):
        api.api_operation(METHODS, known)(view)
    return api


def _ninja_view(request: HttpRequest) -> HttpResponse:
    return _django_view(request)


async def _ninja_async_view(request: HttpRequest) -> HttpResponse:
    return _django_view(request)


_VIEWS: dict[str, Any] = {
    "view": _django_view,
    "async view": _django_async_view,
    "drf": _DRFView.as_view(),
}
_PATHS: dict[str, tuple[Any, ...]] = {
    **{name: (re_path("^(?P<path>.*)$", view),) for name, view in _VIEWS.items()},
    "ninja": (path("", _ninja_api(_ninja_view).urls),),
    "async ninja": (path("", _ninja_api(_ninja_async_view).urls),),
}


@cache
def _handler(server: str, middleware: tuple[str, ...]) -> Any:
    names = ["tests.adapters.Watched", *middleware]
    with override_settings(MIDDLEWARE=names):
        return WSGIHandler() if server == "wsgi" else ASGIHandler()


def _django(paths: str, server: str, middleware: tuple[str, ...] = (_GUARD,)) -> Via:
    call = _call_wsgi if server == "wsgi" else _call_asgi

    def via(gate: Gate, sent: Sent) -> Got:
        with override_settings(JWTGATE={"GATE": gate}), open_connections():
            return call(_handler(server, middleware), sent, urlconf=_PATHS[paths])

    return via


def by(make: Callable[[Gate], Any], call: Callable[[Any, Sent], Got]) -> Via:
    """Make an adapter of what makes an app and what calls it."""
    return lambda gate, sent: call(make(gate), sent)


PLAIN: dict[str, Via] = {
    "asgi": via_asgi,
    "wsgi": via_wsgi,
    "flask": by(_flask, _call_wsgi),
    "flask views": by(_flask_views, _call_wsgi),
    "flask async": by(_flask_async, _call_wsgi),
    "starlette": by(_starlette, _call_asgi),
    "starlette backend": by(_backend, _call_asgi),
    "fastapi installed": by(_fastapi_installed, _call_asgi),
    "fastapi behind": by(_fastapi_behind, _call_asgi),
    "django": _django("view", "wsgi"),
    "django async": _django("async view", "asgi"),
    "django async on wsgi": _django("async view", "wsgi"),
    "django sync on asgi": _django("view", "asgi"),
    "drf behind": _django("drf", "wsgi"),
    "ninja behind": _django("async ninja", "asgi"),
}
"""Adapters whose refusals are the same to the byte."""

WRAPPED: dict[str, Via] = {
    "fastapi": by(_fastapi, _call_asgi),
    "drf": _django("drf", "wsgi", ()),
    "ninja": _django("ninja", "wsgi", ()),
    "ninja async": _django("async ninja", "asgi", ()),
}
"""Adapters whose framework has an envelope of its own for what it refuses."""

ADAPTERS = PLAIN | WRAPPED
