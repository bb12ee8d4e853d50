from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from django.utils.decorators import method_decorator, sync_and_async_middleware
from django.views import View

from jwtgate import (
    ConfigurationError,
    Consumer,
    Credential,
    Gate,
    Policy,
    Quota,
    Route,
    in_thread,
)
from jwtgate.django import JWTGateMiddleware, jwt_required, public
from tests.django.project import ashow, show, via_asgi, via_wsgi
from tests.kit import Got, ListStore, Sent, clock, credential, make_gate, mint

Project = Callable[..., None]
Send = Callable[[Sent], Got]

TOKEN = mint()
GOOD = Sent.bearer(TOKEN)
HERE = __name__
SPOOFED = [
    "X-Consumer-ID",
    "X_Consumer_ID",
    "x-consumer_username",
    "X-Consumer-Anything",
    "X-Credential-Identifier",
    "X_Anonymous_Consumer",
    "X-Authenticated-Groups",
]
HOURLY = Policy(quota=Quota(rates="2/h", aligned=True))


# Middleware of users, by dotted path.


def reads_headers(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Read what Django caches: headers, cookies, query."""

    def read(request: HttpRequest) -> Any:
        assert request.headers
        assert request.COOKIES is not None
        assert request.GET is not None
        return get_response(request)

    return read


def private_urls(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Send every path to other views than the project does."""

    def switch(request: Any) -> Any:
        request.urlconf = (path("", show),)
        return get_response(request)

    return switch


def to_secret(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Send the root to another path."""

    def move(request: HttpRequest) -> Any:
        request.path_info = "/secret"
        return get_response(request)

    return move


def to_delete(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Make every request a DELETE, as those do that let forms choose a method."""

    def override(request: HttpRequest) -> Any:
        request.method = "DELETE"
        return get_response(request)

    return override


def forgets(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Take away what the gate decided."""

    def forget(request: Any) -> Any:
        del request.jwtgate
        return get_response(request)

    return forget


def as_another(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Go on with a new request, made of the same environ."""
    return lambda request: get_response(WSGIRequest(request.META))


def answers(_get_response: Callable[[HttpRequest], Any]) -> Any:
    """Answer by itself, whatever the path."""
    return lambda _request: HttpResponse("answered")


@public
def open_view(request: HttpRequest) -> HttpResponse:
    """Tell what is seen, to everybody."""
    return show(request)


@public
async def aopen_view(request: HttpRequest) -> HttpResponse:
    """Tell what is seen, to everybody, asynchronously."""
    return show(request)


class Plain(View):
    """A class of views."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Tell what is seen."""
        return show(request)


@public
class Open(Plain):
    """A public class of views."""


class Below(Open):
    """A class that only inherits from a public one."""


@public
class Feed:
    """Not a view class: its objects are called, as those of Django's feeds."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Tell what is seen."""
        return show(request)


@pytest.mark.parametrize("view", [show, ashow], ids=["sync", "async"])
def test_caller_is_on_the_request(project: Project, send: Send, view: Any) -> None:
    """A view finds who calls, in both modes of Django and of its own."""
    project(path("", view))
    assert send(GOOD).message["who"] == "jack"


@pytest.mark.parametrize("view", [show, ashow], ids=["sync", "async"])
def test_caller_is_in_the_headers(project: Project, send: Send, view: Any) -> None:
    """The identity headers are where the view looks for headers."""
    project(path("", view))
    seen = send(GOOD).message
    assert seen["headers"]["x-consumer-username"] == "jack"
    assert seen["meta"]["HTTP_X_CREDENTIAL_IDENTIFIER"] == "jack-key"


def test_without_token_is_refused(project: Project, send: Send) -> None:
    """The refusal is the gate's own: status, challenge, body."""
    project(path("", show))
    got = send(Sent())
    assert (got.status, got.message["message"]) == (401, "A bearer token is required")
    assert got.headers["www-authenticate"] == "Bearer"
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["content-type"] == "application/json"


def test_head_is_refused_without_body(project: Project, send: Send) -> None:
    """RFC 9110 9.3.2: the headers of the body, and no body."""
    project(path("", show))
    got = send(Sent(method="HEAD"))
    assert (got.status, got.body) == (401, b"")
    assert int(got.headers["content-length"]) > 0


def test_refused_request_does_not_come_further(project: Project, send: Send) -> None:
    """A middleware further in, which could answer by itself, is not asked."""
    project(path("", show), inside=[f"{HERE}.answers"])
    assert send(Sent()).status == 401


def test_path_that_leads_nowhere_is_refused(project: Project, send: Send) -> None:
    """Who has no token does not learn which paths there are."""
    project(path("", show))
    assert send(Sent(path="/nowhere")).status == 401


def test_path_that_leads_nowhere_is_404(project: Project, send: Send) -> None:
    """Who has one does."""
    project(path("", show))
    assert send(Sent.bearer(TOKEN, path="/nowhere")).status == 404


@pytest.mark.parametrize(
    "view",
    [open_view, aopen_view, Open.as_view(), public(Plain.as_view()), Feed()],
    ids=["function", "async", "class", "made", "called"],
)
def test_public_view_is_open(project: Project, send: Send, view: Any) -> None:
    """It is open, and nobody calls."""
    project(path("", view))
    seen = send(Sent()).message
    assert (seen["outcome"], seen["why"]) == ("Exempt", "public")


def test_public_by_the_class_of_the_rest_framework(
    project: Project, send: Send
) -> None:
    """The REST framework names the class of a view ``cls``."""

    def made(request: HttpRequest) -> HttpResponse:
        return show(request)

    made.cls = Open  # type: ignore[attr-defined]
    project(path("", made))
    assert send(Sent()).status == 200


class Standing:
    """A proxy that says to be of the class of the view it stands for."""

    def __init__(self, view: Any) -> None:
        self.view = view

    @property  # type: ignore[misc] # as proxies do
    def __class__(self) -> Any:
        """Give the class of the view."""
        return type(self.view)

    def __getattr__(self, name: str) -> Any:
        """Give what the view has."""
        return getattr(self.view, name)

    def __call__(self, request: HttpRequest) -> Any:
        """Call the view."""
        return self.view(request)


def test_public_view_behind_a_proxy_is_open(project: Project, send: Send) -> None:
    """Its class is found through it."""
    project(path("", Standing(Open.as_view())))
    assert send(Sent()).status == 200


def test_public_dispatch_is_open(project: Project, send: Send) -> None:
    """``method_decorator`` marks what Django makes of the class, too."""
    opened: Any = type("V", (Plain,), {})
    method_decorator(public, name="dispatch")(opened)
    project(path("", opened.as_view()))
    assert send(Sent()).status == 200


def test_subclass_of_a_public_view_is_not_public(project: Project, send: Send) -> None:
    """Who inherits from an open view did not say that it is open."""
    project(path("", Below.as_view()))
    assert send(Sent()).status == 401


@pytest.mark.parametrize("name", SPOOFED)
def test_forged_identity_header(project: Project, send: Send, name: str) -> None:
    """Whatever spelling: the view sees what the gate says, and nothing else."""
    project(path("", show))
    seen = send(Sent.bearer(TOKEN, headers=[(name, "root")])).message
    assert "root" not in {*seen["headers"].values(), *seen["meta"].values()}


@pytest.mark.parametrize("name", SPOOFED)
def test_forged_identity_header_on_a_public_view(
    project: Project, send: Send, name: str
) -> None:
    """A public view sees none."""
    project(path("", open_view))
    seen = send(Sent(headers=[(name, "root")])).message
    assert "root" not in {*seen["headers"].values(), *seen["meta"].values()}


def test_forged_header_in_both_spellings(project: Project, send: Send) -> None:
    """A dash for the gate and an underscore for the view, or the other way round."""
    both = [("X-Consumer-ID", "root"), ("X_Consumer_ID", "admin")]
    project(path("", open_view))
    seen = send(Sent(headers=both)).message
    assert not [name for name in seen["headers"] if name.startswith("x-consumer")]


def test_forged_header_in_the_scope(project: Project) -> None:
    """A view that looks into the ASGI scope sees no forged header either."""
    scopes: list[Any] = []

    @public
    def look(request: Any) -> HttpResponse:
        scopes.append(request.scope)
        return HttpResponse()

    project(path("", look))
    via_asgi(Sent(headers=[("X_Consumer_ID", "root"), ("X-Consumer-ID", "root")]))
    assert scopes[0]["headers"] == []


def test_forged_header_that_was_read_before(project: Project, send: Send) -> None:
    """A middleware further out that reads headers leaves no forged one in a cache."""
    project(path("", open_view), outside=[f"{HERE}.reads_headers"])
    seen = send(Sent(headers=[("X-Consumer-ID", "root"), ("A", "b")])).message
    assert "x-consumer-id" not in seen["headers"]


def test_forged_header_in_a_project_that_guards_little(
    project: Project, send: Send
) -> None:
    """Where only decorated views demand a caller, the others see no forged one."""
    project(path("", show), GUARD_ALL=False)
    seen = send(Sent(headers=[("X-Consumer-ID", "root")])).message
    assert (seen["outcome"], "x-consumer-id" in seen["headers"]) == ("Exempt", False)


@pytest.mark.parametrize("outside", [[], [f"{HERE}.reads_headers"]], ids=["", "cached"])
def test_hidden_token_is_nowhere(
    project: Project, send: Send, outside: list[str]
) -> None:
    """No header, query, cookie, path or META has it, nor what was read before."""
    policy = Policy(hide_credentials=True, query_names=("jwt",), cookie_names=("jwt",))
    project(path("", show), outside=outside, GATE=make_gate(policy=policy))
    headers = [("Cookie", f"a=1; jwt={TOKEN}")]
    got = send(Sent.bearer(TOKEN, query=f"jwt={TOKEN}&b=2", headers=headers))
    assert TOKEN not in got.body.decode()
    seen = got.message
    assert (seen["query"], seen["cookies"]) == ({"b": ["2"]}, {"a": "1"})


def test_hidden_token_in_cookies_that_came_in_two_lines(project: Project) -> None:
    """HTTP/2 may split them; Django under ASGI joins them by a comma."""
    policy = Policy(hide_credentials=True, cookie_names=("jwt",))
    project(path("", show), GATE=make_gate(policy=policy))
    got = via_asgi(Sent(headers=[("Cookie", "a=1"), ("Cookie", f"jwt={TOKEN}")]))
    assert got.message["who"] == "jack"
    assert TOKEN not in got.body.decode()


def test_paths_that_lead_elsewhere_later(project: Project, send: Send) -> None:
    """A middleware further in that changes the urlconf opens no private view."""
    project(path("", open_view), inside=[f"{HERE}.private_urls"])
    assert send(Sent()).status == 401


def test_paths_that_lead_elsewhere_later_are_open_to_callers(
    project: Project, send: Send
) -> None:
    """Who has a token comes through, and is known."""
    project(path("", open_view), inside=[f"{HERE}.private_urls"])
    assert send(GOOD).message["who"] == "jack"


def test_urlconf_that_was_changed_before(project: Project, send: Send) -> None:
    """A middleware further out that changes the urlconf is followed."""
    project(path("", open_view), outside=[f"{HERE}.private_urls"])
    assert send(Sent()).status == 401


def test_path_that_is_another_later(project: Project, send: Send) -> None:
    """A middleware further in that changes the path opens no private view."""
    views = path("", open_view), path("secret", show)
    project(*views, inside=[f"{HERE}.to_secret"])
    assert send(Sent()).status == 401


def test_path_that_is_another_later_has_its_own_route(
    project: Project, send: Send
) -> None:
    """The route of the path by which Django goes counts, not that of the client's."""
    strict = Route(path="/secret", policy=Policy(audience=("vault",)))
    gate = Gate(ListStore(credential()), routes=[strict], clock=clock)
    views = path("", show), path("secret", show)
    project(*views, inside=[f"{HERE}.to_secret"], GATE=gate)
    assert send(GOOD).status == 401


def test_method_that_is_another_later(project: Project, send: Send) -> None:
    """The route of the method by which Django goes counts, not that of the client's."""
    reading = Route(path="/", methods=("GET",), public=True)
    gate = Gate(ListStore(credential()), routes=[reading], clock=clock)
    project(path("", show), inside=[f"{HERE}.to_delete"], GATE=gate)
    assert (send(Sent()).status, send(GOOD).message["who"]) == (401, "jack")


def test_outcome_that_is_gone_later(project: Project, send: Send) -> None:
    """The view gets one all the same."""
    project(path("", show), inside=[f"{HERE}.forgets"])
    assert send(GOOD).message["who"] == "jack"


@pytest.mark.parametrize(("sent", "status"), [(GOOD, 200), (Sent(), 401)])
def test_request_that_is_another_object_later(
    project: Project, sent: Sent, status: int
) -> None:
    """What was decided is in what it was made of."""
    project(path("", show), inside=[f"{HERE}.as_another"])
    assert via_wsgi(sent).status == status


def test_public_route_of_the_gate_is_open(project: Project, send: Send) -> None:
    """For views that cannot be decorated, such as the admin's."""
    gate = Gate(ListStore(), routes=[Route(path="/admin/*", public=True)])
    project(path("admin/", include(((path("", show),), "a"))), GATE=gate)
    assert send(Sent(path="/admin/")).message["why"] == "public"


@pytest.mark.parametrize("trusts", [True, False], ids=["trusted", "not"])
def test_scheme_is_the_one_that_django_trusts(
    project: Project, send: Send, settings: Any, *, trusts: bool
) -> None:
    """Behind a proxy that ends TLS an origin is compared with what Django says."""
    if trusts:
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    project(path("", show), GATE=make_gate(policy=Policy(cookie_names=("jwt",))))
    names = [("Host", "a.example"), ("Origin", "https://a.example")]
    proxied = [*names, ("Cookie", f"jwt={TOKEN}"), ("X-Forwarded-Proto", "https")]
    assert send(Sent(method="POST", headers=proxied)).status == (200 if trusts else 403)


@pytest.mark.parametrize("name", ["café", "日本"], ids=["latin", "wide"])
def test_public_route_beyond_ascii(project: Project, send: Send, name: str) -> None:
    """The gate and Django read a path alike, from either server."""
    gate = Gate(ListStore(), routes=[Route(path=f"/{name}", public=True)])
    project(path(name, show), GATE=gate)
    assert send(Sent(path=f"/{name}")).status == 200


def test_public_route_is_counted_once(project: Project, send: Send) -> None:
    """Though it is looked at before and after Django found the view."""
    route = Route(path="/", public=True, policy=HOURLY)
    gate = Gate(ListStore(), routes=[route], clock=clock)
    project(path("", show), GATE=gate)
    assert [send(Sent()).status for _ in range(3)] == [200, 200, 429]


def test_demands_of_a_view_are_known_early(project: Project, send: Send) -> None:
    """A view that demands more refuses before a middleware further in runs."""
    view = jwt_required(groups=["staff"])(show)
    project(path("", view), inside=[f"{HERE}.answers"])
    assert send(GOOD).status == 403


def test_optional_view_lets_pass_without_token(project: Project, send: Send) -> None:
    """``optional`` opens a view in a project that is guarded."""
    project(path("", jwt_required(optional=True)(show)))
    assert send(Sent()).message["why"] == "optional"


def test_view_is_open_in_a_project_that_guards_little(
    project: Project, send: Send
) -> None:
    """With GUARD_ALL False a view that is not decorated demands nobody."""
    project(path("", show), GUARD_ALL=False)
    assert send(Sent()).status == 200


@pytest.mark.parametrize("view", [show, ashow, Plain], ids=["sync", "async", "class"])
def test_decorated_view_demands_a_caller_in_a_project_that_guards_little(
    project: Project, send: Send, view: Any
) -> None:
    """With GUARD_ALL False those that are decorated do."""
    guarded: Any = type("V", (view,), {}) if view is Plain else view
    guarded = jwt_required()(guarded)
    made = guarded.as_view() if view is Plain else guarded
    project(path("", made), GUARD_ALL=False, inside=[f"{HERE}.answers"])
    assert (send(Sent()).status, send(GOOD).status) == (401, 200)


def test_figures_of_a_quota_are_in_the_response(project: Project, send: Send) -> None:
    """What is left, also where a view fails."""
    project(path("", show), GATE=make_gate(policy=HOURLY))
    assert "x-ratelimit-remaining" in send(GOOD).headers


def test_figures_of_a_quota_are_in_the_response_of_a_failure(
    project: Project,
) -> None:
    """A view that raises used up some of it."""

    def fails(_request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    project(path("", fails), GATE=make_gate(policy=HOURLY))
    client = Client(raise_request_exception=False)
    response = client.get("/", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (response.status_code, "x-ratelimit-remaining" in response) == (500, True)


def test_header_of_the_view_stays(project: Project, send: Send) -> None:
    """A view that sets a header of ours keeps its own."""

    def sets(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"X-RateLimit-Remaining": "mine"})

    project(path("", sets), GATE=make_gate(policy=HOURLY))
    assert send(GOOD).headers["x-ratelimit-remaining"] == "mine"


@pytest.mark.parametrize("wrapped", [False, True], ids=["alone", "behind"])
def test_token_is_looked_up_once(
    project: Project, send: Send, *, wrapped: bool
) -> None:
    """By the middleware; the decorator further in reuses what was decided."""
    store = ListStore(credential())
    view = jwt_required()(show) if wrapped else show
    project(path("", view), GATE=Gate(store, clock=clock))
    assert (send(GOOD).status, len(store.asked)) == (200, 1)


def test_anonymous_consumer_comes_through(project: Project, send: Send) -> None:
    """Who has no token is the consumer that the policy names."""
    guest = Policy(anonymous=Consumer(username="guest"))
    project(path("", show), GATE=make_gate(policy=guest))
    assert send(Sent()).message["who"] == "guest"


def test_setting_that_is_overridden_counts(project: Project) -> None:
    """Also for a middleware that exists already."""
    project(path("", show))
    client = Client(headers={"Authorization": f"Bearer {TOKEN}"})
    assert client.get("/").status_code == 200
    with override_settings(JWTGATE={"GATE": Gate(ListStore())}):
        assert client.get("/").status_code == 401
    assert client.get("/").status_code == 200


def test_bad_setting_stops_the_server(project: Project) -> None:
    """Not each request by a 500."""
    project(path("", show), GATE="nowhere.gate")
    with pytest.raises(ConfigurationError, match="cannot be imported"):
        WSGIHandler()


class AsyncOnly:
    """A store that synchronous code cannot use."""

    async def afind(self, key: str, kid: str | None = None) -> list[Credential]:
        """Find nothing."""
        raise NotImplementedError


class Blocking:
    """A store that asynchronous code cannot use."""

    def find(self, key: str, kid: str | None = None) -> list[Credential]:
        """Find nothing."""
        raise NotImplementedError


@pytest.mark.parametrize(
    ("store", "send"),
    [(AsyncOnly(), via_wsgi), (Blocking(), via_asgi)],
    ids=["async-store", "blocking-store"],
)
def test_store_of_the_other_mode_stops_the_server(
    project: Project, store: Any, send: Send
) -> None:
    """The store is looked at where the middleware is made."""
    project(path("", show), GATE=Gate(store))
    with pytest.raises(ConfigurationError):
        send(Sent())


def test_store_in_a_thread_serves_asynchronously(project: Project) -> None:
    """``in_thread`` makes a store usable there."""
    store = ListStore(credential())
    store.blocking = True
    project(path("", show), GATE=Gate(in_thread(store), clock=clock))
    assert via_asgi(GOOD).status == 200


def test_middleware_is_both_sync_and_async() -> None:
    """Django puts no thread between."""
    assert JWTGateMiddleware.sync_capable
    assert JWTGateMiddleware.async_capable


def test_synchronous_middleware_further_in_under_asgi(project: Project) -> None:
    """Django calls ours synchronously then, in its thread."""
    project(path("", show), inside=[f"{HERE}.reads_headers"])
    assert via_asgi(GOOD).message["who"] == "jack"


PREFLIGHT = Sent(
    method="OPTIONS",
    headers=[("Origin", "https://a"), ("Access-Control-Request-Method", "GET")],
)


@pytest.mark.parametrize("view", [show, ashow], ids=["sync", "async"])
@pytest.mark.parametrize("kind", [Policy, Policy.kong], ids=["native", "kong"])
def test_preflight_that_runs_a_function(
    project: Project, send: Send, kind: Any, view: Any
) -> None:
    """A function gets every method, so none is exempt from telling who calls."""
    project(path("", view), GATE=make_gate(policy=kind(run_on_preflight=False)))
    assert send(PREFLIGHT).status == 401


def test_preflight_that_django_answers(project: Project, send: Send) -> None:
    """A class of views does not run for it."""
    page: Any = type("Page", (View,), {"get": show})
    project(
        path("", page.as_view()), GATE=make_gate(policy=Policy(run_on_preflight=False))
    )
    assert send(PREFLIGHT).status == 200


def test_preflight_that_a_middleware_answers(project: Project, send: Send) -> None:
    """One further in has its chance before the view."""
    gate = make_gate(policy=Policy(run_on_preflight=False))
    project(path("", show), inside=[f"{HERE}.answers"], GATE=gate)
    assert send(PREFLIGHT).body == b"answered"


def test_forged_header_after_a_refusal(project: Project, send: Send) -> None:
    """A middleware that looks at a refused request reads no forged name either."""
    project(path("", show), outside=[f"{HERE}.tells_who"])
    told = send(
        Sent(headers=[("X-Consumer-ID", "forged"), ("X_Consumer_ID", "forged")])
    )
    assert (told.status, told.headers["who"]) == (401, "nobody")


@sync_and_async_middleware
def tells_who(get_response: Callable[[HttpRequest], Any]) -> Any:
    """Make a middleware that says in the response who called."""

    def told(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response["Who"] = request.headers.get("X-Consumer-ID", "nobody")
        return response

    if iscoroutinefunction(get_response):

        async def atell(request: HttpRequest) -> HttpResponse:
            return told(request, await get_response(request))

        return atell
    return lambda request: told(request, get_response(request))
