from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Security, WebSocket
from fastapi.testclient import TestClient

from jwtgate import Authenticated, Gate, Policy, Route
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.fastapi import JWTAuth, public
from tests.kit import ListStore, make_gate
from tests.surface.told import guards, told

GATE = make_gate()
AUTH = JWTAuth(GATE)
Caller = Annotated[Authenticated, Depends(AUTH)]


def app_of(**fields: Any) -> FastAPI:
    """Make an app without the pages of its documentation."""
    return FastAPI(openapi_url=None, **fields)


async def view() -> None:
    """Be a view."""


def test_pages_of_the_documentation_are_listed() -> None:
    """No dependency guards them."""
    rows = told(FastAPI(dependencies=[Depends(AUTH)]))
    assert [row[1:3] for row in rows] == [
        ("/openapi.json", "open"),
        ("/docs", "open"),
        ("/docs/oauth2-redirect", "open"),
        ("/redoc", "open"),
    ]


def test_dependency_guards_a_view() -> None:
    """As an argument, however deep."""
    app = app_of()

    async def name_of(caller: Caller) -> Any: ...

    @app.get("/direct")
    async def direct(caller: Caller) -> None: ...

    @app.get("/deep")
    async def deep(name: Annotated[str, Depends(name_of)]) -> None: ...

    app.get("/open")(view)
    assert [row[1:] for row in told(app)] == [
        ("/direct", "guarded", "any consumer"),
        ("/deep", "guarded", "any consumer"),
        ("/open", "open", "anybody"),
    ]


def test_scopes_of_security_are_told() -> None:
    """With those that a dependency around it names."""
    app = app_of()
    app.get("/x", dependencies=[Security(AUTH, scopes=["read", "write"])])(view)
    assert told(app) == [("GET", "/x", "guarded", "scopes read, write")]


def test_demands_of_the_dependency_are_told() -> None:
    """Groups, for one."""
    app = app_of(dependencies=[Depends(JWTAuth(GATE, groups=["staff"]))])
    app.get("/x")(view)
    assert told(app) == [("GET", "/x", "guarded", "groups staff")]


def test_included_router_has_its_prefix_and_dependencies() -> None:
    """However deep it is included."""
    inner = APIRouter(prefix="/inner", dependencies=[Depends(AUTH)])
    inner.get("/x")(view)
    outer = APIRouter(prefix="/outer")
    outer.include_router(inner)
    app = app_of()
    app.include_router(outer, prefix="/api")
    assert told(app) == [("GET", "/api/outer/inner/x", "guarded", "any consumer")]


def test_websocket_is_listed() -> None:
    """Its dependency guards it as well."""
    app = app_of()

    @app.websocket("/ws")
    async def ws(websocket: WebSocket, caller: Caller) -> None: ...

    assert told(app) == [("GET", "/ws", "guarded", "any consumer")]


def test_public_view_of_an_app_that_guards_all() -> None:
    """It is said so."""
    app = app_of(dependencies=[Depends(JWTAuth(GATE, unless_public=True))])
    app.get("/health")(public(lambda: None))
    app.get("/x")(lambda: None)
    assert [row[1:3] for row in told(app)] == [("/health", "public"), ("/x", "guarded")]
    assert guards(app)[0] == ("@public",)


def test_optional_dependency() -> None:
    """Nobody known passes, too."""
    app = app_of()
    app.get("/x", dependencies=[Depends(JWTAuth(GATE, optional=True))])(view)
    assert told(app) == [("GET", "/x", "optional", "any consumer; or nobody known")]


def test_dependency_on_the_gate_further_out() -> None:
    """It narrows what that lets pass; without one every request fails."""
    app = app_of()
    app.get("/x", dependencies=[Depends(JWTAuth(None, groups=["staff"]))])(view)
    assert told(app) == [("GET", "/x", "closed", "nobody")]
    behind = JWTGateMiddleware(app, GATE)
    assert told(behind) == [("GET", "/x", "guarded", "groups staff")]


def test_dependency_that_passes_all_that_the_gate_further_out_does() -> None:
    """It demands nothing of its own, so what is public there is public."""
    app = app_of(dependencies=[Depends(JWTAuth(None, unless_public=True))])
    app.get("/x")(view)
    assert told(app) == [("GET", "/x", "closed", "nobody")]
    gate = Gate(ListStore(), routes=[Route(path="/x", public=True)])
    behind = JWTGateMiddleware(app, gate)
    assert TestClient(behind).get("/x").status_code == 200
    assert told(behind) == [("GET", "/x", "public", "anybody")]


@pytest.mark.parametrize("prefix", ["", "/shop"])
def test_frontend_is_listed(prefix: str, tmp_path: Path) -> None:
    """The files that FastAPI serves after all routes."""
    (tmp_path / "index.html").write_text("")
    router = APIRouter(dependencies=[Depends(AUTH)])
    router.frontend("/ui", directory=tmp_path)
    app = app_of()
    app.include_router(router, prefix=prefix)
    assert told(app) == [("GET", f"{prefix}/ui/*", "guarded", "any consumer")]


def test_frontend_of_the_app_is_listed(tmp_path: Path) -> None:
    """At the root it has every path."""
    app = app_of()
    app.frontend("/", directory=tmp_path, check_dir=False, fallback=None)
    assert told(app) == [("GET", "/*", "open", "anybody")]


def test_dependency_in_report_mode_guards() -> None:
    """It demands a verified token, which report mode does not make up."""
    gate = make_gate(policy=Policy(mode="report"))
    app = app_of(dependencies=[Depends(JWTAuth(gate))])
    app.get("/x")(view)
    assert told(app)[0][2] == "guarded"


def test_routes_of_an_older_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """It copies what is included, so that routes are a plain list."""
    monkeypatch.delattr("fastapi.routing.iter_route_contexts")
    app = app_of()
    app.get("/x", dependencies=[Depends(AUTH)])(view)
    assert told(app) == [("GET", "/x", "guarded", "any consumer")]


def test_public_view_of_an_app_that_guards_none() -> None:
    """The mark says that it is meant."""
    app = app_of()
    app.get("/health")(public(lambda: None))
    assert told(app) == [("GET", "/health", "public", "anybody")]
