from collections.abc import Callable
from typing import Any

import pytest
from django.urls import path
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.schemas.openapi import SchemaGenerator
from rest_framework.test import APIClient

from jwtgate import (
    ConfigurationError,
    Consumer,
    Gate,
    Policy,
    RequestView,
    Route,
    authenticate,
)
from jwtgate.django import jwt_required, public
from jwtgate.django.drf import requires
from tests.django.drf.project import (
    BEHIND,
    SESSION,
    Admitted,
    SessionLast,
    SessionOnly,
    demanding,
)
from tests.kit import ListStore, credential, jack, make_gate, mint

Api = Callable[..., APIClient]

READER = f"Bearer {mint(scope='read')}"
WRITER = f"Bearer {mint(scope='read write')}"
GUEST = Policy(anonymous=Consumer(username="guest", groups=["visitors"]))
IN_GROUP = make_gate(credential(consumer=jack(groups=["gold"])))
DEMANDS: dict[str, Any] = {
    "consumers": {"consumers": ["jack"]},
    "groups": {"groups": ["gold", "silver"]},
    "scopes": {"scopes": ["read"]},
    "when": {"when": lambda claims: claims["scope"] == "read"},
    "nothing more": {},
}
UNMET: dict[str, Any] = {
    "consumers": {"consumers": ["jill"]},
    "groups": {"groups": ["silver"]},
    "scopes": {"scopes": ["write"]},
    "when": {"when": lambda claims: claims["none"]},
}
FORBIDDEN = "The caller may not use this", "The token does not grant this"
PREFLIGHT = {"Origin": "https://p.example", "Access-Control-Request-Method": "GET"}


class ReadOnly(BasePermission):
    """Whoever only reads."""

    def has_permission(self, request: Request, view: object) -> bool:  # noqa: ARG002 - what it calls
        """Whether the method is safe."""
        return request.method in SAFE_METHODS


class Nobody(BasePermission):
    """Nobody at all."""

    def has_permission(self, *_: object) -> bool:
        """Deny."""
        return False


@public
class Public(Admitted):
    """A view for everybody, by its decorator."""


@jwt_required(optional=True)
class Optional(Admitted):
    """A view for whoever has a good token or none."""


@pytest.mark.parametrize("demands", DEMANDS.values(), ids=DEMANDS)
def test_demands_are_met(api: Api, demands: Any) -> None:
    """Who is what a view demands gets in."""
    client = api(demanding(requires(**demands)), GATE=IN_GROUP)
    assert client.get("/", HTTP_AUTHORIZATION=READER).status_code == 200


@pytest.mark.parametrize("demands", UNMET.values(), ids=UNMET)
def test_demands_are_not_met(api: Api, demands: Any) -> None:
    """Who is not gets 403, with the text of all adapters."""
    client = api(demanding(requires(**demands)), GATE=IN_GROUP)
    response = client.get("/", HTTP_AUTHORIZATION=READER)
    assert response.status_code == 403
    assert response.json()["detail"] in FORBIDDEN


def test_scope_is_in_the_challenge(api: Api) -> None:
    """The challenge names the scopes that a token would need."""
    client = api(demanding(requires(scopes=["write"])))
    response = client.get("/", HTTP_AUTHORIZATION=READER)
    assert 'error="insufficient_scope"' in response["WWW-Authenticate"]
    assert response["WWW-Authenticate"].endswith('scope="write"')


def test_without_token_is_401(api: Api) -> None:
    """Whoever sent no token is asked for one."""
    response = api(demanding(requires(scopes=["read"]))).get("/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json() == {"detail": "A bearer token is required"}


def test_text_without_our_handler(api: Api) -> None:
    """The framework's own handler answers with status and text of the refusal."""
    client = api(demanding(requires(consumers=["jill"])), rest={})
    response = client.get("/", HTTP_AUTHORIZATION=READER)
    refused = api(demanding(requires(consumers=["jill"])))
    same = refused.get("/", HTTP_AUTHORIZATION=READER)
    assert (response.status_code, response.json()) == (403, same.json())


def test_anonymous_consumer_in_a_group(api: Api) -> None:
    """The consumer that stands in may be what a view demands."""
    client = api(demanding(requires(groups=["visitors"])), GATE=make_gate(policy=GUEST))
    assert client.get("/").status_code == 200


def test_anonymous_consumer_is_asked_for_a_token(api: Api) -> None:
    """Where it is not, a token would help: 401."""
    client = api(demanding(requires(groups=["gold"])), GATE=make_gate(policy=GUEST))
    response = client.get("/")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "permission",
    [requires(scopes=["write"]) | ReadOnly, ReadOnly | requires(scopes=["write"])],
    ids=["first", "last"],
)
@pytest.mark.parametrize(
    ("method", "header", "status"),
    [
        ("get", READER, 200),
        ("get", "", 200),
        ("post", READER, 403),
        ("post", WRITER, 200),
        ("post", "", 401),
    ],
)
def test_one_of_several(
    api: Api, permission: Any, method: str, header: str, status: int
) -> None:
    """With ``|`` another permission may let in whom this one does not."""
    client = api(demanding(permission))
    response = client.generic(method.upper(), "/", HTTP_AUTHORIZATION=header)
    assert response.status_code == status


@pytest.mark.parametrize(("header", "status"), [(READER, 403), (WRITER, 200)])
def test_all_of_several(api: Api, header: str, status: int) -> None:
    """With ``&`` every permission has to let in."""
    both = requires(scopes=["read"]) & requires(scopes=["write"])
    response = api(demanding(both)).get("/", HTTP_AUTHORIZATION=header)
    assert response.status_code == status


