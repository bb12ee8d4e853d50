from collections.abc import Callable
from typing import NoReturn

import pytest
from rest_framework.exceptions import NotAuthenticated, PermissionDenied, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from jwtgate import Access, Answer, Consumer, Gate, Policy, Quota, Route
from jwtgate.django.drf import GateAuthentication, exception_handler
from tests.django.drf.project import (
    BEHIND,
    Admitted,
    Open,
    SessionFirst,
    SessionOnly,
    Show,
)
from tests.kit import Got, ListStore, Sent, clock, make_gate, mint
from tests.kit import via_wsgi as via_middleware

Api = Callable[..., APIClient]

GOOD = Sent.bearer(mint())
NOT_JACK = Access(deny_consumers=["jack"])
GUEST = Consumer(username="guest")
JSON = "application/json"
# What no framework has a part in.
COMPARED = (
    "www-authenticate",
    "cache-control",
    "retry-after",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "x-ratelimit-limit-hour",
    "x-ratelimit-remaining-hour",
)


class Down:
    """A store that is out of reach."""

    blocking = False

    def find(self, *_: object, **__: object) -> NoReturn:
        """Fail."""
        raise OSError


class Raising(Open):
    """A view that fails."""

    def get(self, _request: Request) -> Response:
        """Ask for another login."""
        raise NotAuthenticated


def used_up() -> Gate:
    """Make a gate whose quota is used up."""
    gate = make_gate(policy=Policy(quota=Quota(rates="1/h", per=(), aligned=True)))
    assert via_middleware(gate, GOOD).status == 200
    return gate


def denying(answer: Answer | None = None) -> Gate:
    """Make a gate that does not let jack in."""
    access = Access(deny_consumers=["jack"], answer=answer)
    return make_gate(policy=Policy(access=access))


COOKIES = Policy(cookie_names=("jwt",))
CROSS_SITE = Sent(
    method="POST",
    headers=[("Cookie", f"jwt={mint()}"), ("Sec-Fetch-Site", "cross-site")],
)
CASES: dict[str, tuple[Callable[[], Gate], Sent]] = {
    "no token": (make_gate, Sent()),
    "no token, realm": (lambda: make_gate(policy=Policy(realm="shop")), Sent()),
    "malformed": (make_gate, Sent.bearer("x")),
    "expired": (make_gate, Sent.bearer(mint(exp=1))),
    "unknown key": (make_gate, Sent.bearer(mint(iss="other"))),
    "bad signature": (make_gate, Sent.bearer(mint(secret="other" * 20))),
    "barred": (denying, GOOD),
    "cross site": (lambda: make_gate(policy=COOKIES), CROSS_SITE),
    "over quota": (used_up, GOOD),
    "store down": (lambda: Gate(Down(), clock=clock), GOOD),
    "kong": (lambda: make_gate(policy=Policy.kong()), Sent()),
    "apisix": (lambda: make_gate(policy=Policy.apisix()), Sent()),
    "message": (lambda: denying(Answer(status=403, message="Go")), GOOD),
    "teapot": (lambda: denying(Answer(status=418, message="Go")), GOOD),
}


@pytest.mark.parametrize("middleware", [[], BEHIND], ids=["alone", "behind"])
@pytest.mark.parametrize("view", [Show, Admitted])
@pytest.mark.parametrize(("make", "sent"), CASES.values(), ids=CASES)
def test_refusal_is_that_of_the_gate(
    api: Api,
    send: Callable[[Sent], Got],
    make: Callable[[], Gate],
    sent: Sent,
    view: type[APIView],
    middleware: list[str],
) -> None:
    """Status, headers and text are those of the middleware of a server."""
    expected = via_middleware(make(), sent)
    api(view, middleware=middleware, GUARD_ALL=False, GATE=make())
    got = send(sent)
    assert (got.status, got.headers["content-type"]) == (expected.status, JSON)
    assert _compared(got) == _compared(expected)
    text = expected.message.get("message", expected.message)
    assert got.message == {"detail": text}


def _compared(got: Got) -> dict[str, str]:
    return {n: text for n, text in got.headers.items() if n in COMPARED}


