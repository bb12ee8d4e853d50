import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory, RequestFactory, override_settings

from jwtgate import (
    Answer,
    Authenticated,
    Consumer,
    Denied,
    Exempt,
    Gate,
    Outcome,
    Policy,
    Quota,
    RequestView,
    Route,
    authenticate,
)
from jwtgate.django import deciding
from jwtgate.requirement import Requirement
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.kit import ListStore, clock, credential, make_gate, mint

Make = Callable[..., HttpRequest]

TOKEN = mint()
BEARER = {"Authorization": f"Bearer {TOKEN}"}
STAFF = Requirement(groups=["staff"])
OPTIONAL = Requirement(optional=True)
HOURLY = Policy(quota=Quota(rates="2/h", aligned=True))


def _start(*_: Any) -> Any:
    """Begin no response."""


@pytest.fixture(params=[RequestFactory, AsyncRequestFactory], ids=["wsgi", "asgi"])
def make(request: pytest.FixtureRequest) -> Make:
    """Make a request as either handler does."""

    def generic(path: str = "/", method: str = "GET", **more: Any) -> HttpRequest:
        made: HttpRequest = request.param().generic(method, path, **more)
        return made

    return generic


@pytest.fixture(params=["decide", "adecide"])
def decide(request: pytest.FixtureRequest) -> Callable[..., Outcome]:
    """Decide in either way."""

    def adecide(*args: Any) -> Outcome:
        return asyncio.run(deciding.adecide(*args))

    return deciding.decide if request.param == "decide" else adecide


def use(settings: Any, *routes: Route, policy: Policy | None = None) -> ListStore:
    """Set a gate; give its store."""
    store = ListStore(credential())
    settings.JWTGATE = {"GATE": Gate(store, policy, routes=routes, clock=clock)}
    return store


def test_outcome_is_on_the_request(settings: Any, make: Make, decide: Any) -> None:
    """Where users of Django look."""
    use(settings)
    request: Any = make(headers=BEARER)
    outcome = decide(request)
    assert isinstance(outcome, Authenticated)
    assert request.jwtgate is outcome
    assert request.META["HTTP_X_CONSUMER_USERNAME"] == "jack"


def test_outcome_is_reused(settings: Any, make: Make, decide: Any) -> None:
    """What stands is not verified twice, also where more is demanded."""
    store = use(settings)
    request = make(headers=BEARER)
    first = decide(request)
    assert decide(request, Requirement(authenticated=True)) is first
    assert len(store.asked) == 1


def test_demands_are_held_to(settings: Any, make: Make, decide: Any) -> None:
    """A caller who lacks what a view demands is refused, though known."""
    use(settings)
    request: Any = make(headers=BEARER)
    decide(request)
    assert isinstance(decide(request, STAFF), Denied)
    assert isinstance(request.jwtgate, Denied)


@pytest.mark.parametrize("demands", [None, OPTIONAL], ids=["none", "optional"])
def test_question_is_asked_once(
    settings: Any, make: Make, decide: Any, demands: Requirement | None
) -> None:
    """The same question about one request has the answer that it had."""
    use(settings)
    request = make()
    assert decide(request, demands) is decide(request, demands)


