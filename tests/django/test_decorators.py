from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.views import APIView

from jwtgate import ConfigurationError, Consumer, Gate, Route
from jwtgate.django import jwt_required, public
from jwtgate.marks import marked
from jwtgate.requirement import Requirement
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.django.project import ashow, show
from tests.kit import Got, ListStore, Sent, clock, credential, make_gate, mint

Project = Callable[..., None]
Send = Callable[[Sent], Got]

TOKEN = mint()
GOOD = Sent.bearer(TOKEN)
STAFF = jwt_required(groups=["staff"])


def _start(*_: Any) -> Any:
    """Begin no response."""


class Plain(View):
    """A class of views."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Tell what is seen."""
        return show(request)


class Async(View):
    """An asynchronous class of views."""

    async def get(self, request: HttpRequest) -> HttpResponse:
        """Tell what is seen."""
        return show(request)


class Rest(APIView):
    """A class of views of the REST framework."""

    def get(self, request: Request) -> HttpResponse:
        """Tell what is seen."""
        return show(request._request)  # noqa: SLF001 - Django's own


class OfMethod(View):
    """A class with a method that demands more."""

    @STAFF
    def get(self, request: HttpRequest) -> HttpResponse:
        """Tell what is seen."""
        return show(request)


class OfAsyncMethod(View):
    """The same, asynchronously."""

    @STAFF
    async def get(self, request: HttpRequest) -> HttpResponse:
        """Tell what is seen."""
        return show(request)


class OfRestMethod(APIView):
    """The same of the REST framework."""

    @STAFF
    def get(self, request: Request) -> HttpResponse:
        """Tell what is seen."""
        return show(request._request)  # noqa: SLF001 - Django's own


def decorated(kind: type[View]) -> Any:
    """Decorate a class, not the one that others share, and make a view of it."""
    fresh: Any = type("Fresh", (kind,), {})
    return STAFF(fresh).as_view()


def dispatching(kind: type[View]) -> Any:
    """Decorate the dispatch of a class by Django's own means."""
    fresh: Any = type("Fresh", (kind,), {})
    return method_decorator(STAFF, name="dispatch")(fresh).as_view()


def method(kind: type[View]) -> Any:
    """Decorate a method of a class by Django's own means."""
    fresh: Any = type("Fresh", (kind,), {})
    return method_decorator(STAFF, name="get")(fresh).as_view()


VIEWS = {
    "function": STAFF(show),
    "async": STAFF(ashow),
    "beneath": csrf_exempt(STAFF(show)),
    "above": STAFF(csrf_exempt(show)),
    **{f"class-{kind.__name__}": decorated(kind) for kind in (Plain, Async, Rest)},
    **{f"made-{kind.__name__}": STAFF(kind.as_view()) for kind in (Plain, Async)},
    **{f"dispatch-{kind.__name__}": dispatching(kind) for kind in (Plain, Async, Rest)},
    **{f"get-{kind.__name__}": method(kind) for kind in (Plain, Async, Rest)},
    **{
        kind.__name__: kind.as_view()
        for kind in (OfMethod, OfAsyncMethod, OfRestMethod)
    },
}
GROUPS = {"staff": 200, "guests": 403}


def gate_with(group: str) -> Gate:
    """Make a gate whose one consumer is in a group."""
    consumer = Consumer(username="jack", groups=[group])
    return Gate(ListStore(credential(consumer=consumer)), clock=clock)


@pytest.mark.parametrize("guards_all", [True, False], ids=["guarded", "open"])
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("name", VIEWS)
def test_demands_hold(
    project: Project, send: Send, name: str, group: str, *, guards_all: bool
) -> None:
    """Of every kind of view, in both modes, alone and behind the guard."""
    project(path("", VIEWS[name]), GATE=gate_with(group), GUARD_ALL=guards_all)
    assert send(GOOD).status == GROUPS[group]


@pytest.mark.parametrize("name", VIEWS)
def test_view_sees_its_caller(project: Project, send: Send, name: str) -> None:
    """Whatever it is made of."""
    project(path("", VIEWS[name]), GATE=gate_with("staff"), GUARD_ALL=False)
    assert send(GOOD).message["who"] == "jack"


