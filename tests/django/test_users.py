import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User, UserManager
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from jwtgate import Anonymous, Authenticated, Consumer, Exempt, Policy, Reason
from jwtgate.django import by_username, jwt_required, public
from jwtgate.django.users import map_user
from tests.kit import Got, Sent, jack, make_gate, mint

Project = Callable[..., None]
Send = Callable[[Sent], Got]

GOOD = Sent.bearer(mint())
SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
LOGIN_REQUIRED = "django.contrib.auth.middleware.LoginRequiredMiddleware"
BEFORE = [SESSIONS, AUTHENTICATION]
NOBODY = RequestFactory().get("/")


class Member:
    """A user of a project whose users are no models."""

    is_authenticated = True

    def __init__(self, name: str) -> None:
        self.name = name


def member(outcome: Authenticated | Anonymous, _request: HttpRequest) -> Member | None:
    """Find the member that a consumer is; guests are none."""
    name = outcome.consumer.username
    return None if name is None or name == "guest" else Member(name)


def show(request: Any) -> HttpResponse:
    """Tell the user."""
    return HttpResponse(getattr(request.user, "name", "nobody"))


async def ashow(request: Any) -> HttpResponse:
    """Tell the user, asynchronously."""
    return HttpResponse(getattr(await request.auser(), "name", "nobody"))


def caller(**fields: Any) -> Authenticated:
    """Make the outcome of a verified consumer."""
    view: Any = None
    claims: Any = {}
    return Authenticated(jack(**fields), view, claims, claims, (), (), make_gate())


def add_user(name: str = "jack", **fields: Any) -> User:
    """Add a user to the database."""
    return User.objects.create(username=name, **fields)


@pytest.mark.django_db
def test_user_of_the_same_name() -> None:
    """The user whose username is the consumer's."""
    user = add_user()
    assert by_username(caller(), NOBODY) == user


@pytest.mark.django_db
def test_no_user_of_that_name() -> None:
    """There need not be one."""
    assert by_username(caller(), NOBODY) is None


@pytest.mark.django_db
def test_consumer_without_username() -> None:
    """One that has a custom_id alone is no user."""
    add_user("495aec6a")
    assert by_username(caller(username=None), NOBODY) is None


@pytest.mark.django_db
def test_consumer_and_user_without_username(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a column that a user may lack, such as a phone number, none equals none."""
    monkeypatch.setattr(User, "USERNAME_FIELD", "last_login")
    add_user()
    assert by_username(caller(username=None), NOBODY) is None


@pytest.mark.django_db
def test_user_that_is_not_active() -> None:
    """Django keeps such a user from logging in; so do tokens."""
    add_user(is_active=False)
    assert by_username(caller(), NOBODY) is None


@pytest.mark.django_db
def test_username_that_an_issuer_chose() -> None:
    """One whom a claim names could be named "admin" by its issuer."""
    add_user()
    assert by_username(caller(issuer="https://issuer.example"), NOBODY) is None


@pytest.mark.django_db
def test_anonymous_consumer_is_no_user() -> None:
    """Nobody was verified, though there is a user of that name."""
    add_user()
    outcome = Anonymous(jack(), Reason.TOKEN_MISSING, (), (), make_gate())
    assert by_username(outcome, NOBODY) is None


@pytest.mark.django_db
@pytest.mark.parametrize("names", [["Jack"], ["Jack", "JACK"]], ids=["one", "two"])
def test_username_in_another_case(
    names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database or a manager that ignores case finds somebody else."""

    def ignoring_case(self: Any, name: str | None) -> Any:
        return self.get(username__iexact=name)

    monkeypatch.setattr(UserManager, "get_by_natural_key", ignoring_case)
    for name in names:
        add_user(name)
    assert by_username(caller(), NOBODY) is None


@pytest.mark.parametrize("view", [show, ashow], ids=["user", "auser"])
def test_user_is_on_the_request(project: Project, send: Send, view: Any) -> None:
    """Where users of Django look, in both modes."""
    project(path("", view), USER=member)
    assert send(GOOD).body == b"jack"


@pytest.mark.parametrize("view", [show, ashow], ids=["user", "auser"])
def test_user_of_a_decorated_view(project: Project, send: Send, view: Any) -> None:
    """Also where only decorated views ask who calls."""
    project(path("", jwt_required()(view)), USER=member, GUARD_ALL=False)
    assert send(GOOD).body == b"jack"


@pytest.mark.django_db
@pytest.mark.parametrize("view", [show, ashow], ids=["user", "auser"])
@pytest.mark.parametrize("outside", [[], BEFORE], ids=["alone", "sessions"])
def test_user_that_is_not_found(
    project: Project, send: Send, view: Any, outside: list[str]
) -> None:
    """It is who it was before: by the session, or Django's anonymous user."""
    policy = Policy(anonymous=Consumer(username="guest"))
    gate = make_gate(policy=policy)
    project(path("", view), outside=outside, USER=member, GATE=gate)
    assert send(Sent()).body == b"nobody"


def test_without_the_setting_no_user_is_mapped(project: Project, send: Send) -> None:
    """Users are the project's own then."""

    def has_user(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(hasattr(request, "user")))

    project(path("", has_user))
    assert send(GOOD).body == b"False"


def test_public_view_has_no_user(project: Project, send: Send) -> None:
    """Nobody calls there."""

    @public
    def has_user(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(hasattr(request, "user")))

    project(path("", has_user), USER=member)
    assert send(GOOD).body == b"False"


@pytest.mark.parametrize("guards_all", [True, False], ids=["guarded", "decorated"])
@pytest.mark.parametrize("view", [show, ashow], ids=["sync", "async"])
@pytest.mark.django_db(transaction=True)
def test_login_required_knows_the_caller(
    project: Project, send: Send, view: Any, *, guards_all: bool
) -> None:
    """Django's own guard lets pass whom the gate let pass."""
    views = path("", jwt_required()(view))
    inside = [LOGIN_REQUIRED]
    project(views, outside=BEFORE, inside=inside, USER=member, GUARD_ALL=guards_all)
    assert send(GOOD).body == b"jack"


@pytest.mark.django_db
def test_user_is_looked_up_once_and_late() -> None:
    """A view that does not ask for its user costs no query."""
    asked: list[object] = []

    def find(outcome: Authenticated | Anonymous, _request: HttpRequest) -> Member:
        asked.append(outcome)
        return Member("jack")

    request: Any = RequestFactory().get("/")
    map_user(request, caller(), find)
    assert asked == []
    assert (request.user.name, asyncio.run(request.auser()).name) == ("jack", "jack")
    assert len(asked) == 1


def test_user_follows_the_outcome() -> None:
    """Where a later outcome of a request is nobody's, so is its user."""
    request: Any = RequestFactory().get("/")
    request.user = Member("before")
    map_user(request, caller(), member)
    assert request.user.name == "jack"
    map_user(request, Exempt("public", None, make_gate()), member)
    assert request.user.name == "before"
