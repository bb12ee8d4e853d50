from collections.abc import Callable
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.urls import include, path
from rest_framework.authentication import SessionAuthentication
from rest_framework.decorators import action, api_view
from rest_framework.permissions import (
    AllowAny,
    BasePermission,
    DjangoModelPermissionsOrAnonReadOnly,
    DjangoObjectPermissions,
    IsAdminUser,
    IsAuthenticated,
    IsAuthenticatedOrReadOnly,
)
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from jwtgate.django import jwt_required, public
from jwtgate.django.drf import GateAuthentication, IsAdmitted, requires
from tests.kit import make_gate
from tests.surface.told import guards, told

GUARDED = ("guarded", "any consumer")
OPEN = ("open", "anybody")
UNKNOWN = ("unknown", "cannot be told")

of_staff = requires(groups=["staff"])


class Odd(BasePermission):
    """A permission of the project's own."""


@pytest.fixture
def api(settings: Any) -> Callable[..., WSGIHandler]:
    """Make a project of these paths, without the middleware."""

    def describe(*patterns: Any) -> WSGIHandler:
        settings.ROOT_URLCONF = patterns
        settings.MIDDLEWARE = []
        settings.JWTGATE = {"GATE": make_gate()}
        return WSGIHandler()

    return describe


def view_of(*permissions: Any, by: Any = GateAuthentication) -> Any:
    """Make a view with permissions."""

    class Orders(APIView):
        authentication_classes = (by,)
        permission_classes = permissions

        def get(self, request: Request) -> None:
            """Be a view."""

        def post(self, request: Request) -> None:
            """Be another."""

    return Orders


@pytest.mark.parametrize(
    ("permissions", "row"),
    [
        ([], OPEN),
        ([AllowAny], OPEN),
        ([IsAuthenticated], GUARDED),
        ([IsAdminUser], GUARDED),
        ([IsAdmitted], GUARDED),
        ([of_staff], ("guarded", "groups staff")),
        ([AllowAny, of_staff], ("guarded", "groups staff")),
        ([Odd], UNKNOWN),
        ([Odd, IsAdmitted], GUARDED),
        ([~IsAuthenticated], UNKNOWN),
        ([of_staff & IsAuthenticated], ("guarded", "groups staff")),
        ([of_staff | requires(scopes=["w"])], ("guarded", "groups staff or scopes w")),
        ([of_staff | IsAuthenticated], GUARDED),
        ([of_staff | AllowAny], OPEN),
        ([of_staff | Odd], UNKNOWN),
    ],
    ids=str,
)
def test_permissions_of_a_view(
    permissions: list[Any], row: tuple[str, str], api: Callable[..., Any]
) -> None:
    """All of a list have to grant it, and one of those that are joined by ``|``."""
    view = view_of(*permissions).as_view()
    assert told(api(path("x", view))) == [("GET,POST", "/x", *row)]


def test_permission_by_another_way_cannot_be_told(api: Callable[..., Any]) -> None:
    """Who has a session has sent no token."""
    view = view_of(IsAuthenticated, by=SessionAuthentication).as_view()
    assert told(api(path("x", view))) == [("GET,POST", "/x", *UNKNOWN)]


def test_permission_for_writing(api: Callable[..., Any]) -> None:
    """Reading is open."""
    view = view_of(IsAuthenticatedOrReadOnly).as_view()
    assert told(api(path("x", view))) == [
        ("GET", "/x", *OPEN),
        ("POST", "/x", *GUARDED),
    ]


def test_either_of_two_is_told(api: Callable[..., Any]) -> None:
    """The guards are joined by a word."""
    app = api(path("x", view_of((of_staff & IsAdmitted) | IsAdmitted).as_view()))
    assert guards(app) == [("Requires and IsAdmitted or IsAdmitted",)]


def test_public_view_is_public(api: Callable[..., Any]) -> None:
    """The gate's permission grants it to all."""
    view = public(view_of(IsAdmitted)).as_view()
    assert told(api(path("x", view))) == [("GET,POST", "/x", "public", "anybody")]


