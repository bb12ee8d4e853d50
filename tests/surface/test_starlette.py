from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.convertors import CONVERTOR_TYPES, Convertor
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Host, Mount, Route, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from jwtgate import Consumer, Policy
from jwtgate import Route as GateRoute
from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.starlette import JWTGateBackend, JWTGateMiddleware, jwt_required, on_error
from tests.kit import make_gate
from tests.surface.told import guards, told

GATE = Middleware(JWTGateMiddleware, gate=make_gate())
GUARDED = ("guarded", "any consumer")
OPEN = ("open", "anybody")
UNKNOWN = ("unknown", "cannot be told")


async def view(_request: Request) -> Any:
    """Be a view."""


async def socket(_websocket: WebSocket) -> None:
    """Be a view of a WebSocket."""


class Views(HTTPEndpoint):
    """A class with a method that demands more."""

    async def get(self, _request: Request) -> None:
        """Be a view."""

    @jwt_required(scopes=["w"])
    async def post(self, _request: Request) -> None:
        """Be another."""


@jwt_required(groups=["staff"])
class StaffViews(Views):
    """A class that demands more."""


@jwt_required(groups=["staff"])
class StaffSocket(WebSocketEndpoint):
    """A class of WebSocket."""


def app_of(*routes: BaseRoute, middleware: Any = (GATE,)) -> Starlette:
    """Make an app behind a gate."""
    return Starlette(routes=routes, middleware=middleware)


def test_app_without_a_gate_is_open() -> None:
    """Nothing says that it is public."""
    assert told(app_of(Route("/x", view), middleware=())) == [("GET", "/x", *OPEN)]


def test_added_middleware_guards_all() -> None:
    """Whether its own or the one for any ASGI app."""
    for kind in (JWTGateMiddleware, ASGIGate):
        app = Starlette(routes=[Route("/x", view)])
        app.add_middleware(kind, gate=make_gate())
        assert told(app) == [("GET", "/x", *GUARDED)]


def test_middleware_that_was_given_its_gate_by_place() -> None:
    """It is one all the same."""
    app = app_of(Route("/x", view), middleware=[Middleware(ASGIGate, make_gate())])
    assert told(app) == [("GET", "/x", *GUARDED)]


@pytest.mark.parametrize("kind", [JWTGateMiddleware, ASGIGate])
def test_app_that_is_wrapped_is_guarded(kind: Any) -> None:
    """Of whichever class the middleware is."""
    app = kind(app_of(Route("/x", view), middleware=()), make_gate())
    assert told(app) == [("GET", "/x", *GUARDED)]


def test_middleware_of_others_is_looked_through() -> None:
    """What it does is not known; what it wraps is."""
    app = app_of(Route("/x", view), middleware=[Middleware(GZipMiddleware), GATE])
    assert guards(app) == [("JWTGateMiddleware",)]


@pytest.mark.parametrize(
    ("optional", "row"),
    [(False, GUARDED), (True, ("optional", "any consumer; or nobody known"))],
)
def test_backend_of_authentication_guards(
    row: tuple[str, str], *, optional: bool
) -> None:
    """As it was told to."""
    backend = JWTGateBackend(make_gate(), optional=optional)
    middleware = Middleware(
        AuthenticationMiddleware, backend=backend, on_error=on_error
    )
    assert told(app_of(Route("/x", view), middleware=[middleware])) == [
        ("GET", "/x", *row)
    ]


def test_backend_that_is_made_guards() -> None:
    """Around the app, too."""
    app = AuthenticationMiddleware(
        app_of(Route("/x", view), middleware=()), JWTGateBackend(make_gate())
    )
    assert guards(app) == [("JWTGateBackend",)]


def test_methods_that_differ_have_rows_of_their_own() -> None:
    """Those that are alike share one."""
    public = GateRoute(path="/x", methods=["GET"], public=True)
    gate = make_gate()
    gate.replace(type(gate.settings)(store=gate.store, routes=[public]))
    app = app_of(
        Route("/x", view, methods=["GET", "POST", "PUT"]),
        middleware=[Middleware(JWTGateMiddleware, gate=gate)],
    )
    assert told(app) == [
        ("GET", "/x", "public", "anybody"),
        ("POST,PUT", "/x", *GUARDED),
    ]


