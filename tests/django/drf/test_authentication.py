import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from django.urls import include, path
from rest_framework.routers import DefaultRouter
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.throttling import UserRateThrottle

from jwtgate import (
    Consumer,
    Gate,
    Policy,
    Quota,
    RequestView,
    Route,
    authenticate,
)
from jwtgate.django import jwt_required, public
from tests.django.drf.project import (
    BEHIND,
    SESSION,
    Admitted,
    Open,
    SessionFirst,
    SessionLast,
    Show,
    Things,
    show,
)
from tests.django.project import via_asgi
from tests.kit import Got, ListStore, Sent, clock, credential, make_gate, mint

Api = Callable[..., APIClient]
Send = Callable[[Sent], Got]

GUEST = Policy(anonymous=Consumer(username="guest"), realm="shop")
CHALLENGE = 'Bearer realm="shop"'
ALONE_AND_BEHIND = pytest.mark.parametrize(
    "middleware", [[], BEHIND], ids=["alone", "behind"]
)
STARTS = """
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth",
                    "rest_framework", "drf_spectacular", "jwtgate.django"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["jwtgate.django.drf.GateAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["jwtgate.django.drf.IsAdmitted"],
        "EXCEPTION_HANDLER": "jwtgate.django.drf.exception_handler",
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    },
)
django.setup()
from rest_framework.views import APIView
print(APIView.authentication_classes[0].__name__)
"""


class Waiting:
    """A store that only waits."""

    async def afind(self, key: str, kid: str | None = None) -> Any:
        """Find what the other store has."""
        return ListStore(credential()).find(key, kid)


class Slow(UserRateThrottle):
    """One request an hour for each user."""

    rate = "1/hour"


class Throttled(Show):
    """A view that counts its users."""

    throttle_classes = (Slow,)


@public
class Public(Show):
    """A view for everybody; what else it has does not ask who calls."""

    permission_classes = ()


@jwt_required(optional=True)
class Optional(Admitted):
    """A view for whoever has a good token or none."""


def by_name(outcome: Any, _request: Any) -> Any:
    """Give a user for jack alone."""
    is_jack = outcome.consumer.username == "jack"
    return User(pk=7, username="mapped") if is_jack else None


def of_jill() -> tuple[Gate, str]:
    """Give a gate that knows jack and jill, and a header of jill's."""
    jill = credential(consumer=Consumer(username="jill"), key="jill-key")
    return make_gate(credential(), jill), f"Bearer {mint(iss='jill-key')}"


@ALONE_AND_BEHIND
@pytest.mark.parametrize("view", [Show, show], ids=["class", "function"])
def test_caller_is_on_the_request(
    api: Api, token: str, view: Any, middleware: list[str]
) -> None:
    """With or without the middleware, user and auth tell who calls."""
    client = api(view, middleware=middleware)
    seen = client.get("/", HTTP_AUTHORIZATION=token).json()
    assert (seen["user"], seen["auth"]) == ("jack", "jack")
    assert seen["outcome"] == "Authenticated"


def test_caller_of_a_view_set(api: Api, token: str, settings: Any) -> None:
    """View sets behind a router authenticate, too."""
    router = DefaultRouter()
    router.register("things", Things, basename="thing")
    client = api(Show)
    settings.ROOT_URLCONF = (path("", include(router.urls)),)
    seen = client.get("/things/", HTTP_AUTHORIZATION=token).json()
    assert seen["auth"] == "jack"


def test_both_handlers_of_django(api: Api, send: Send) -> None:
    """Under ASGI, where views of the framework run in a thread, it is the same."""
    api(Show, middleware=BEHIND)
    assert send(Sent.bearer(mint())).message["auth"] == "jack"


def test_token_is_verified_once(api: Api, token: str) -> None:
    """What the middleware decided is not decided again."""
    store = ListStore(credential())
    client = api(Show, middleware=BEHIND, GATE=Gate(store, clock=clock))
    client.get("/", HTTP_AUTHORIZATION=token)
    assert len(store.asked) == 1


