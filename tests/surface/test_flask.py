from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.views import MethodView
from flask_restful import Api, Resource  # type: ignore[import-untyped]
from flask_restx import Api as RestX  # type: ignore[import-untyped]
from flask_restx import Resource as RestXResource
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from jwtgate import Consumer, Policy
from jwtgate import Route as GateRoute
from jwtgate.flask import JWTGate, jwt_required, public
from jwtgate.wsgi import JWTGateMiddleware
from tests.kit import make_gate
from tests.surface.told import guards, told

GATE = make_gate()
GUARDED = ("guarded", "any consumer")
OPEN = ("open", "anybody")


def view(**_: str) -> Any:
    """Be a view."""


def app_of(gate: Any = GATE, **config: Any) -> Flask:
    """Make an app without static files, guarded unless the gate is None."""
    app = Flask("shop", static_folder=None)
    app.config.update({f"JWTGATE_{name}": value for name, value in config.items()})
    if gate is not None:
        JWTGate(gate).init_app(app)
    return app


def one(view_: Any, app: Flask) -> list[tuple[str, str]]:
    """Add a view to an app, and give status and who of its rows."""
    app.add_url_rule("/x", "x", view_)
    return [row[2:] for row in told(app)]


def test_extension_guards_all() -> None:
    """Every view that is not public."""
    assert one(view, app_of()) == [GUARDED]


def test_app_without_an_extension_is_open() -> None:
    """Nothing says that it is public."""
    assert one(view, app_of(None)) == [OPEN]


def test_public_view() -> None:
    """By its mark."""
    app = app_of()
    assert one(public(lambda: ""), app) == [("public", "anybody")]
    assert guards(app) == [("@public",)]


def test_public_endpoint() -> None:
    """By the configuration."""
    app = app_of(PUBLIC_ENDPOINTS=["x"])
    assert one(view, app) == [("public", "anybody")]
    assert guards(app) == [("JWTGATE_PUBLIC_ENDPOINTS",)]


def test_view_that_demands_more() -> None:
    """Its groups, for one."""
    assert one(jwt_required(groups=["staff"])(view), app_of()) == [
        ("guarded", "groups staff")
    ]


def test_optional_view() -> None:
    """Nobody known passes, too."""
    assert one(jwt_required(optional=True)(view), app_of())[0][0] == "optional"


def test_views_of_an_app_that_does_not_guard_all() -> None:
    """Those that are decorated are guarded."""
    app = app_of(GUARD_ALL=False)
    app.add_url_rule("/y", "y", view)
    assert one(jwt_required()(view), app) == [OPEN, GUARDED]


def test_decorated_view_behind_a_middleware() -> None:
    """It narrows what the gate further out lets pass."""
    app: Any = app_of(None)
    app.wsgi_app = ProxyFix(JWTGateMiddleware(app.wsgi_app, GATE))
    app.add_url_rule("/y", "y", view)
    assert one(jwt_required(scopes=["w"])(view), app) == [
        GUARDED,
        ("guarded", "scopes w"),
    ]


def test_middleware_around_the_app() -> None:
    """It guards all."""
    app = app_of(None)
    app.add_url_rule("/x", "x", view)
    assert told(JWTGateMiddleware(app, GATE)) == [("GET", "/x", *GUARDED)]


def test_blueprint_with_a_gate_of_its_own() -> None:
    """It is in the place of the app's, for what is within."""
    gate = make_gate(policy=Policy(anonymous=Consumer(username="guest")))
    outer, inner = Blueprint("a", "a", url_prefix="/a"), Blueprint("b", "b")
    JWTGate(gate).init_app(outer)
    inner.add_url_rule("/b", "view", view)
    outer.register_blueprint(inner)
    app = app_of()
    app.register_blueprint(outer)
    rows = one(view, app)
    assert [status for status, _ in rows] == ["optional", "guarded"]


class Stock(MethodView):
    """A class with a method that demands more."""

    def get(self) -> Any:
        """Be a view."""

    @jwt_required(groups=["buyers"])
    def put(self) -> Any:
        """Be another."""


@jwt_required(consumers=["jack"])
class Own(MethodView):
    """A class that demands more."""

    def get(self) -> Any:
        """Be a view."""


class Things(Resource):  # type: ignore[misc]
    """A resource whose methods are wrapped when they are called."""

    method_decorators = {"post": [jwt_required(scopes=["w"])]}  # noqa: RUF012 - as it is

    def get(self) -> Any:
        """Be a view."""

    post = get


