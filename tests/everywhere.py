"""Every adapter in one WSGI app and one ASGI app, for real servers to run.

The first segment of a path chooses the adapter and the gate. Each view tells what its
framework shows of the identity headers, by that framework's own way to read a header:
a forged one has to get through that. For servers alone: it configures Django.
"""

import json
import sys
from typing import Any
from wsgiref import simple_server

import cheroot.wsgi
import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import re_path
from fastapi import Depends, FastAPI
from flask import Flask
from flask import request as flask_request
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from werkzeug.serving import run_simple

import jwtgate.asgi
import jwtgate.fastapi
import jwtgate.flask
import jwtgate.starlette
import jwtgate.wsgi
from jwtgate import Consumer, Gate, Policy
from jwtgate import Route as Part
from tests.kit import ListStore, clock, credential

GUEST = Policy(anonymous=Consumer(username="guest"), cookie_names=("jwt",))
gate = Gate(
    ListStore(credential()),
    Policy(cookie_names=("jwt",)),
    routes=[
        Part(path=f"/{kind}/*", policy=policy, public=policy is None)
        for kind, policy in {"guest": GUEST, "public": None}.items()
    ],
    clock=clock,
)
"""Paths are /guarded/ADAPTER, /guest/ADAPTER (anonymous), /public/ADAPTER."""

NAMES = (
    "X-Consumer-ID",
    "X-Consumer-Username",
    "X-Consumer-Groups",
    "X-Credential-Identifier",
    "X-Anonymous-Consumer",
    "X_Consumer_ID",
    "X_Consumer_Username",
)


def shown(headers: Any) -> dict[str, str]:
    """Tell what a framework shows of the identity headers."""
    return {name: headers[name] for name in NAMES if headers.get(name) is not None}


# Flask

flask_app = Flask(__name__, static_folder=None)
jwtgate.flask.JWTGate(gate).init_app(flask_app)


@flask_app.get("/<kind>/<name>")
def flask_view(**_: str) -> dict[str, str]:
    """Answer by Flask."""
    return shown(flask_request.headers)


def bare_wsgi(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer by WSGI itself."""
    keys = {name: "HTTP_" + name.upper().replace("-", "_") for name in NAMES}
    seen = {name: environ[key] for name, key in keys.items() if key in environ}
    body = json.dumps(seen).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


# Starlette, FastAPI


def starlette_view(request: Request) -> JSONResponse:
    """Answer by Starlette."""
    return JSONResponse(shown(request.headers))


ROUTES = [Route("/{kind}/{name}", starlette_view)]
starlette_app = Starlette(
    routes=ROUTES,
    middleware=[Middleware(jwtgate.starlette.JWTGateMiddleware, gate=gate)],
)
backend_app = Starlette(
    routes=ROUTES,
    middleware=[
        Middleware(
            AuthenticationMiddleware,
            backend=jwtgate.starlette.JWTGateBackend(gate),
            on_error=jwtgate.starlette.on_error,
        )
    ],
)
auth = jwtgate.fastapi.JWTAuth(gate, unless_public=True)
fastapi_app = FastAPI(dependencies=[Depends(auth)])
fastapi_app.add_api_route("/{kind}/{name}", starlette_view)


async def bare_asgi(scope: Any, _receive: Any, send: Any) -> None:
    """Answer by ASGI itself."""
    pairs = {name.decode(): value.decode() for name, value in scope["headers"]}
    seen = {name: pairs[name.lower()] for name in NAMES if name.lower() in pairs}
    body = json.dumps(seen).encode()
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


# Django

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="of the tests alone",
    INSTALLED_APPS=["jwtgate.django"],
    MIDDLEWARE=[
        "django.middleware.common.CommonMiddleware",  # for the Content-Length
        "jwtgate.django.JWTGateMiddleware",
    ],
    JWTGATE={"GATE": gate},
)


def django_view(request: HttpRequest) -> JsonResponse:
    """Answer by Django, whose two ways to read a header are to agree."""
    keys = {name: "HTTP_" + name.upper().replace("-", "_") for name in NAMES}
    by_meta = {
        name: request.META[key] for name, key in keys.items() if key in request.META
    }
    return JsonResponse({**shown(request.headers), **by_meta})


urlpatterns = [re_path("", django_view)]
django.setup()

WSGI: dict[str, Any] = {
    "django": get_wsgi_application(),
    "flask": flask_app,
    "wsgi": jwtgate.wsgi.JWTGateMiddleware(bare_wsgi, gate),
}
"""WSGI apps by the second segment of their paths."""

ASGI: dict[str, Any] = {
    "asgi": jwtgate.asgi.JWTGateMiddleware(bare_asgi, gate),
    "backend": backend_app,
    "django": get_asgi_application(),
    "fastapi": fastapi_app,
    "starlette": starlette_app,
}
"""ASGI apps by the second segment of their paths."""


def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
    """Hand a request to the adapter that its path names."""
    return WSGI[environ["PATH_INFO"].split("/")[2]](environ, start_response)


async def asgi(scope: Any, receive: Any, send: Any) -> None:
    """Hand a request to the adapter that its path names."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    else:
        await ASGI[scope["path"].split("/")[2]](scope, receive, send)


async def _live(receive: Any, send: Any) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})


def serve(kind: str, port: int) -> None:
    """Run a server of WSGI that has no command of its own."""
    if kind == "wsgiref":
        with simple_server.make_server("127.0.0.1", port, wsgi) as server:
            server.serve_forever()
    elif kind == "werkzeug":
        run_simple("127.0.0.1", port, wsgi, threaded=True)
    else:
        cheroot.wsgi.Server(("127.0.0.1", port), wsgi).safe_start()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
