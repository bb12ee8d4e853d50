from collections.abc import Callable
from typing import Any

import pytest
from asgiref.wsgi import WsgiToAsgi
from fastapi import Depends, FastAPI
from flask import Flask
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from jwtgate import Access, Answer, Consumer, Gate, Policy, flask, starlette
from jwtgate import Route as GateRoute
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.fastapi import JWTAuth
from jwtgate.surface import gates_of, survey
from tests.kit import ListStore, clock, credential, make_gate
from tests.surface.told import guards, told


async def raw(_scope: Any, _receive: Any, _send: Any) -> None:
    """Be an app of no framework."""


def behind(policy: Policy | None = None, *routes: GateRoute, **more: Any) -> Any:
    """Put the raw app behind a gate."""
    return JWTGateMiddleware(raw, Gate(ListStore(), policy, routes=routes, **more))


def test_raw_app_cannot_be_told() -> None:
    """Which routes it has, nobody knows."""
    assert told(raw) == [("*", "/*", "unknown", "cannot be told")]


def test_raw_app_behind_a_gate_is_guarded() -> None:
    """The gate decides on every path."""
    assert told(behind()) == [("*", "/*", "guarded", "any consumer")]


def test_routes_of_a_gate_stand_out() -> None:
    """A path that the gate treats in another way has a row."""
    health = GateRoute(path="/health", public=True, methods=["GET"])
    assert told(behind(None, health)) == [
        ("*", "/*", "guarded", "any consumer"),
        ("GET", "/health", "public", "anybody"),
    ]


def test_route_that_differs_in_nothing_does_not_stand_out() -> None:
    """The same policy is no news."""
    assert len(told(behind(None, GateRoute(path="/x")))) == 1


def test_route_of_a_host_stands_out() -> None:
    """The host is in front of its path."""
    partner = GateRoute(path="/x", hosts=["*.example"], public=True)
    assert told(behind(None, partner))[1] == (
        "*",
        "any.example/x",
        "public",
        "anybody",
    )


def test_report_mode_is_open() -> None:
    """What would be refused passes, and the guard says why."""
    app = behind(Policy(mode="report"))
    assert told(app) == [("*", "/*", "open", "anybody")]
    assert guards(app) == [("JWTGateMiddleware (report mode)",)]


def test_anonymous_consumer_stands_in() -> None:
    """A policy says so, so it is not open."""
    app = behind(Policy(anonymous=Consumer(username="guest")))
    assert told(app)[0][2:] == (
        "optional",
        "any consumer; or guest in place of nobody",
    )


def test_access_is_told() -> None:
    """Of the gate's policy."""
    app = behind(Policy(access=Access(allow_groups=["staff"])))
    assert told(app)[0][3] == "groups staff"


def test_termination_closes() -> None:
    """Nobody passes."""
    app = behind(Policy(termination=Answer(status=503)))
    assert told(app) == [("*", "/*", "closed", "nobody")]


def test_path_without_a_route_of_a_closed_gate_is_closed() -> None:
    """It is 404, before the app sees it."""
    gate = make_gate()
    gate.replace(
        type(gate.settings)(
            store=gate.store, routes=[GateRoute(path="/x")], unrouted="refuse"
        )
    )
    app = JWTGateMiddleware(raw, gate)
    assert told(app) == [
        ("*", "/*", "closed", "nobody"),
        ("*", "/x", "guarded", "any consumer"),
    ]
    assert guards(app)[0] == ("JWTGateMiddleware (no route)",)


def test_path_that_is_judged_and_then_refused_is_closed() -> None:
    """``policy_then_refuse`` asks for a token first, and has nothing for it."""
    gate = make_gate()
    gate.replace(
        type(gate.settings)(
            store=gate.store,
            routes=[GateRoute(path="/x")],
            unrouted="policy_then_refuse",
        )
    )
    assert told(JWTGateMiddleware(raw, gate))[0][2] == "closed"


def test_apps_of_several_frameworks_are_gone_through() -> None:
    """A Flask app in a Starlette app is one list with it."""
    shop = Flask("shop", static_folder=None)
    shop.add_url_rule("/orders", "orders", lambda: "")
    mounted: Any = WsgiToAsgi(shop)  # type: ignore[no-untyped-call]
    app = Starlette(routes=[Route("/", raw), Mount("/shop", mounted)])
    assert [row[1] for row in told(app)] == ["/", "/shop/orders"]


def test_gates_are_found_once() -> None:
    """However often an app is behind one."""
    gate = make_gate()
    assert gates_of(JWTGateMiddleware(JWTGateMiddleware(raw, gate), gate)) == (gate,)


def test_survey_calls_nobody() -> None:
    """No request, and no look-up in a store."""
    store = ListStore()
    survey(JWTGateMiddleware(raw, Gate(store)))
    assert store.asked == []


# What is told is what happens: each row is asked for, without a token and with one.


async def answer(_request: Any) -> PlainTextResponse:
    """Be a view of Starlette."""
    return PlainTextResponse("served")


PUBLIC = GateRoute(path="/a/public", public=True)
REPORT = GateRoute(path="/report", policy=Policy(mode="report"))
GUEST = GateRoute(path="/guest", policy=Policy(anonymous=Consumer(username="guest")))
SHUT = GateRoute(path="/shut", policy=Policy(termination=Answer(status=403)))
GATE = Gate(ListStore(credential()), routes=[PUBLIC, REPORT, GUEST, SHUT], clock=clock)
PATHS = ("/a/b", "/a/public", "/report", "/guest", "/shut", "/staff", "/optional")
DEMANDS: dict[str, Any] = {
    "/staff": {"groups": ["staff"]},
    "/optional": {"optional": True},
}


def by_starlette() -> Any:
    """Serve them by Starlette."""
    routes = [
        Route(path, starlette.jwt_required(**DEMANDS[path])(answer))
        if path in DEMANDS
        else Route(path, answer)
        for path in PATHS
    ]
    middleware = [Middleware(starlette.JWTGateMiddleware, gate=GATE)]
    return Starlette(routes=routes, middleware=middleware)


def by_fastapi() -> Any:
    """Serve them by FastAPI."""
    app = FastAPI(openapi_url=None)
    for path in PATHS:
        demands = DEMANDS.get(path, {"authenticated": False})
        auth = JWTAuth(GATE, **demands)
        app.get(path, dependencies=[Depends(auth)])(lambda: "served")
    return app


def by_flask() -> Any:
    """Serve them by Flask."""
    app = Flask("shop", static_folder=None)
    flask.JWTGate(GATE).init_app(app)
    for path in PATHS:

        def view() -> str:
            return "served"

        if path in DEMANDS:
            view = flask.jwt_required(**DEMANDS[path])(view)
        app.add_url_rule(path, path, view)
    return WsgiToAsgi(app)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("make", [by_starlette, by_fastapi, by_flask])
def test_what_is_told_is_what_happens(make: Callable[[], Any]) -> None:
    """Nobody passes where it is guarded or closed, and only there."""
    app = make()
    client = TestClient(app)
    for row in survey(app):
        passes = client.get(row.path).status_code == 200
        assert passes is (row.status not in ("guarded", "closed")), row
