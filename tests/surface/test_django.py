import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.urls import include, path, re_path, register_converter
from django.urls.converters import StringConverter
from django.utils.decorators import method_decorator
from django.views import View

from jwtgate import ConfigurationError, Policy
from jwtgate import Route as GateRoute
from jwtgate.django import jwt_required, public
from jwtgate.surface import import_django
from jwtgate.wsgi import JWTGateMiddleware
from tests.kit import make_gate
from tests.surface.told import guards, told

Project = Callable[..., WSGIHandler]

MIDDLEWARE = "jwtgate.django.JWTGateMiddleware"
GUARDED = ("guarded", "any consumer")
OPEN = ("open", "anybody")


@pytest.fixture
def project(settings: Any) -> Project:
    """Describe a project, guarded unless it has other middleware; give its app."""

    def describe(
        *patterns: Any, middleware: Any = (MIDDLEWARE,), **chosen: Any
    ) -> WSGIHandler:
        settings.ROOT_URLCONF = patterns
        settings.MIDDLEWARE = []
        settings.JWTGATE = {"GATE": make_gate(), **chosen}
        app = WSGIHandler()
        settings.MIDDLEWARE = [*middleware]
        return app

    return describe


def view(_request: HttpRequest, **_: str) -> Any:
    """Be a view."""


def other(_request: HttpRequest) -> Any:
    """Be another view."""


class Views(View):
    """A class with methods that demand more."""

    def get(self, request: HttpRequest) -> None:
        """Be a view."""

    @method_decorator(jwt_required(scopes=["w"]))
    def post(self, request: HttpRequest) -> None:
        """Be another."""


@jwt_required(groups=["staff"])
class StaffViews(View):
    """A class that demands more."""

    def get(self, request: HttpRequest) -> None:
        """Be a view."""


def test_middleware_guards_all(project: Project) -> None:
    """Every view that is not public."""
    app = project(path("x", view), path("open", public(other)))
    assert told(app) == [("*", "/x", *GUARDED), ("*", "/open", "public", "anybody")]
    assert guards(app) == [("JWTGateMiddleware",), ("@public",)]


def test_project_without_the_middleware_is_open(project: Project) -> None:
    """Nothing says that it is public."""
    assert told(project(path("x", view), middleware=())) == [("*", "/x", *OPEN)]


def test_middleware_of_others_is_no_gate(project: Project) -> None:
    """Whatever it is."""
    other = "django.middleware.common.CommonMiddleware"
    assert told(project(path("x", view), middleware=[other]))[0][2] == "open"


def test_view_that_demands_more(project: Project) -> None:
    """It is the second guard."""
    app = project(path("x", jwt_required(groups=["staff"])(view)))
    assert told(app) == [("*", "/x", "guarded", "groups staff")]
    assert guards(app) == [("JWTGateMiddleware", "@jwt_required")]


@pytest.mark.parametrize("middleware", [[], [MIDDLEWARE]], ids=["without", "with"])
def test_decorated_views_where_not_all_are_guarded(
    middleware: list[str], project: Project
) -> None:
    """They are, and others are not; without the middleware, too."""
    app = project(
        path("x", jwt_required()(view)),
        path("y", view),
        middleware=middleware,
        GUARD_ALL=False,
    )
    assert told(app) == [("*", "/x", *GUARDED), ("*", "/y", *OPEN)]


def test_methods_of_a_class_are_told_apart(project: Project) -> None:
    """Each demands what its class and it do."""
    app = project(path("x", Views.as_view()), path("y", StaffViews.as_view()))
    assert told(app) == [
        ("GET", "/x", *GUARDED),
        ("POST", "/x", "guarded", "scopes w"),
        ("GET", "/y", "guarded", "groups staff"),
    ]


def test_method_that_a_class_takes_back_is_not_listed(project: Project) -> None:
    """None in its place: nothing answers there."""

    class One(View):
        get = view
        post = None

    assert told(project(path("x", One.as_view()))) == [("GET", "/x", *GUARDED)]


def test_class_that_dispatches_itself_is_listed(project: Project) -> None:
    """It answers any method, and has none to be named by."""

    class Own(View):
        def dispatch(self, *_args: Any, **_named: Any) -> Any:
            """Answer."""

    app = project(path("x", Own.as_view()))
    assert told(app) == [("*", "/x", *GUARDED)]
    app = project(path("x", Own.as_view()), middleware=())
    assert told(app) == [("*", "/x", *OPEN)]


def test_gate_further_out_guards(project: Project, settings: Any) -> None:
    """Without a setting the middleware goes by what it decided."""
    app = project(path("x", view), path("y", jwt_required(scopes=["w"])(view)))
    settings.JWTGATE = None
    assert told(JWTGateMiddleware(app, make_gate())) == [
        ("*", "/x", *GUARDED),
        ("*", "/y", "guarded", "scopes w"),
    ]


def test_middleware_without_any_gate_is_closed(project: Project, settings: Any) -> None:
    """Every request fails."""
    app = project(path("x", view))
    settings.JWTGATE = None
    assert guards(app) == [("JWTGateMiddleware (no gate)",)]
    assert told(app) == [("*", "/x", "closed", "nobody")]


def test_paths_as_they_are_written(project: Project) -> None:
    """Converters, includes, and regular expressions in plain words."""
    app = project(
        path("a/<int:number>/", include([path("b/<name>", view)])),
        re_path(r"^c/(?P<year>[0-9]{4})\.json$", view),
    )
    assert [row[1] for row in told(app)] == [
        "/a/<int:number>/b/<name>",
        "/c/<year>.json",
    ]


class Deep(StringConverter):
    """A converter of the project's own that takes slashes."""

    regex = ".+"


register_converter(Deep, "deep")


@pytest.mark.parametrize(
    "pattern",
    [
        path("<path:rest>", view),
        path("<deep:rest>", view),
        re_path(r"^(?P<rest>.*)$", view),
    ],
    ids=["path", "own", "regex"],
)
def test_routes_of_the_gate_stand_out(pattern: Any, project: Project) -> None:
    """Where a converter, or a regular expression, covers them."""
    gate = make_gate()
    public_ = GateRoute(path="/a/b", public=True)
    gate.replace(type(gate.settings)(store=gate.store, routes=[public_]))
    rows = told(project(pattern, GATE=gate))
    assert [row[2] for row in rows] == ["guarded", "public"]
    assert rows[1][1] == "/a/b"


def test_report_mode_is_open(project: Project) -> None:
    """What would be refused passes."""
    app = project(path("x", view), GATE=make_gate(policy=Policy(mode="report")))
    assert told(app)[0][2] == "open"


SETTINGS = """
SECRET_KEY = "x"
ROOT_URLCONF = "no_such_urls"
"""


def test_project_whose_urls_cannot_be_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The error says so before anything is listed."""
    name = f"settings_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(SETTINGS)
    settings.ROOT_URLCONF = "no_such_urls"
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "x")
    monkeypatch.setattr(sys, "path", [*sys.path])
    with pytest.raises(ConfigurationError) as raised:
        import_django(name, folder=tmp_path)
    assert f"the project of {name} cannot be set up" in str(raised.value)


def test_project_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """What serves it is given."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "x")
    app = import_django("tests.django.settings", folder=Path(__file__).parents[2])
    assert isinstance(app, WSGIHandler)


def test_django_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra."""
    monkeypatch.setitem(sys.modules, "django.core.wsgi", None)
    with pytest.raises(ConfigurationError, match=r"jwtgate\[django\]"):
        import_django("tests.django.settings")