def test_report_is_logged_once(
    settings: Any, make: Make, decide: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """By the middleware; the decorator asks the same."""
    use(settings, policy=Policy(mode="report"))
    request = make()
    with caplog.at_level(logging.INFO, "jwtgate"):
        assert decide(request) is decide(request)
    assert len(caplog.records) == 1


def test_another_question_is_asked(settings: Any, make: Make, decide: Any) -> None:
    """What passes as optional for one view does not for the next."""
    use(settings)
    request = make()
    assert isinstance(decide(request, OPTIONAL), Exempt)
    assert isinstance(decide(request), Denied)


def test_another_path_is_another_question(
    settings: Any, make: Make, decide: Any
) -> None:
    """A middleware that changes the path leaves no public route's answer behind."""
    use(settings, Route(path="/health", public=True))
    request = make("/health")
    assert isinstance(decide(request), Exempt)
    request.path_info = "/orders"
    assert isinstance(decide(request), Denied)


def test_another_method_is_another_question(
    settings: Any, make: Make, decide: Any
) -> None:
    """Nor does one that changes the method."""
    use(settings, Route(path="/a", methods=["GET"], public=True))
    request = make("/a")
    assert isinstance(decide(request), Exempt)
    request.method = "DELETE"
    assert isinstance(decide(request), Denied)


def test_method_is_as_it_came(settings: Any, make: Make, decide: Any) -> None:
    """Django writes it in capitals; "get" with a cookie is unsafe to the gate."""
    use(settings, policy=Policy(cookie_names=("jwt",)))
    cookie = {"Cookie": f"jwt={TOKEN}", "Sec-Fetch-Site": "cross-site"}
    assert isinstance(decide(make(method="GET", headers=cookie)), Authenticated)
    assert isinstance(decide(make(method="get", headers=cookie)), Denied)


@pytest.mark.parametrize("path", ["/café", "/日本"], ids=["latin", "wide"])
def test_path_beyond_ascii(settings: Any, decide: Any, path: str) -> None:
    """The gate reads it as Django does, which decodes that of WSGI in place."""
    use(settings, Route(path=path, public=True))
    assert isinstance(decide(RequestFactory().get(path)), Exempt)


def test_path_that_is_no_utf_8(settings: Any, decide: Any) -> None:
    """With routes in force nobody can say which path it is."""
    use(settings, Route(path="/a", public=True))
    assert decide(RequestFactory().get("/caf%E9")).status == 400


@pytest.mark.parametrize(
    "root", ["", "/shop", "/shop/"], ids=["none", "mount", "slash"]
)
def test_path_is_that_below_the_mount(settings: Any, decide: Any, root: str) -> None:
    """As a server or Django's setting says; also the second time."""
    use(settings, Route(path="/a", public=True))
    with override_settings(FORCE_SCRIPT_NAME=root or None):
        request = RequestFactory().get("/a")
        assert isinstance(decide(request), Exempt)
        assert isinstance(decide(request, OPTIONAL), Exempt)


def test_path_is_that_below_the_servers_mount(settings: Any, decide: Any) -> None:
    """What a server says of the mount is not part of the path, however often asked."""
    use(settings, Route(path="/a", public=True))
    request = RequestFactory(SCRIPT_NAME="/shop/").get("/a")
    assert isinstance(decide(request), Exempt)
    assert isinstance(decide(request, OPTIONAL), Exempt)


def test_outcome_of_the_gate_further_out(settings: Any) -> None:
    """A mount between the two changes no policy, so the outcome is reused."""
    store = use(settings)
    seen: list[Outcome] = []

    def app(environ: Any, _start_response: Any) -> list[bytes]:
        below = {**environ, "SCRIPT_NAME": "/shop", "PATH_INFO": "/a"}
        request = RequestFactory(**below).request(**below)
        seen.append(deciding.decide(request))
        return []

    environ = RequestFactory().get("/shop/a", headers=BEARER).META
    WSGIGate(app, settings.JWTGATE["GATE"])({**environ}, _start)
    assert isinstance(seen[0], Authenticated)
    assert len(store.asked) == 1


def test_a_gate_around_the_project_counts_nobody_once(settings: Any) -> None:
    """A public route's quota is one, too."""
    public = Route(path="/", public=True, policy=HOURLY)
    gate = Gate(ListStore(), routes=[public], clock=clock)
    settings.JWTGATE = {"GATE": gate}
    seen: list[Any] = []

    def app(environ: dict[str, Any], _: Any) -> list[bytes]:
        seen.append(deciding.decide(RequestFactory(**environ).request(**environ)))
        return []

    WSGIGate(app, gate)(RequestFactory().get("/").META, _start)
    assert dict(seen[0].response_headers)["X-RateLimit-Remaining"] == "1"


def test_address_is_the_one_that_django_has(
    settings: Any, make: Make, decide: Any
) -> None:
    """A middleware for proxies may have set it; quotas by address count by it."""
    quota = Quota(rates="1/h", per=["address"], aligned=True)
    use(settings, policy=Policy(quota=quota))
    statuses = []
    for address in ("192.0.2.1", "192.0.2.2", "192.0.2.2"):
        request = make(headers=BEARER)
        request.META["REMOTE_ADDR"] = address
        statuses.append(getattr(decide(request), "status", 200))
    assert statuses == [200, 200, 429]


def test_forged_header_and_what_was_cached(
    settings: Any, make: Make, decide: Any
) -> None:
    """Of what Django cached by then, the headers are read anew."""
    use(settings)
    request = make(headers={**BEARER, "X-Consumer-ID": "root"})
    assert request.headers["X-Consumer-ID"] == "root"
    decide(request)
    assert request.headers["X-Consumer-ID"] != "root"


def test_cookies_and_query_of_a_middleware_stay(
    settings: Any, make: Make, decide: Any
) -> None:
    """Where no token was hidden in them, they are as somebody further out set them."""
    use(settings)
    request: Any = make("/?a=1", headers={**BEARER, "Cookie": "a=1"})
    request.COOKIES, request.GET = {"b": "2"}, {"b": "2"}
    decide(request)
    assert (request.COOKIES, request.GET) == ({"b": "2"}, {"b": "2"})


def test_hidden_token_in_cached_cookies_and_query(
    settings: Any, make: Make, decide: Any
) -> None:
    """Where one was, they are read anew."""
    names = ("jwt",)
    hiding = Policy(hide_credentials=True, query_names=names, cookie_names=names)
    use(settings, policy=hiding)
    request = make(f"/?jwt={TOKEN}", headers={"Cookie": f"jwt={TOKEN}"})
    assert ("jwt" in request.GET, "jwt" in request.COOKIES) == (True, True)
    decide(request)
    assert ("jwt" in request.GET, "jwt" in request.COOKIES) == (False, False)


def test_scope_is_copied(settings: Any, decide: Any) -> None:
    """Under ASGI the server's own scope stays as it was, but for its state."""
    use(settings)
    request: Any = AsyncRequestFactory().generic("GET", "/", headers=BEARER)
    request.scope["state"] = {}
    before = request.scope
    outcome = decide(request)
    assert "jwtgate" not in before
    assert (request.scope["jwtgate"], before["state"]["jwtgate"]) == (outcome, outcome)


def test_public_view_has_no_identity(settings: Any, make: Make) -> None:
    """Neither its caller's nor a forged one."""
    use(settings)
    request: Any = make(headers={**BEARER, "X-Consumer-ID": "root"})
    assert deciding.open_to_all(request) is request.jwtgate
    assert "HTTP_X_CONSUMER_ID" not in request.META


def test_public_view_keeps_what_a_gate_further_out_found(
    settings: Any, make: Make, decide: Any
) -> None:
    """Who is known already stays known."""
    use(settings)
    request = make(headers=BEARER)
    outcome = decide(request)
    assert deciding.open_to_all(request) is outcome


def test_public_view_is_no_answer_for_the_next(
    settings: Any, make: Make, decide: Any
) -> None:
    """What passed for a public view is decided afresh for another."""
    use(settings)
    request = make()
    deciding.open_to_all(request)
    assert isinstance(decide(request), Denied)


def test_gate_further_out_decides(make: Make, decide: Any) -> None:
    """Without a setting its gate and its outcome count."""
    gate = make_gate()
    request: Any = make(headers=BEARER)
    found = Exempt("public", None, gate)
    request.META["jwtgate"] = found
    if hasattr(request, "scope"):
        request.scope["jwtgate"] = found
    outcome = decide(request)
    assert isinstance(outcome, Authenticated)
    assert outcome.gate is gate


def test_no_gate_at_all(make: Make, decide: Any) -> None:
    """A programmer's error, and it says so."""
    with pytest.raises(ImproperlyConfigured, match="there is no gate"):
        decide(make())


def refusal_by(policy: Policy, *, method: str = "GET") -> HttpResponse:
    """Give the response to a request with a token that a policy refuses."""
    request = RequestFactory().generic(method, "/", headers=BEARER)
    with override_settings(JWTGATE={"GATE": make_gate(policy=policy)}):
        denied = deciding.decide(request)
    assert isinstance(denied, Denied)
    return deciding.denial(denied, request)


def test_denial_is_the_gate_s_own() -> None:
    """Body, type and length are those of every adapter."""
    response = refusal_by(Policy(audience=("shop",)))
    assert response.status_code == 401
    assert response["Content-Type"] == "application/json"
    assert response["Content-Length"] == str(len(response.content))


def test_denial_without_content_has_no_type() -> None:
    """Not even Django's default."""
    response = refusal_by(Policy(termination=Answer(status=204)))
    assert (response.status_code, response.has_header("Content-Type")) == (204, False)


def test_denial_of_head_has_no_body() -> None:
    """Its headers are those of the body that it would have."""
    response = refusal_by(Policy(audience=("shop",)), method="HEAD")
    assert (response.content, int(response["Content-Length"]) > 0) == (b"", True)


def completed(status: int, *demands: Requirement, **headers: str) -> HttpResponse:
    """Complete the response to a request of a policy with a quota."""
    request = RequestFactory().get("/", headers=BEARER)
    with override_settings(JWTGATE={"GATE": make_gate(policy=HOURLY)}):
        for each in (None, *demands):
            deciding.decide(request, each)
    return deciding.complete(request, HttpResponse("x", status=status, headers=headers))


def test_figures_of_a_quota() -> None:
    """They are in the response."""
    assert completed(200)["X-RateLimit-Remaining"] == "1"


def test_figures_of_a_quota_where_a_view_refused() -> None:
    """The request was counted before."""
    assert completed(403, STAFF)["X-RateLimit-Remaining"] == "1"


def test_response_headers_where_somebody_else_s_outcome_stands() -> None:
    """What a URL with a token gives is not for caches, whoever calls by then."""
    gate = make_gate(policy=Policy(query_names=["jwt"]))
    request = RequestFactory().get("/", {"jwt": mint()})
    with override_settings(JWTGATE={"GATE": gate}):
        deciding.decide(request)
    other = authenticate(make_gate(), RequestView.get(token=mint()))
    vars(request)["jwtgate"] = other
    response = deciding.complete(request, HttpResponse("x"))
    assert response["Cache-Control"] == "no-store"


def test_refusal_that_somebody_else_rendered() -> None:
    """It has the challenge, and its own type."""
    response = completed(403, STAFF)
    assert "insufficient_scope" in response["WWW-Authenticate"]
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"].startswith("text/html")


def test_refusal_after_which_something_else_let_pass() -> None:
    """A request that was authenticated otherwise gets no challenge."""
    assert "WWW-Authenticate" not in completed(200, STAFF)


def test_headers_of_the_view_stay() -> None:
    """What a view set counts."""
    sent = {"Cache-Control": "max-age=1"}
    assert completed(403, STAFF, **sent)["Cache-Control"] == "max-age=1"


def test_response_to_what_nobody_decided_on() -> None:
    """It stays as it is."""
    response = HttpResponse("x")
    deciding.complete(RequestFactory().get("/"), response)
    assert dict(response.items()) == {"Content-Type": "text/html; charset=utf-8"}


def test_anonymous_consumer_has_headers(settings: Any, make: Make, decide: Any) -> None:
    """Those that tell it from others."""
    use(settings, policy=Policy(anonymous=Consumer(username="guest")))
    request = make()
    decide(request)
    assert request.headers["X-Anonymous-Consumer"] == "true"