def test_permissions_that_a_view_chooses_cannot_be_told(
    api: Callable[..., Any],
) -> None:
    """It may choose them by anything."""

    class Chooses(view_of(IsAdmitted)):  # type: ignore[misc]
        def get_permissions(self) -> Any: ...

    assert told(api(path("x", Chooses.as_view())))[0][2] == "unknown"


def test_class_that_dispatches_itself_is_listed(api: Callable[..., Any]) -> None:
    """It answers any method, and nobody asks its permissions."""

    class Own(APIView):
        permission_classes = (IsAdmitted,)

        def dispatch(self, *_args: Any, **_named: Any) -> Any:
            """Answer."""

    own = api(path("x", Own.as_view()))
    assert told(own) == [("*", "/x", *OPEN)]
    narrowed = api(path("x", jwt_required(groups=["staff"])(Own).as_view()))
    assert told(narrowed) == [("*", "/x", "guarded", "groups staff")]


class Lax(IsAuthenticated):
    """Grants more than what it is made of."""

    def has_permission(self, *_: Any, **_named: Any) -> bool:
        """Grant it."""
        return True


class LaxGate(IsAdmitted):
    """The same of the gate's."""

    def has_permission(self, *_: Any, **_named: Any) -> bool:
        """Grant it."""
        return True


class LaxWay(GateAuthentication):
    """Authenticates more callers than the gate does."""

    def authenticate(self, request: Request) -> Any:
        """Authenticate by anything."""


class Renamed(IsAuthenticated):
    """Grants the same, in words of its own."""

    message = "log in"


@pytest.mark.parametrize(
    ("permission", "by", "row"),
    [
        (Lax, GateAuthentication, UNKNOWN),
        (LaxGate, GateAuthentication, UNKNOWN),
        (IsAuthenticated, LaxWay, UNKNOWN),
        (DjangoModelPermissionsOrAnonReadOnly, GateAuthentication, UNKNOWN),
        (DjangoObjectPermissions, GateAuthentication, GUARDED),
        (Renamed, GateAuthentication, GUARDED),
    ],
    ids=str,
)
def test_permission_that_was_changed_cannot_be_told(
    permission: Any, by: Any, row: tuple[str, str], api: Callable[..., Any]
) -> None:
    """What it is made of says nothing of what it grants."""
    view = view_of(permission, by=by).as_view()
    assert told(api(path("x", view))) == [("GET,POST", "/x", *row)]


@pytest.mark.parametrize("name", ["check_permissions", "get_authenticators"])
def test_way_to_ask_that_was_changed_cannot_be_told(
    name: str, api: Callable[..., Any]
) -> None:
    """The class names what is asked, and its method may ask something else."""
    kind = view_of(IsAuthenticated)
    setattr(kind, name, lambda *_: None)
    assert told(api(path("x", kind.as_view()))) == [("GET,POST", "/x", *UNKNOWN)]


def test_decorated_method_demands_more(api: Callable[..., Any]) -> None:
    """As any view of Django."""

    class Orders(view_of(IsAdmitted)):  # type: ignore[misc]
        @jwt_required(scopes=["r"])
        def get(self, request: Request) -> None:
            """Be a view."""

    assert told(api(path("x", Orders.as_view()))) == [
        ("GET", "/x", "guarded", "scopes r"),
        ("POST", "/x", *GUARDED),
    ]


def test_view_that_is_a_function(api: Callable[..., Any]) -> None:
    """The framework makes a class of it."""

    @api_view(["GET"])
    def orders(request: Request) -> Any:
        """Be a view."""

    assert told(api(path("x", orders))) == [("GET", "/x", *OPEN)]


def test_actions_of_a_set_of_views(api: Callable[..., Any]) -> None:
    """Each may have permissions of its own."""

    class Orders(ViewSet):
        authentication_classes = (GateAuthentication,)
        permission_classes = (of_staff,)

        def list(self, request: Request) -> None:
            """Be a view."""

        @action(detail=False, permission_classes=[AllowAny])
        def menu(self, request: Request) -> Any:
            """Be another."""

    router = SimpleRouter()
    router.register("orders", Orders, basename="orders")
    assert told(api(path("", include(router.urls)))) == [
        ("GET", "/orders/", "guarded", "groups staff"),
        ("GET", "/orders/menu/", *OPEN),
    ]