def test_claims_of_kong(api: Api) -> None:
    """Where a gateway names each claim that fails, all of them are the detail."""
    gate = make_gate(policy=Policy.kong(claims_to_verify=("exp",)))
    response = api(Show, GATE=gate).get("/", HTTP_AUTHORIZATION=f"Bearer {mint(exp=1)}")
    assert response.json() == {"detail": {"exp": "token expired"}}


def test_body_of_an_answer(api: Api) -> None:
    """A body that a policy has for a refusal is the detail."""
    answer = Answer(status=403, body="<p>No</p>", content_type="text/html")
    client = api(Show, GATE=denying(answer))
    response = client.get("/", HTTP_AUTHORIZATION=GOOD.headers[0][1])
    assert response.json() == {"detail": "<p>No</p>"}


def test_answer_without_content(api: Api) -> None:
    """A status that has no content gets none."""
    client = api(Show, GATE=denying(Answer(status=204)))
    response = client.get("/", HTTP_AUTHORIZATION=GOOD.headers[0][1])
    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response


def test_report_mode_tells_what_would_have_been_said(api: Api) -> None:
    """A view for the authenticated refuses, with the refusal that was reported."""
    gate = make_gate(policy=Policy(mode="report"))
    response = api(Show, GATE=gate).get("/", HTTP_AUTHORIZATION="Bearer x")
    assert response.status_code == 401
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_anonymous_for_a_bad_token_tells_of_it(api: Api) -> None:
    """A view for the authenticated says why a token was not good enough."""
    policy = Policy(anonymous=GUEST, anonymous_for="any")
    client = api(Show, GATE=make_gate(policy=policy))
    response = client.get("/", HTTP_AUTHORIZATION="Bearer x")
    assert response.json() == {"detail": "The token is malformed"}


@pytest.mark.parametrize("middleware", [[], BEHIND], ids=["alone", "behind"])
def test_realm_of_a_route(api: Api, middleware: list[str]) -> None:
    """A route that has a policy of its own asks for a token in its own words."""
    route = Route(path="/", policy=Policy(realm="admin"))
    gate = Gate(ListStore(), routes=[route], clock=clock)
    response = api(Show, middleware=middleware, GATE=gate).get("/")
    assert response["WWW-Authenticate"] == 'Bearer realm="admin"'


def test_report_mode_asks_for_a_token(api: Api) -> None:
    """So it does of whoever sent none."""
    response = api(Show, GATE=make_gate(policy=Policy(mode="report"))).get("/")
    assert response.json() == {"detail": "A bearer token is required"}


def test_missing_token_behind_sessions(api: Api) -> None:
    """A token is asked for, though a class without a challenge comes first."""
    response = api(SessionFirst).get("/")
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")


def test_view_of_sessions_is_the_frameworks(api: Api) -> None:
    """Where the gate does not authenticate, it asks for no token."""
    response = api(SessionOnly, middleware=BEHIND, GUARD_ALL=False).get("/")
    assert response.status_code == 403
    assert "WWW-Authenticate" not in response


def test_view_that_wants_another_login(api: Api) -> None:
    """What a view says of a caller with a good token stays as it is."""
    client = api(Raising)
    response = client.get("/", HTTP_AUTHORIZATION=GOOD.headers[0][1])
    assert response.json()["detail"] == NotAuthenticated.default_detail


@pytest.mark.parametrize(
    ("error", "status"),
    [(PermissionDenied(), 403), (Throttled(wait=3), 429), (NotAuthenticated(), 401)],
)
def test_other_exceptions_are_the_frameworks(error: Exception, status: int) -> None:
    """Without a request, too, the rest is answered as ever."""
    response = exception_handler(error, {})
    assert response is not None
    assert response.status_code == status
    assert "Cache-Control" not in response


def test_not_decided_is_the_frameworks() -> None:
    """Before the gate was asked there is nothing of it to say."""
    plain = APIRequestFactory().get("/")
    request = Request(plain, authenticators=[GateAuthentication()])
    response = exception_handler(NotAuthenticated(), {"request": request})
    assert response is not None
    assert response.data["detail"] == NotAuthenticated.default_detail


def test_foreign_exceptions_are_not_answered() -> None:
    """An error of a view stays an error."""
    assert exception_handler(ValueError(), {}) is None
