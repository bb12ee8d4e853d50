from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.middleware.common import CommonMiddleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.starlette import JWTGateMiddleware
from jwtgate.surface import middleware_of
from jwtgate.surface.wrappers import gate_of, unwrapped
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.kit import make_gate


async def app(_scope: Any, _receive: Any, _send: Any) -> None:
    """Be an app."""


def test_middleware_comes_off() -> None:
    """Whichever it is, the outermost first."""
    inner = JWTGateMiddleware(app, make_gate())
    outer = GZipMiddleware(ASGIGate(inner, make_gate()))
    around, left = unwrapped(outer)
    assert (list(around), left) == ([outer, outer.app, inner], app)


def test_middleware_that_wraps_itself_ends() -> None:
    """Nobody goes round in circles."""
    round_ = GZipMiddleware(app)
    round_.app = round_
    assert len(unwrapped(round_)[0]) == 100


def test_gate_of_a_middleware() -> None:
    """Of all three kinds."""
    gate = make_gate()
    kinds: tuple[Any, ...] = (ASGIGate, WSGIGate, JWTGateMiddleware)
    wrapped = [kind(app, gate) for kind in kinds]
    assert {gate_of(each) for each in wrapped} == {(gate, "JWTGateMiddleware", None)}


def test_middleware_of_others_has_no_gate() -> None:
    """Even if it has something called a backend."""
    other = GZipMiddleware(app)
    other.backend = object()  # type: ignore[attr-defined]
    assert gate_of(other) is None


def test_classes_of_middleware() -> None:
    """Around the app, then added to it."""
    added = Starlette(middleware=[Middleware(CORSMiddleware)])
    assert middleware_of(ASGIGate(added, make_gate())) == (ASGIGate, CORSMiddleware)


def test_classes_of_a_project(settings: Any) -> None:
    """Those of its settings that are classes."""
    settings.MIDDLEWARE = [
        "django.middleware.common.CommonMiddleware",
        "django.views.decorators.csrf.csrf_exempt",
    ]
    app = WSGIGate(WSGIHandler(), make_gate())
    assert middleware_of(app) == (WSGIGate, CommonMiddleware)