def test_decorated_view_demands_more() -> None:
    """It is the second guard."""
    app = app_of(Route("/x", jwt_required(groups=["staff"])(view)))
    assert told(app) == [("GET", "/x", "guarded", "groups staff")]
    assert guards(app) == [("JWTGateMiddleware", "@jwt_required")]


def test_decorated_view_without_a_gate_is_closed() -> None:
    """Every request to it fails."""
    app = app_of(Route("/x", jwt_required()(view)), middleware=())
    assert guards(app) == [("@jwt_required (no gate)",)]
    assert told(app) == [("GET", "/x", "closed", "nobody")]


def test_decorated_view_on_a_public_path_is_closed() -> None:
    """No token is read there, so that nobody is who is demanded."""
    gate = make_gate()
    public = GateRoute(path="/x", public=True)
    gate.replace(type(gate.settings)(store=gate.store, routes=[public]))
    app = JWTGateMiddleware(
        app_of(Route("/x", jwt_required()(view)), middleware=()), gate
    )
    assert told(app) == [("GET", "/x", "closed", "nobody")]


def test_view_that_demands_a_token_keeps_the_anonymous_consumer_out() -> None:
    """A policy lets it stand in, and the view does not."""
    gate = make_gate(policy=Policy(anonymous=Consumer(username="guest")))
    middleware = [Middleware(JWTGateMiddleware, gate=gate)]
    views = [Route("/a", view), Route("/b", jwt_required(authenticated=True)(view))]
    rows = told(app_of(*views, middleware=middleware))
    assert [row[2] for row in rows] == ["optional", "guarded"]


@pytest.mark.parametrize(
    ("demands", "status"), [({}, "open"), ({"authenticated": True}, "guarded")]
)
def test_view_in_report_mode(demands: Any, status: str) -> None:
    """Only one that demands a verified token is not reported past."""
    gate = make_gate(policy=Policy(mode="report"))
    app = app_of(
        Route("/x", jwt_required(**demands)(view)),
        middleware=[Middleware(JWTGateMiddleware, gate=gate)],
    )
    assert told(app)[0][2] == status


def test_methods_of_a_class_are_told_apart() -> None:
    """Each demands what its class and it do."""
    app = app_of(Route("/x", Views), Route("/y", StaffViews))
    assert told(app) == [
        ("GET", "/x", *GUARDED),
        ("POST", "/x", "guarded", "scopes w"),
        ("GET", "/y", "guarded", "groups staff"),
        ("POST", "/y", "guarded", "groups staff; scopes w"),
    ]


def test_method_that_a_class_takes_back_is_not_listed() -> None:
    """None in its place, as Starlette itself reads it."""

    class Both(HTTPEndpoint):
        async def get(self) -> None:
            """Answer."""

        async def post(self) -> None:
            """Answer."""

    class One(Both):
        post = None  # type: ignore[assignment]

    assert told(app_of(Route("/x", One))) == [("GET", "/x", *GUARDED)]


def test_class_that_dispatches_itself_is_listed() -> None:
    """It answers any method, and has none to be named by."""

    class Own(HTTPEndpoint):
        async def dispatch(self) -> None:
            """Answer."""

    app = app_of(Route("/x", Own))
    assert told(app) == [("*", "/x", *GUARDED)]
    assert told(Starlette(routes=app.routes)) == [("*", "/x", *OPEN)]


def test_websockets_are_listed() -> None:
    """Functions and classes."""
    app = app_of(WebSocketRoute("/a", socket), WebSocketRoute("/b", StaffSocket))
    assert told(app) == [
        ("GET", "/a", *GUARDED),
        ("GET", "/b", "guarded", "groups staff"),
    ]


def test_requires_of_starlette_guards_behind_a_gate() -> None:
    """With the scopes that it names."""
    backend = JWTGateBackend(make_gate(), optional=True)
    middleware = Middleware(AuthenticationMiddleware, backend=backend)

    @requires(["authenticated", "orders"])
    async def orders(request: Request) -> None:
        """Be a view."""

    app = app_of(Route("/x", orders), middleware=[middleware])
    assert told(app) == [("GET", "/x", "guarded", "scopes orders")]


def test_requires_of_another_backend_cannot_be_told() -> None:
    """Who knows what it takes."""

    @requires("authenticated")
    async def orders(request: Request) -> None:
        """Be a view."""

    app = app_of(Route("/x", orders), middleware=())
    assert told(app) == [("GET", "/x", "unknown", "cannot be told")]


