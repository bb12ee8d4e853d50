"""A bare WSGI app: alone, and behind a gate. It has no peer of its own."""

from typing import Any

from benchmarks.apps.callers import Caller
from benchmarks.apps.calling import WSGIApp
from jwtgate.wsgi import JWTGateMiddleware

__all__ = ["apps"]

_HEADERS = [("Content-Type", "text/plain"), ("Content-Length", "5")]


def apps(caller: Caller) -> dict[str, WSGIApp]:
    """Give the app by what stands before it."""
    return {
        "nothing": _hello,
        "cold": JWTGateMiddleware(_hello, caller.gate(memo=False)),
        "repeated": JWTGateMiddleware(_hello, caller.gate(memo=True)),
    }


def _hello(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", _HEADERS)
    return [b"hello"]