@pytest.mark.parametrize("name", VIEWS)
def test_refusal_is_the_gate_s_own(project: Project, send: Send, name: str) -> None:
    """Its challenge and its text, also where the REST framework is between."""
    project(path("", VIEWS[name]), GATE=gate_with("guests"), GUARD_ALL=False)
    got = send(GOOD)
    assert got.message == {"message": "The caller may not use this"}
    assert got.headers["www-authenticate"].startswith("Bearer error=")
    assert got.headers["content-type"] == "application/json"


@pytest.mark.parametrize("name", VIEWS)
def test_without_token_is_refused(project: Project, send: Send, name: str) -> None:
    """A decorated view demands one by itself."""
    project(path("", VIEWS[name]), GATE=gate_with("staff"), GUARD_ALL=False)
    assert send(Sent()).status == 401


@pytest.mark.parametrize("name", VIEWS)
def test_other_methods_of_a_view_answer(
    project: Project, send: Send, name: str
) -> None:
    """What the class has no method for is answered by Django, in either mode."""
    project(path("", VIEWS[name]), GATE=gate_with("staff"))
    sent = Sent.bearer(TOKEN, method="DELETE")
    assert send(sent).status in {200, 405}


@pytest.mark.parametrize(
    ("view", "is_async"), [(show, False), (ashow, True)], ids=["sync", "async"]
)
def test_function_stays_what_it_was(view: Any, *, is_async: bool) -> None:
    """Its name, its text, and whether it is asynchronous."""
    guarded = jwt_required()(view)
    assert (guarded.__name__, guarded.__doc__) == (view.__name__, view.__doc__)
    assert iscoroutinefunction(guarded) is is_async


@pytest.mark.parametrize("name", ["function", "async", "class-Plain", "dispatch-Plain"])
def test_demands_are_noted(name: str) -> None:
    """Where the middleware finds them before the view runs."""
    demands = Requirement(groups=["staff"])
    assert marked(VIEWS[name]) == demands


def test_subclass_of_a_decorated_class_demands_the_same(
    project: Project, send: Send
) -> None:
    """Who inherits a guarded dispatch is guarded by it."""
    sub: Any = type("Sub", (OfClass,), {})
    project(path("", sub.as_view()), GUARD_ALL=False)
    assert send(Sent()).status == 401


def test_public_subclass_of_a_decorated_class_stays_guarded(
    project: Project, send: Send
) -> None:
    """What both open and close is closed."""
    sub: Any = type("Sub", (OfClass,), {})
    project(path("", public(sub).as_view()))
    assert send(Sent()).status == 401


@jwt_required()
class OfClass(Plain):
    """A class that is decorated."""


def test_decorators_add_up(project: Project, send: Send) -> None:
    """Of two, both have to hold."""
    view = jwt_required(consumers=["jack"])(STAFF(show))
    project(path("", view), GATE=gate_with("guests"))
    assert send(GOOD).status == 403


def test_public_route_of_the_gate_opens_no_view_that_demands(
    project: Project, send: Send
) -> None:
    """A view that demands a caller is not open because a path is."""
    gate = Gate(ListStore(), routes=[Route(path="/", public=True)])
    project(path("", jwt_required()(show)), GATE=gate)
    assert send(Sent()).status == 401


def test_alone_behind_a_gate_further_out() -> None:
    """Without middleware and setting, the decorator narrows what that one allows."""
    request: Any = RequestFactory().get(
        "/", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    seen: list[Any] = []

    def app(environ: Any, _start_response: Any) -> list[bytes]:
        inner = RequestFactory(**environ).request(**environ)
        seen.extend([jwt_required()(show)(inner), STAFF(show)(inner)])
        return []

    WSGIGate(app, make_gate())(request.META, _start)
    assert [response.status_code for response in seen] == [200, 403]


def test_public_and_demanding() -> None:
    """A view is one or the other."""
    with pytest.raises(ConfigurationError, match="not both"):
        public(jwt_required()(show))


def test_demands_that_nobody_could_satisfy() -> None:
    """They are told where they are written."""
    with pytest.raises(ConfigurationError, match="groups is empty"):
        jwt_required(groups=[])


def test_class_that_is_no_view() -> None:
    """A class needs a dispatch to be guarded."""
    with pytest.raises(ConfigurationError, match="decorates views"):
        jwt_required()(type("Other", (), {}))


def test_function_that_is_no_view() -> None:
    """Without a request there is nobody to ask for."""
    guarded: Any = jwt_required()(len)
    with pytest.raises(ConfigurationError, match="get a request first"):
        guarded("text")