def test_store_that_only_waits(api: Api) -> None:
    """Behind the middleware, under ASGI, nothing is asked of the store in a thread."""
    api(Show, middleware=BEHIND, GATE=Gate(Waiting(), clock=clock))
    assert via_asgi(Sent.bearer(mint())).message["auth"] == "jack"


def test_gate_further_out(api: Api, token: str, settings: Any) -> None:
    """Without the setting the gate of a middleware of the server decides."""
    api(Show)
    settings.JWTGATE = None
    headers = [(b"authorization", token.encode())]
    found = authenticate(make_gate(), RequestView("GET", headers=headers))
    request = APIRequestFactory().get("/", jwtgate=found)
    assert Show.as_view()(request).data["auth"] == "jack"


def test_without_gate(api: Api, settings: Any) -> None:
    """Neither the setting nor a gate further out is a mistake that says so."""
    api(Show)
    settings.JWTGATE = None
    with pytest.raises(ImproperlyConfigured, match="there is no gate"):
        Show.as_view()(APIRequestFactory().get("/"))


def test_without_token_permissions_choose(api: Api) -> None:
    """A view that anybody may call runs for nobody."""
    seen = api(Open).get("/").json()
    assert (seen["user"], seen["auth"]) == ("AnonymousUser", None)
    assert seen["outcome"] == "Exempt"


@pytest.mark.parametrize(
    "name", ["X-Consumer-ID", "X_Consumer_Username", "x-anonymous-consumer"]
)
@pytest.mark.parametrize("headers", [(), Sent.bearer(mint()).headers])
@ALONE_AND_BEHIND
def test_forged_identity(
    api: Api, send: Send, name: str, headers: Any, middleware: list[str]
) -> None:
    """Identity headers of a client reach no view, not even one for everybody."""
    api(Open, middleware=middleware, GUARD_ALL=False)
    seen = send(Sent(headers=[*headers, (name, "forged")]))
    assert seen.status == 200
    assert b"forged" not in seen.body


@ALONE_AND_BEHIND
def test_refused_token_on_a_view_for_everybody(api: Api, middleware: list[str]) -> None:
    """Whoever sends a token has it verified, or is refused."""
    client = api(Open, middleware=middleware, GUARD_ALL=False)
    response = client.get("/", HTTP_AUTHORIZATION=f"Bearer {mint(iss='other')}")
    assert response.status_code == 401
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_anonymous_consumer_is_nobody(api: Api) -> None:
    """For the framework a consumer that stands in is not logged in."""
    seen = api(Open, GATE=make_gate(policy=GUEST)).get("/").json()
    assert (seen["user"], seen["auth"]) == ("AnonymousUser", None)
    assert seen["outcome"] == "Anonymous"
    assert seen["headers"]["x-consumer-username"] == "guest"


