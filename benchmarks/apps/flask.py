"""A Flask app: alone, with Flask-JWT-Extended, with a gate inside or before it."""

from flask import Flask
from flask_jwt_extended import JWTManager, jwt_required

from benchmarks.apps.callers import Caller
from benchmarks.apps.calling import WSGIApp
from jwtgate.flask import JWTGate
from jwtgate.wsgi import JWTGateMiddleware

__all__ = ["apps", "apps_behind"]


def apps(caller: Caller) -> dict[str, WSGIApp]:
    """Give the app by what guards its view, with the gate as extension of Flask."""
    return {
        "nothing": _open(),
        "peer": _extended(caller),
        "cold": _gated(caller, memo=False),
        "repeated": _gated(caller, memo=True),
    }


def apps_behind(caller: Caller) -> dict[str, WSGIApp]:
    """Give the app by what guards it, with the gate as WSGI middleware."""
    return {
        "nothing": _open(),
        "peer": _extended(caller),
        "cold": JWTGateMiddleware(_open(), caller.gate(memo=False)),
        "repeated": JWTGateMiddleware(_open(), caller.gate(memo=True)),
    }


def _open() -> Flask:
    app = Flask(__name__)
    app.get("/")(_hello)
    return app


def _extended(caller: Caller) -> Flask:
    app = Flask(__name__)
    app.config["JWT_SECRET_KEY"] = caller.material
    # It would answer 422.
    JWTManager(app).invalid_token_loader(lambda why: ({"message": why}, 401))
    app.get("/")(jwt_required()(_hello))
    return app


def _gated(caller: Caller, *, memo: bool) -> Flask:
    app = _open()
    JWTGate(caller.gate(memo=memo)).init_app(app)
    return app


def _hello() -> dict[str, str]:
    return {"hello": "everybody"}