class Items(RestXResource):  # type: ignore[misc]
    """The same of another library."""

    method_decorators = [jwt_required(scopes=["r"])]  # noqa: RUF012 - as it is

    def get(self) -> Any:
        """Be a view."""


def test_methods_of_a_class_are_told_apart() -> None:
    """Each demands what its class and it do."""
    app = app_of()
    app.add_url_rule("/stock", view_func=Stock.as_view("stock"))
    app.add_url_rule("/own", view_func=Own.as_view("own"))
    assert told(app) == [
        ("GET", "/stock", *GUARDED),
        ("PUT", "/stock", "guarded", "groups buyers"),
        ("GET", "/own", "guarded", "consumers jack"),
    ]


def test_decorators_of_resources_are_found() -> None:
    """By method, or for all of them."""
    app = app_of()
    Api(app).add_resource(Things, "/things")
    RestX(app, doc=False, add_specs=False).add_resource(Items, "/items")
    rows = [row for row in told(app) if row[1] in ("/things", "/items")]
    assert rows == [
        ("GET", "/things", *GUARDED),
        ("POST", "/things", "guarded", "scopes w"),
        ("GET", "/items", "guarded", "scopes r"),
    ]


class Deep(BaseConverter):
    """A converter of the app's own that takes slashes."""

    regex = ".+"
    part_isolating = False


def test_routes_of_the_gate_stand_out() -> None:
    """Where a converter covers them."""
    gate = make_gate()
    routes = [GateRoute(path=f"/{name}", public=True) for name in ("a/b", "c")]
    gate.replace(type(gate.settings)(store=gate.store, routes=routes))
    app = app_of(gate)
    app.add_url_rule("/<name>", "one", view)
    app.add_url_rule("/<path:name>", "any", view)
    assert [row[1:3] for row in told(app)] == [
        ("/<name>", "guarded"),
        ("/c", "public"),
        ("/<path:name>", "guarded"),
        ("/a/b", "public"),
    ]


def test_converter_of_the_app_covers_what_is_below() -> None:
    """If it takes slashes."""
    gate = make_gate()
    routes = [GateRoute(path="/a/b", public=True)]
    gate.replace(type(gate.settings)(store=gate.store, routes=routes))
    app = app_of(gate)
    app.url_map.converters["deep"] = Deep
    app.add_url_rule("/<deep:name>", "own", view)
    assert [row[1:3] for row in told(app)] == [
        ("/<deep:name>", "guarded"),
        ("/a/b", "public"),
    ]


def test_dispatcher_is_gone_through() -> None:
    """What is below its paths, and the app for the others."""
    shop, api = app_of(None), app_of()
    shop.add_url_rule("/", "home", view)
    api.add_url_rule("/x", "x", view)
    app = DispatcherMiddleware(shop, {"/api": api})
    assert told(app) == [("GET", "/api/x", *GUARDED), ("GET", "/", *OPEN)]


def test_dispatcher_within_an_app_is_gone_through() -> None:
    """As ``app.wsgi_app = DispatcherMiddleware(app.wsgi_app, ...)`` mounts another."""
    shop, api = app_of(), app_of(None)
    shop.add_url_rule("/", "home", view)
    api.add_url_rule("/x", "x", view)
    shop.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]
        JWTGateMiddleware(shop.wsgi_app, make_gate()), {"/api": api}
    )
    assert told(shop) == [("GET", "/api/x", *OPEN), ("GET", "/", *GUARDED)]
    assert guards(shop)[1] == ("JWTGateMiddleware", "JWTGate")
    shop.wsgi_app = JWTGateMiddleware(  # type: ignore[method-assign]
        shop.wsgi_app, make_gate()
    )
    assert told(shop)[0] == ("GET", "/api/x", *GUARDED)


def test_websocket_rule_is_listed() -> None:
    """Flask itself has none; extensions may."""
    app = app_of()
    app.url_map.add(app.url_rule_class("/ws", endpoint="ws", websocket=True))
    assert told(app) == [("GET", "/ws", *GUARDED)]


@pytest.mark.parametrize(
    "methods", [["GET", "HEAD", "POST"], ["OPTIONS", "POST", "GET"]]
)
def test_methods_that_flask_answers_itself_are_left_out(methods: list[str]) -> None:
    """HEAD is GET, OPTIONS runs no view."""
    app = app_of()
    app.add_url_rule("/x", "x", view, methods=methods)
    assert [row[0] for row in told(app)] == ["GET,POST"]