def test_anonymous_consumer_is_not_authenticated(api: Api) -> None:
    """A view for the authenticated asks it for a token."""
    response = api(Show, GATE=make_gate(policy=GUEST)).get("/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == CHALLENGE


@pytest.mark.parametrize("view", [SessionFirst, SessionLast])
def test_session_where_no_token_came(api: Api, view: Any) -> None:
    """Another class of authentication has its turn."""
    seen = api(view, middleware=SESSION).get("/").json()
    assert (seen["user"], seen["auth"]) == ("sam", None)


def test_token_before_session(api: Api, token: str) -> None:
    """The class that comes first decides."""
    client = api(SessionLast, middleware=SESSION)
    assert client.get("/", HTTP_AUTHORIZATION=token).json()["user"] == "jack"


def test_refusal_stays_401_behind_sessions(api: Api) -> None:
    """A class without a challenge that comes first makes no 403 of a refusal."""
    client = api(SessionFirst, rest={})
    response = client.get("/", HTTP_AUTHORIZATION="Bearer x")
    assert response.status_code == 401
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_user_of_the_project(api: Api, token: str) -> None:
    """Where the setting maps callers to users, that is the user."""
    client = api(Show, USER=by_name)
    seen = client.get("/", HTTP_AUTHORIZATION=token).json()
    assert (seen["user"], seen["auth"]) == ("mapped", "jack")


def test_caller_who_is_no_user(api: Api) -> None:
    """A caller for whom the setting has no user is not authenticated as one."""
    gate, header = of_jill()
    client = api(Show, GATE=gate, USER=by_name)
    assert client.get("/", HTTP_AUTHORIZATION=header).status_code == 403


def test_caller_who_is_no_user_where_there_are_none(api: Api) -> None:
    """The framework's setting says what nobody is."""
    gate, header = of_jill()
    client = api(Open, GATE=gate, USER=by_name, rest={"UNAUTHENTICATED_USER": None})
    seen = client.get("/", HTTP_AUTHORIZATION=header).json()
    assert (seen["user"], seen["auth"]) == ("None", "jill")


@ALONE_AND_BEHIND
@pytest.mark.parametrize("header", ["", "Bearer x"], ids=["none", "bad"])
def test_public_view(api: Api, header: str, middleware: list[str]) -> None:
    """Of a view that is public no token is asked, nor looked at."""
    client = api(Public, middleware=middleware)
    seen = client.get("/", HTTP_AUTHORIZATION=header)
    assert (seen.status_code, seen.json()["outcome"]) == (200, "Exempt")


@ALONE_AND_BEHIND
def test_public_route_is_counted_once(api: Api, middleware: list[str]) -> None:
    """A quota of a public route counts a request once, whoever asks the gate."""
    hourly = Policy(quota=Quota(rates="1/h", aligned=True))
    routes = [Route(path="/*", public=True, policy=hourly)]
    gate = Gate(ListStore(), routes=routes, clock=clock)
    client = api(Open, middleware=middleware, GATE=gate)
    assert [client.get("/").status_code for _ in "12"] == [200, 429]


@ALONE_AND_BEHIND
def test_view_for_callers_with_a_token_or_none(api: Api, middleware: list[str]) -> None:
    """What a decorator demands of a class holds, with the words of all adapters."""
    client = api(Optional, middleware=middleware)
    assert client.get("/").status_code == 200
    assert client.get("/", HTTP_AUTHORIZATION="Bearer x").status_code == 401


def test_throttle_of_users(api: Api, token: str) -> None:
    """Consumers are counted each for itself."""
    gate, header = of_jill()
    client = api(Throttled, GATE=gate)
    headers = [token, header, token]
    responses = [client.get("/", HTTP_AUTHORIZATION=each) for each in headers]
    assert [each.status_code for each in responses] == [200, 200, 429]


def test_challenge_without_our_handler(api: Api) -> None:
    """The framework's own handler asks for a token with the realm of the gate."""
    client = api(Show, rest={}, GATE=make_gate(policy=Policy(realm="shop")))
    response = client.get("/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == CHALLENGE


@pytest.mark.parametrize(
    ("header", "status"), [("", 401), (f"Bearer {mint()}", 200)], ids=["none", "good"]
)
def test_browsable_api(api: Api, header: str, status: int) -> None:
    """Pages for people show callers, and refusals."""
    client = api(Show)
    response = client.get("/", HTTP_ACCEPT="text/html", HTTP_AUTHORIZATION=header)
    assert response.status_code == status
    assert b"<html>" in response.content


def test_options_describe_a_view(api: Api, token: str) -> None:
    """The framework's description of a view is for those who may call it."""
    client = api(Show)
    assert client.options("/").status_code == 401
    assert client.options("/", HTTP_AUTHORIZATION=token).json()["name"] == "Show"


def test_body_is_read_after_the_gate(api: Api, token: str) -> None:
    """The gate leaves the body to the view."""
    client = api(Show, middleware=BEHIND)
    sent = client.post("/", {"a": 1}, format="json", HTTP_AUTHORIZATION=token)
    assert sent.json()["data"] == {"a": 1}


def test_settings_name_what_imports_the_framework() -> None:
    """A project starts whose defaults are all ours."""
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-W", "error", "-c", STARTS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("GateAuthentication\n", "")
