from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.urls import path
from ninja import NinjaAPI, Router
from ninja.operation import PathView
from ninja.security import APIKeyHeader

from jwtgate.django.ninja import GateAuth
from tests.kit import make_gate
from tests.surface.told import guards, told

NUMBERS = count()
GUARDED = ("guarded", "any consumer")


class ByKey(APIKeyHeader):
    """Another way to authenticate."""

    def authenticate(self, request: HttpRequest, key: str | None) -> None:
        """Know nobody."""


@pytest.fixture
def api(settings: Any) -> Callable[..., Any]:
    """Make an API with some auth, without the middleware of Django."""

    def describe(auth: Any, *routers: tuple[str, Router]) -> WSGIHandler:
        number = f"ninja-{next(NUMBERS)}"
        made = NinjaAPI(auth=auth, openapi_url=None, urls_namespace=number)
        for prefix, router in routers:
            made.add_router(prefix, router)
        settings.ROOT_URLCONF = (path("api/", made.urls),)
        settings.MIDDLEWARE = []
        settings.JWTGATE = {"GATE": make_gate()}
        return WSGIHandler()

    return describe


def router_of(**options: Any) -> Router:
    """Make a router of two operations on one path."""
    router = Router(**options)

    @router.get("/{name}")
    def read(request: HttpRequest, name: str) -> None: ...

    @router.post("/{name}", auth=GateAuth(scopes=["w"]))
    async def write(request: HttpRequest, name: str) -> None: ...

    return router


def rows(app: Any) -> list[tuple[str, ...]]:
    """Give the rows of the operations, without that of the root."""
    return [row for row in told(app) if row[1] != "/api/"]


def test_operations_are_told_apart(api: Callable[..., Any]) -> None:
    """Each has the auth of the API, or its own."""
    assert rows(api(GateAuth(), ("/x", router_of()))) == [
        ("GET", "/api/x/<name>", *GUARDED),
        ("POST", "/api/x/<name>", "guarded", "scopes w"),
    ]


def test_demands_of_a_router_are_told(api: Callable[..., Any]) -> None:
    """They are in the place of the API's."""
    router = router_of(auth=GateAuth(groups=["staff"]))
    assert rows(api(None, ("/x", router)))[0][2:] == ("guarded", "groups staff")


def test_operation_without_auth_is_open(api: Callable[..., Any]) -> None:
    """Nothing says that it is public."""
    assert rows(api(None, ("/x", router_of())))[0][2:] == ("open", "anybody")


def test_another_way_cannot_be_told(api: Callable[..., Any]) -> None:
    """Nor can one of two, where either lets pass."""
    router = router_of(auth=[GateAuth(), ByKey()])
    app = api(ByKey(), ("/x", router), ("/y", router_of()))
    found = {row[1]: row[2] for row in rows(app) if row[0] == "GET"}
    assert found == {"/api/x/<name>": "unknown", "/api/y/<name>": "unknown"}
    assert ("GateAuth or ByKey",) in guards(app)


def test_root_of_an_api_is_listed(api: Callable[..., Any]) -> None:
    """Ninja adds it; its view is a partial."""
    assert ("*", "/api/", "open", "anybody") in told(api(None))


def test_view_of_an_older_release(settings: Any) -> None:
    """It is a method of what has the operations."""
    view = PathView()

    def read(request: HttpRequest) -> None: ...

    view.add_operation("/x", ["GET"], read, auth=GateAuth())
    settings.ROOT_URLCONF = (path("x", view._sync_view),)  # noqa: SLF001 - as it was
    settings.MIDDLEWARE, settings.JWTGATE = [], {"GATE": make_gate()}
    assert told(WSGIHandler()) == [("GET", "/x", *GUARDED)]