def test_mounted_apps_are_gone_through() -> None:
    """Apps, routers and files, with their prefix; a raw app is one row."""
    inner = Starlette(routes=[Route("/a", view)])
    router = Router([Route("/b", view)])

    async def raw(_scope: Any, _receive: Any, _send: Any) -> None:
        """Be an app."""

    app = app_of(
        Mount("/app", inner),
        Mount("/router", router),
        Mount("/more", routes=[Route("/c", view)]),
        Mount("/files", StaticFiles(directory=Path(__file__).parent)),
        Mount("/raw", raw),
        middleware=(),
    )
    assert told(app) == [
        ("GET", "/app/a", *OPEN),
        ("GET", "/router/b", *OPEN),
        ("GET", "/more/c", *OPEN),
        ("GET", "/files/*", *OPEN),
        ("*", "/raw/*", "unknown", "cannot be told"),
    ]


def test_gate_of_a_mounted_app_sees_what_is_below_it() -> None:
    """Its routes are compared with the path less where it is mounted."""
    gate = make_gate()
    public = GateRoute(path="/health", public=True)
    gate.replace(type(gate.settings)(store=gate.store, routes=[public]))
    inner = Starlette(
        routes=[Route("/health", view), Route("/{name}", view)],
        middleware=[Middleware(JWTGateMiddleware, gate=gate)],
    )
    assert told(app_of(Mount("/{tenant}", inner), middleware=())) == [
        ("GET", "/{tenant}/health", "public", "anybody"),
        ("GET", "/{tenant}/{name}", *GUARDED),
        ("GET", "/*/health", "public", "anybody"),
    ]


def test_middleware_of_a_mount_a_router_and_a_route_guards() -> None:
    """Each what is within."""
    app = app_of(
        Mount("/a", routes=[Route("/", view)], middleware=[GATE]),
        Mount("/b", Router([Route("/", view)], middleware=[GATE])),
        Route("/c", view, middleware=[GATE]),
        middleware=(),
    )
    assert {row[2] for row in told(app)} == {"guarded"}


def test_default_of_a_router_is_listed() -> None:
    """It answers what no route does."""
    router = Router([Route("/x", view)], default=app_of(Route("/y", view)))
    assert told(router) == [("GET", "/x", *OPEN), ("GET", "/y", *GUARDED)]
    router.default = socket  # type: ignore[assignment]
    assert told(router) == [("GET", "/x", *OPEN), ("*", "/*", *UNKNOWN)]
    assert told(ASGIGate(router, make_gate()))[1] == ("*", "/*", *GUARDED)


def test_route_of_a_host_has_the_host() -> None:
    """In front of its path."""
    app = app_of(Host("api.example", Router([Route("/x", view)])))
    assert told(app) == [("GET", "api.example/x", *GUARDED)]


def test_route_of_an_unknown_kind_cannot_be_told() -> None:
    """It is listed all the same."""

    class Odd(BaseRoute):
        pass

    assert told(app_of(Odd(), middleware=())) == [
        ("*", "/*", "unknown", "cannot be told")
    ]


def test_other_converters_cover_a_segment() -> None:
    """Whatever they convert to."""
    gate = make_gate()
    public = GateRoute(path="/n/7", public=True)
    gate.replace(type(gate.settings)(store=gate.store, routes=[public]))
    app = JWTGateMiddleware(app_of(Route("/n/{i:int}", view), middleware=()), gate)
    assert [row[1] for row in told(app)] == ["/n/{i:int}", "/n/7"]


class Deep(Convertor[str]):
    """A converter of the app's own that takes slashes."""

    regex = ".+"


@pytest.mark.parametrize("converter", ["path", "deep"])
def test_path_converter_covers_what_is_below(
    converter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate's routes below it stand out."""
    monkeypatch.setitem(CONVERTOR_TYPES, "deep", Deep())
    gate = make_gate()
    public = GateRoute(path="/files/a/logo.svg", public=True)
    gate.replace(type(gate.settings)(store=gate.store, routes=[public]))
    path = f"/files/{{p:{converter}}}"
    app = JWTGateMiddleware(app_of(Route(path, view), middleware=()), gate)
    assert [row[1:3] for row in told(app)] == [
        (path, "guarded"),
        ("/files/a/logo.svg", "public"),
    ]