def test_permission_that_did_not_count_leaves_no_trace(api: Api) -> None:
    """Who came in otherwise is who calls, and no refusal is on the request."""
    client = api(demanding(requires(scopes=["write"]) | ReadOnly))
    seen = client.get("/", HTTP_AUTHORIZATION=READER).json()
    assert (seen["auth"], seen["outcome"]) == ("jack", "Authenticated")


def test_other_permission_refuses_in_its_own_words(api: Api) -> None:
    """No challenge of ours is on what another permission refuses."""
    client = api(demanding(requires(scopes=["write"]) | ReadOnly, Nobody))
    response = client.get("/", HTTP_AUTHORIZATION=READER)
    assert response.status_code == 403
    assert "WWW-Authenticate" not in response


def test_opposite() -> None:
    """``~`` would let in callers without a token, so there is none."""
    with pytest.raises(ConfigurationError, match="sends no token"):
        ~requires(groups=["blocked"])


def test_demands_that_nobody_could_satisfy() -> None:
    """An empty list is a mistake, found where the view is written."""
    with pytest.raises(ConfigurationError, match="groups is empty"):
        requires(groups=[])


def test_session_is_no_token(api: Api) -> None:
    """Who is logged in otherwise is not what is demanded of a token."""
    view = demanding(requires(scopes=["read"]), base=SessionLast)
    response = api(view, middleware=SESSION).get("/")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert response.json() == {"detail": "A bearer token is required"}


@pytest.mark.parametrize(("header", "status"), [(READER, 403), (WRITER, 200)])
def test_view_that_does_not_authenticate_by_the_gate(
    api: Api, header: str, status: int
) -> None:
    """Behind the middleware demands hold there, too, and nobody has to log in."""
    view = demanding(requires(scopes=["write"]), base=SessionOnly)
    response = api(view, middleware=BEHIND).get("/", HTTP_AUTHORIZATION=header)
    assert response.status_code == status


@pytest.mark.parametrize(("header", "status"), [("", 200), (READER, 403)])
def test_optional(api: Api, header: str, status: int) -> None:
    """Without a token nobody gets in, with one the rest holds."""
    client = api(demanding(requires(optional=True, scopes=["write"])))
    assert client.get("/", HTTP_AUTHORIZATION=header).status_code == status


def test_report_mode(api: Api) -> None:
    """A refusal that is only reported lets pass."""
    gate = make_gate(policy=Policy(mode="report"))
    client = api(demanding(requires(scopes=["read"])), GATE=gate)
    assert client.get("/").status_code == 200


def test_predicate_that_fails_refuses(api: Api) -> None:
    """A claim that a token lacks is no 500."""
    client = api(demanding(requires(when=lambda claims: claims["none"] is True)))
    assert client.get("/", HTTP_AUTHORIZATION=READER).status_code == 403


def test_page_for_people(api: Api) -> None:
    """The browsable page asks what forms to show for a caller who may not write."""
    view = demanding(requires(scopes=["write"]) | ReadOnly)
    response = api(view).get("/", HTTP_ACCEPT="text/html", HTTP_AUTHORIZATION=READER)
    assert response.status_code == 200
    assert b"HTTP 200" in response.content


def test_forced_authentication(api: Api) -> None:
    """A test may hand an outcome to the framework's own client."""
    headers = [(b"authorization", READER.encode())]
    caller: Any = authenticate(make_gate(), RequestView("GET", headers=headers))
    client = api(demanding(requires(scopes=["read"])))
    client.force_authenticate(user=None, token=caller)
    assert client.get("/").json()["auth"] == "jack"


@pytest.mark.parametrize("middleware", [[], BEHIND], ids=["alone", "behind"])
@pytest.mark.parametrize(
    ("view", "gate"),
    [
        pytest.param(Admitted, make_gate(policy=GUEST), id="anonymous"),
        pytest.param(Admitted, make_gate(policy=Policy(mode="report")), id="report"),
        pytest.param(
            Admitted,
            Gate(ListStore(), routes=[Route(path="/", public=True)]),
            id="route",
        ),
        pytest.param(Public, make_gate(), id="decorator"),
        pytest.param(Optional, make_gate(), id="optional"),
    ],
)
def test_gate_admits(api: Api, view: Any, gate: Gate, middleware: list[str]) -> None:
    """What the gate lets pass without a token gets in."""
    client = api(view, middleware=middleware, GATE=gate)
    assert client.get("/").status_code == 200


def test_gate_admits_preflights(api: Api) -> None:
    """A preflight that the gate exempts is answered."""
    gate = make_gate(policy=Policy(run_on_preflight=False))
    client = api(Admitted, GATE=gate)
    assert client.options("/", headers=PREFLIGHT).status_code == 200


@pytest.mark.parametrize("middleware", [[], BEHIND], ids=["alone", "behind"])
def test_gate_admits_nobody_without_token(api: Api, middleware: list[str]) -> None:
    """Else whoever sent no token is asked for one."""
    response = api(Admitted, middleware=middleware).get("/")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_gate_admits_callers(api: Api) -> None:
    """A good token gets in."""
    assert api(Admitted).get("/", HTTP_AUTHORIZATION=READER).json()["auth"] == "jack"


def test_public_page_about_other_views(api: Api) -> None:
    """A schema lists what its reader may call, though anybody may read it."""

    @public
    class Schema(Admitted):
        def get(self, request: Request) -> Response:
            generator = SchemaGenerator(patterns=[path("other", Admitted.as_view())])
            return Response(list(generator.get_schema(request)["paths"]))

    client = api(Schema)
    assert client.get("/").json() == []
    assert client.get("/", HTTP_AUTHORIZATION=READER).json() == ["/other"]
