from collections.abc import Callable
from threading import enumerate as threads
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import (
    Anonymous,
    Authenticated,
    ConfigurationError,
    Consumer,
    Denied,
    Exempt,
    Gate,
    Outcome,
    Policy,
    Reason,
    RequestView,
    Route,
    authenticate,
)
from jwtgate.report import LoadReport, Note
from jwtgate.requirement import Requirement
from jwtgate.settings import Settings
from tests.kit import (
    BOTH,
    ListStore,
    Sent,
    WaitingStore,
    clock,
    credential,
    mint,
    via_wsgi,
)

OTHER = "another-secret-of-the-tests-of-more-than-32-octets"
GUEST = Consumer(username="guest")
ADMIN = Policy(realm="admin", required_claims=["exp", "sub"])
SHOP = [
    Route(path="/*", public=True),
    Route(path="/orders/*"),
    Route(
        path="/admin/*", policy=Policy(realm="admin", required_claims=["exp", "sub"])
    ),
    Route(path="/partner/*", store=ListStore(credential(secret=OTHER))),
]

BEARER = [(b"authorization", b"Bearer " + mint().encode())]

both = pytest.mark.parametrize("via", BOTH.values(), ids=BOTH)


class Blocking:
    """A store that asynchronous code cannot use."""

    def find(self, key: str, kid: str | None = None) -> list[Any]:
        """Find nothing."""
        _ = key, kid
        return []


class Awaiting:
    """A store that synchronous code cannot use."""

    async def afind(self, key: str, kid: str | None = None) -> list[Any]:
        """Find nothing."""
        _ = key, kid
        return []


def shop(**fields: Any) -> Gate:
    """Make a gate with routes."""
    store = ListStore(credential())
    return Gate(store, **{"routes": SHOP, "clock": clock, **fields})


@both
@pytest.mark.parametrize("path", ["/", "/about", "/Orders2"])
def test_a_public_route_demands_nothing(via: Any, path: str) -> None:
    """The app runs, without identity."""
    got = via(shop(), Sent(path=path, headers=[("X-Consumer-Username", "admin")]))
    assert isinstance(got.outcome, Exempt)
    assert got.outcome.why == "public"
    assert "x-consumer-username" not in got.seen_headers


@both
@pytest.mark.parametrize("path", ["/orders", "/orders/7", "/ORDERS/7", "/orders/"])
def test_a_guarded_route_has_the_gate_s_own_policy(via: Any, path: str) -> None:
    """Unless it has one of its own."""
    assert via(shop(), Sent(path=path)).outcome.reason is Reason.TOKEN_MISSING
    assert via(shop(), Sent.bearer(mint(), path=path)).app_ran


@both
def test_a_route_may_have_a_policy_of_its_own(via: Any) -> None:
    """Realm and claims are that policy's."""
    got = via(shop(), Sent.bearer(mint(), path="/admin"))
    assert (got.outcome.reason, got.outcome.claim) == (Reason.CLAIM_MISSING, "sub")
    assert got.headers["www-authenticate"].startswith('Bearer realm="admin"')


@both
def test_a_route_may_have_a_store_of_its_own(via: Any) -> None:
    """The gate's own credentials are none there."""
    assert via(shop(), Sent.bearer(mint(secret=OTHER), path="/partner")).app_ran
    assert not via(shop(), Sent.bearer(mint(), path="/partner")).app_ran


@both
def test_a_path_that_no_route_names_has_the_gate_s_own_policy(via: Any) -> None:
    """It is never a free pass."""
    gate = shop(routes=[Route(path="/health", public=True)])
    assert not via(gate, Sent(path="/")).app_ran


@both
def test_a_list_of_routes_that_is_used_again_opens_no_path(via: Any) -> None:
    """As where gates are made in a loop: each keeps the routes that it was given."""
    routes = [Route(path="/admin", policy=ADMIN)]
    gate = shop(policy=Policy(anonymous=GUEST), routes=routes)
    routes.clear()
    assert not via(gate, Sent(path="/admin")).app_ran


@both
@pytest.mark.parametrize("path", ["/about/../admin", "//admin", "/about/./x", "/a\\b"])
def test_path_confusion_an_ambiguous_path_is_refused(via: Any, path: str) -> None:
    """400, whatever route it may be."""
    got = via(shop(), Sent.bearer(mint(), path=path))
    assert (got.status, got.outcome.reason) == (400, Reason.PATH_AMBIGUOUS)
    assert "www-authenticate" not in got.headers


@both
def test_a_route_s_answer_is_in_its_own_dialect(via: Any) -> None:
    """Text, content type and challenge."""
    gate = shop(routes=[Route(path="/old/*", policy=Policy.apisix())])
    got = via(gate, Sent(path="/old/x"))
    assert got.message == {"message": "Missing JWT token in request"}
    assert got.headers["content-type"].startswith("text/plain")


@both
def test_a_route_hides_by_its_own_policy(via: Any) -> None:
    """The gate's own does not, here."""
    hiding = Policy(hide_credentials=True)
    gate = shop(routes=[Route(path="/a", policy=hiding)])
    assert "authorization" not in via(gate, Sent.bearer(mint(), path="/a")).seen_headers
    assert "authorization" in via(gate, Sent.bearer(mint(), path="/b")).seen_headers


@pytest.mark.parametrize("at", ["gate", "route"])
def test_a_store_that_would_block_is_said_when_the_gate_is_mounted(at: str) -> None:
    """Also that of a route."""
    gate = Gate(
        Blocking() if at == "gate" else ListStore(),
        routes=[Route(path="/", store=Blocking())],
    )
    with pytest.raises(ConfigurationError, match="in_thread"):
        gate.require_async()


def test_an_async_store_of_a_route_is_said_when_the_gate_is_mounted() -> None:
    """WSGI cannot await."""
    gate = Gate(ListStore(), routes=[Route(path="/", store=Awaiting())])
    with pytest.raises(ConfigurationError, match="find"):
        gate.require_sync()


def test_a_gate_shows_its_own_store_and_policy() -> None:
    """For logs and tools."""
    store, policy = ListStore(), Policy(realm="shop")
    gate = Gate(store, policy)
    assert (gate.store, gate.policy) == (store, policy)


@both
def test_an_anonymous_consumer_does_not_open_another_route(via: Any) -> None:
    """What one route lets pass says nothing about the next."""
    lax = Policy(anonymous=Consumer(username="guest"))
    gate = shop(routes=[Route(path="/lax", policy=lax)])
    assert via(gate, Sent(path="/lax")).app_ran
    assert isinstance(via(gate, Sent(path="/strict")).outcome, Denied)


class Realms:
    """A source of settings whose realm counts up."""

    version_read = 0

    def __init__(self, *stores: Any) -> None:
        self.stores = list(stores)
        self.reads = 0

    def version(self) -> int:
        """Tell how often it was read."""
        return self.reads

    def read(self) -> Settings:
        """Give the next settings."""
        self.reads += 1
        store = self.stores.pop(0) if self.stores else ListStore(credential())
        return Settings(store=store, policy=Policy(realm=f"realm {self.reads}"))


def test_a_gate_without_source_cannot_be_reloaded() -> None:
    """It says so."""
    with pytest.raises(ConfigurationError, match="not loaded from a file"):
        shop().reload()


@both
def test_a_reload_counts_from_the_next_request_on(via: Any) -> None:
    """Policy, store and routes at once."""
    gate = shop()
    gate.follow(Realms())
    gate.reload()
    got = via(gate, Sent(path="/about"))
    assert got.headers["www-authenticate"] == 'Bearer realm="realm 1"'


def test_settings_that_cannot_work_leave_the_gate_as_it_was() -> None:
    """All of it is checked before any of it counts."""
    gate = shop()
    routes = [Route(path="/a"), Route(path="/a")]
    with pytest.raises(ConfigurationError, match="equally well"):
        gate.replace(
            Settings(store=ListStore(), policy=Policy(realm="x"), routes=routes)
        )
    assert gate.policy.realm is None


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_reload_cannot_bring_a_store_that_does_not_fit_its_mount(kind: str) -> None:
    """What was settled when the gate was mounted stays settled."""
    gate = shop()
    gate.require_sync() if kind == "sync" else gate.require_async()
    gate.follow(Realms(Awaiting() if kind == "sync" else Blocking()))
    with pytest.raises(ConfigurationError):
        gate.reload()
    assert gate.policy.realm is None


def test_a_request_sees_one_state_only() -> None:
    """A reload while the store is asked does not change what was begun."""
    gate = Gate(WaitingStore(credential()), clock=clock)
    gate.follow(Realms(ListStore()))
    flow = gate.decide(RequestView("GET", headers=BEARER))
    ask = next(flow)
    gate.reload()
    with pytest.raises(StopIteration) as done:
        flow.send(ask.put())
    assert isinstance(done.value.value, Authenticated)


def test_watching_starts_with_the_first_request() -> None:
    """Nothing runs before: servers import, and fork."""
    gate = shop(routes=[])
    before = set(threads())
    gate.follow(Realms(), watch=True)
    assert set(threads()) <= before
    via_wsgi(gate, Sent())
    assert [each.name for each in set(threads()) - before] == ["jwtgate-watch"]


def test_no_outcome_stands_on_an_ambiguous_path() -> None:
    """It cannot be told which route made it."""
    gate = shop()
    outcome = via_wsgi(gate, Sent.bearer(mint(), path="/orders")).outcome
    assert gate.standing(outcome, RequestView("GET", "/orders")) is outcome
    assert gate.standing(outcome, RequestView("GET", "//orders")) is None


def test_an_outcome_does_not_stand_after_a_reload() -> None:
    """The settings that made it are gone."""
    gate = shop(routes=[])
    outcome = via_wsgi(gate, Sent.bearer(mint())).outcome
    gate.replace(Settings(store=ListStore()))
    assert gate.standing(outcome, RequestView("GET")) is None


class Overtaken:
    """A source whose first reading ends after its second."""

    version_read = 0

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.readings = 0

    def version(self) -> int:
        """Tell how often it was read."""
        return self.readings

    def read(self) -> Settings:
        """Read; the first time, reload once more in between."""
        self.readings += 1
        number = self.readings
        if number == 1:
            self.gate.reload()
        return Settings(store=ListStore(), policy=Policy(realm=f"reading {number}"))


def test_a_reload_that_was_overtaken_does_not_count() -> None:
    """What began to be read earlier may be older: a revoked key must not come back."""
    gate = shop()
    gate.follow(Overtaken(gate))
    gate.reload()
    assert gate.policy.realm == "reading 2"


def test_another_source_ends_the_watch_of_the_one_before() -> None:
    """Its changes say nothing any more."""
    gate = shop(routes=[])
    first = Realms()
    gate.follow(first, watch=True)
    via_wsgi(gate, Sent())
    gate.follow(Realms())
    first.reads = 9
    assert gate.policy.realm is None


# Outcomes that stand


def lenient() -> Gate:
    """Make a gate that lets guests pass."""
    return Gate(ListStore(credential()), Policy(anonymous=GUEST), clock=clock)


def reporting() -> Gate:
    """Make a gate that lets everybody pass."""
    return Gate(ListStore(credential()), Policy(mode="report"), clock=clock)


@pytest.mark.parametrize("sent", [Sent.bearer(mint()), Sent()], ids=["known", "guest"])
def test_an_outcome_of_the_same_gate_stands(sent: Sent) -> None:
    """Two mounts of one gate decide once."""
    gate = lenient()
    outcome = via_wsgi(gate, sent).outcome
    assert gate.standing(outcome, RequestView("GET")) is outcome


@pytest.mark.parametrize(
    "found",
    [
        None,
        "outcome",
        via_wsgi(shop(), Sent.bearer(mint(), path="/orders")).outcome,
        via_wsgi(reporting(), Sent()).outcome,
    ],
    ids=["none", "text", "another gate's", "exempt"],
)
def test_nothing_else_stands(found: object) -> None:
    """What another gate let through says nothing here."""
    assert lenient().standing(found, RequestView("GET")) is None


def test_an_exempt_outcome_of_the_same_gate_does_not_stand() -> None:
    """A request that passed without identity is decided on afresh."""
    gate = reporting()
    outcome = via_wsgi(gate, Sent()).outcome
    assert gate.standing(outcome, RequestView("GET")) is None


# Failures of ours


def no_time() -> float:
    """Fail where no failure is foreseen."""
    raise OSError("no clock")


@both
def test_an_unexpected_error_is_answered_by_503(via: Any) -> None:
    """The gate never raises, whatever its mode."""
    gate = Gate(ListStore(credential()), Policy(mode="report"), clock=no_time)
    got = via(gate, Sent.bearer(mint()))
    assert (got.outcome.reason, got.status) == (Reason.INTERNAL, 503)


# Gates of settings


def test_a_gate_may_be_made_of_settings() -> None:
    """All that they say holds."""
    settings = Settings(store=ListStore(), policy=ADMIN, routes=SHOP)
    gate = Gate.of(settings, clock=clock)
    assert (gate.settings, gate.store, gate.policy) == (settings, settings.store, ADMIN)


def test_a_gate_of_settings_has_the_time_of_day_unless_told() -> None:
    """As any other."""
    gate = Gate.of(Settings(store=ListStore(credential())))
    assert via_wsgi(gate, Sent.bearer(mint(exp=10**11))).app_ran
    assert not via_wsgi(gate, Sent.bearer(mint(exp=1))).app_ran


def test_a_gate_shows_the_settings_that_it_was_made_of() -> None:
    """Also where they came one by one."""
    store, policy = ListStore(), Policy(realm="shop")
    settings = Gate(store, policy, routes=SHOP).settings
    assert settings == Settings(store=store, policy=policy, routes=SHOP)


def test_settings_that_cannot_work_make_no_gate() -> None:
    """As by the constructor."""
    routes = [Route(path="/a"), Route(path="/a")]
    with pytest.raises(ConfigurationError, match="equally well"):
        Gate.of(Settings(store=ListStore(), routes=routes))


REPORT = LoadReport((Note("dropped", "plugins[0]", "cors is not carried over"),))


def test_a_gate_tells_what_was_not_carried_over() -> None:
    """From a gateway's file; nothing otherwise."""
    assert Gate.of(Settings(store=ListStore(), report=REPORT)).load_report is REPORT
    assert not Gate(ListStore()).load_report


def test_a_reload_may_tell_something_else() -> None:
    """The file has changed."""
    gate = Gate.of(Settings(store=ListStore(), report=REPORT))
    gate.replace(Settings(store=ListStore()))
    assert gate.load_report == LoadReport()


# Paths that no route names


GATEWAYS: dict[str, tuple[Callable[..., Policy], bytes, str]] = {
    "native": (Policy, b'{"message":"No route is for this path"}', "application/json"),
    "kong": (
        Policy.kong,
        b'{"message":"no Route matched with those values"}',
        "application/json; charset=utf-8",
    ),
    "apisix": (
        Policy.apisix,
        b'{"error_msg":"404 Route Not Found"}\n',
        "text/plain; charset=utf-8",
    ),
}
each_gateway = pytest.mark.parametrize("gateway", GATEWAYS)
FOO = [Route(path="/foo"), Route(path="/open", public=True)]


def closed(
    *routes: Route,
    unrouted: Any = "refuse",
    policy: Policy | None = None,
    store: Any = None,
) -> Gate:
    """Make a gate that answers routes alone."""
    settings = Settings(
        store=store or ListStore(credential()),
        policy=policy or Policy(),
        routes=routes or FOO,
        unrouted=unrouted,
    )
    return Gate.of(settings, clock=clock)


@both
@each_gateway
@pytest.mark.parametrize("token", [None, mint()], ids=["no token", "good token"])
def test_a_path_without_route_may_be_answered_by_404(
    token: str | None, gateway: str, via: Any
) -> None:
    """In the form of the gate's own policy, whoever calls."""
    make, body, content_type = GATEWAYS[gateway]
    gate = closed(policy=make(key_claim="iss"))
    sent = Sent.bearer(token, path="/bar") if token else Sent(path="/bar")
    got = via(gate, sent)
    assert (got.status, got.outcome.reason, got.body) == (
        404,
        Reason.ROUTE_UNKNOWN,
        body,
    )
    assert got.headers == {
        "content-type": content_type,
        "content-length": str(len(body)),
        "cache-control": "no-store",
    }


@both
@each_gateway
def test_a_path_without_route_may_be_answered_by_404_to_those_who_are_known(
    gateway: str, via: Any
) -> None:
    """As a global plugin of a gateway has it: who calls is looked at first."""
    make, body, _ = GATEWAYS[gateway]
    gate = closed(unrouted="policy_then_refuse", policy=make(key_claim="iss"))
    assert via(gate, Sent(path="/bar")).status == 401
    assert via(gate, Sent.bearer("a.b", path="/bar")).status == 401
    got = via(gate, Sent.bearer(mint(), path="/bar"))
    assert (got.status, got.body, got.app_ran) == (404, body, False)


@both
@pytest.mark.parametrize("unrouted", ["refuse", "policy_then_refuse"])
def test_a_path_with_a_route_is_answered_by_it(unrouted: str, via: Any) -> None:
    """As ever."""
    gate = closed(unrouted=unrouted)
    assert via(gate, Sent(path="/open")).app_ran
    assert via(gate, Sent(path="/foo")).status == 401
    assert via(gate, Sent.bearer(mint(), path="/foo")).app_ran


@both
@pytest.mark.parametrize("unrouted", ["refuse", "policy_then_refuse"])
@pytest.mark.parametrize("sent", [Sent(path="/bar"), Sent.bearer(mint(), path="/bar")])
def test_report_mode_lets_nobody_pass_where_no_route_is(
    sent: Sent, unrouted: str, via: Any
) -> None:
    """What would be refused passes on, and finds nothing."""
    gate = closed(unrouted=unrouted, policy=Policy(mode="report"))
    got = via(gate, sent)
    assert (got.status, got.app_ran) == (404, False)


@both
@pytest.mark.parametrize("unrouted", ["refuse", "policy_then_refuse"])
def test_a_guest_and_a_preflight_find_nothing_where_no_route_is(
    unrouted: str, via: Any
) -> None:
    """Though the gate's own policy lets both pass."""
    policy = Policy.kong(anonymous=GUEST, run_on_preflight=False)
    gate = closed(unrouted=unrouted, policy=policy)
    assert [via(gate, Sent(each, "/bar")).status for each in ("GET", "OPTIONS")] == [
        404,
        404,
    ]


@both
@pytest.mark.parametrize("unrouted", ["policy", "refuse", "policy_then_refuse"])
@pytest.mark.parametrize("mode", ["enforce", "report"])
def test_report_mode_lets_no_ambiguous_path_pass(
    mode: Any, unrouted: str, via: Any
) -> None:
    """It could be one of a route that enforces."""
    gate = closed(unrouted=unrouted, policy=Policy(mode=mode))
    got = via(gate, Sent.bearer(mint(), path="/x/../foo"))
    assert (got.status, got.app_ran) == (400, False)


@both
def test_a_store_that_fails_is_a_503_also_where_no_route_is(via: Any) -> None:
    """Nobody learns from a failure of ours which routes there are."""
    gate = closed(unrouted="policy_then_refuse", store=Broken())
    assert via(gate, Sent.bearer(mint(), path="/bar")).status == 503


class Broken:
    """A store that fails."""

    blocking = False

    def find(self, key: str, kid: str | None = None) -> list[Any]:
        """Fail."""
        raise OSError(key, kid)


@both
def test_without_routes_nothing_is_answered_where_only_routes_are(via: Any) -> None:
    """An empty file opens nothing."""
    gate = Gate.of(
        Settings(store=ListStore(credential()), unrouted="refuse"), clock=clock
    )
    assert via(gate, Sent.bearer(mint())).status == 404


# Spellings of paths where only routes are answered


@both
@pytest.mark.parametrize("path", ["/FOO", "/foo/", "/Foo", "/foo;x=1", "/OPEN"])
def test_closed_another_spelling_is_another_path(path: str, via: Any) -> None:
    """As in the gateways, where nothing else matches it."""
    assert via(closed(), Sent.bearer(mint(), path=path)).status == 404


@both
@pytest.mark.parametrize("path", ["/ADMIN", "/admin/", "/Admin", "/admin;x=1"])
def test_closed_no_spelling_of_a_guarded_path_is_public(path: str, via: Any) -> None:
    """The public tree matches it as written; the app may fold it, so it is guarded."""
    gate = closed(Route(path="/*", public=True), Route(path="/admin"))
    assert via(gate, Sent(path=path)).status == 401
    assert isinstance(via(gate, Sent.bearer(mint(), path=path)).outcome, Authenticated)
    assert via(gate, Sent(path="/other")).app_ran


@both
def test_closed_a_prefix_with_a_slash_is_what_is_below(via: Any) -> None:
    """Not the path without it."""
    gate = closed(Route(path="/foo/", prefix=True))
    asked = ["/foo/x", "/foo/", "/foo", "/foox"]
    statuses = [via(gate, Sent.bearer(mint(), path=path)).status for path in asked]
    assert statuses == [200, 200, 404, 404]


@both
def test_a_route_with_a_higher_priority_is_taken(via: Any) -> None:
    """However close another is."""
    gate = closed(
        Route(path="/*", priority=1, policy=Policy(realm="high")), Route(path="/foo")
    )
    got = via(gate, Sent(path="/foo"))
    assert got.headers["www-authenticate"] == 'Bearer realm="high"'


@pytest.mark.parametrize("unrouted", ["refuse", "policy_then_refuse"])
def test_no_outcome_stands_where_no_route_is(unrouted: str) -> None:
    """An app between may have changed the path."""
    gate = closed(unrouted=unrouted)
    outcome = via_wsgi(gate, Sent.bearer(mint(), path="/foo")).outcome
    assert gate.standing(outcome, RequestView("GET", "/foo")) is outcome
    assert gate.standing(outcome, RequestView("GET", "/bar")) is None
    assert gate.standing(outcome, RequestView("GET", "/FOO")) is None


def test_a_guest_of_the_gate_does_not_stand_where_no_route_is() -> None:
    """It is answered by 404 each time."""
    gate = closed(unrouted="policy_then_refuse", policy=Policy(anonymous=GUEST))
    outcome = via_wsgi(gate, Sent(path="/foo")).outcome
    assert isinstance(outcome, Anonymous)
    assert gate.standing(outcome, RequestView("GET", "/bar")) is None


# What a view demands besides

STAFF = Requirement(groups=["staff"])
OPTIONAL = Requirement(optional=True)
KNOWN = RequestView("GET", headers=BEARER)
PREFLIGHT = [(b"origin", b"https://a"), (b"access-control-request-method", b"PUT")]


def counted(policy: Policy | None = None) -> tuple[Gate, ListStore]:
    """Make a gate whose store tells how often it was asked."""
    store = ListStore(credential())
    return Gate(store, policy, clock=clock), store


def at_once(gate: Gate, *arguments: Any, **keywords: Any) -> Outcome:
    """Decide where nothing has to be asked."""
    with pytest.raises(StopIteration) as done:
        next(gate.decide(*arguments, **keywords))
    outcome: Outcome = done.value.value
    return outcome


def test_a_view_is_held_to_by_the_policy_of_the_route() -> None:
    """Its dialect and realm answer."""
    routes = [Route(path="/old/*", policy=Policy.apisix(key_claim="iss"))]
    gate = shop(routes=routes)
    view = RequestView("GET", "/old/x", headers=BEARER)
    outcome = authenticate(gate, view, STAFF)
    assert isinstance(outcome, Denied)
    assert outcome.content == b'{"message":"The consumer_name is forbidden."}\n'


def test_a_view_s_refusal_is_in_the_mode_of_the_route() -> None:
    """What the gate's own reports, a route may enforce."""
    routes = [Route(path="/strict", policy=Policy())]
    gate = shop(policy=Policy(mode="report"), routes=routes)
    strict = RequestView("GET", "/strict", headers=BEARER)
    assert isinstance(authenticate(gate, strict, STAFF), Denied)
    assert isinstance(authenticate(gate, KNOWN, STAFF), Exempt)


def test_a_view_below_a_public_route_has_no_caller() -> None:
    """Nobody looks for a token there, so a view that demands one is shut."""
    gate = shop(routes=[Route(path="/*", public=True)])
    outcome = authenticate(gate, KNOWN, Requirement())
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.TOKEN_MISSING


def test_a_view_below_a_public_route_may_do_without_one() -> None:
    """The route's own outcome stays."""
    gate = shop(routes=[Route(path="/*", public=True)])
    outcome = authenticate(gate, KNOWN, OPTIONAL)
    assert isinstance(outcome, Exempt)
    assert outcome.why == "public"


@pytest.mark.parametrize("unrouted", ["refuse", "policy_then_refuse"])
def test_no_view_is_where_no_route_is(unrouted: str) -> None:
    """Also one that can do without a token."""
    outcome = authenticate(
        closed(unrouted=unrouted), RequestView("GET", "/bar"), OPTIONAL
    )
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.ROUTE_UNKNOWN


def test_path_confusion_an_ambiguous_path_is_refused_to_every_view() -> None:
    """Also to one that can do without a token."""
    outcome = authenticate(shop(), RequestView("GET", "//orders"), OPTIONAL)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.PATH_AMBIGUOUS


def test_an_unexpected_error_opens_no_view() -> None:
    """Whatever it can do without, and whatever the mode."""
    gate = Gate(ListStore(credential()), Policy(mode="report"), clock=no_time)
    outcome = authenticate(gate, KNOWN, OPTIONAL)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.INTERNAL


# What was found on a request


@pytest.mark.parametrize("view", [KNOWN, RequestView("GET")], ids=["known", "guest"])
def test_what_stands_is_not_decided_on_again(view: RequestView) -> None:
    """The flow asks nothing, and the outcome is the very object."""
    gate = lenient()
    found = authenticate(gate, view)
    assert at_once(gate, view, found=found) is found
    assert at_once(gate, view, Requirement(), found=found) is found


def test_what_stands_is_held_to_the_view() -> None:
    """Without asking the store again."""
    gate, store = counted()
    found = authenticate(gate, KNOWN)
    outcome = at_once(gate, KNOWN, STAFF, found=found)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.CONSUMER_FORBIDDEN
    assert len(store.asked) == 1


def test_what_stands_is_not_counted_again() -> None:
    """Guard and decorator of one app are one request."""
    gate, _ = counted(Policy(quota="1/h"))
    found = authenticate(gate, KNOWN)
    assert at_once(gate, KNOWN, OPTIONAL, found=found) is found


@pytest.mark.parametrize(
    ("view", "demands", "policy"),
    [
        (RequestView("GET", "/open"), None, Policy()),
        (RequestView("GET"), OPTIONAL, Policy(quota="2/h")),
        (
            RequestView("OPTIONS"),
            None,
            Policy.kong(run_on_preflight=False, quota="2/h"),
        ),
    ],
    ids=["public", "optional", "preflight"],
)
def test_nobody_is_not_counted_again(
    view: RequestView, demands: Requirement | None, policy: Policy
) -> None:
    """Who passes without identity is one request as well, for each route by itself."""
    routes = [
        Route(path=path, public=True, policy=Policy(quota="2/h"))
        for path in ("/open", "/other")
    ]
    gate = Gate(ListStore(credential()), policy, routes=routes, clock=clock)
    found = authenticate(gate, view, demands)
    assert isinstance(found, Exempt)
    assert authenticate(gate, view, demands, found=found) is found
    moved = authenticate(gate, RequestView("GET", "/other"), found=found)
    assert moved.response_headers[1] == ("X-RateLimit-Remaining", "1")
    for status in ("passes", "is over"):
        over = authenticate(gate, view, demands)
        assert isinstance(over, Denied) == (status == "is over")


@pytest.mark.parametrize("demands", [None, Requirement()], ids=["none", "some"])
def test_another_gate_s_outcome_is_decided_on_again(
    demands: Requirement | None,
) -> None:
    """What it let through says nothing here."""
    (other, _), (gate, store) = counted(), counted()
    found = authenticate(other, KNOWN)
    outcome = authenticate(gate, KNOWN, demands, found=found)
    assert isinstance(outcome, Authenticated)
    assert (outcome.gate, len(store.asked)) == (gate, 1)


def test_another_gate_s_outcome_does_not_help_without_a_token() -> None:
    """The outer gate hid it, or read another carrier."""
    (other, _), (gate, _) = counted(), counted()
    outcome = authenticate(gate, RequestView("GET"), found=authenticate(other, KNOWN))
    assert isinstance(outcome, Denied)


@pytest.mark.parametrize("demands", [None, OPTIONAL], ids=["none", "optional"])
def test_revocation_an_outcome_of_older_settings_is_decided_on_again(
    demands: Requirement | None,
) -> None:
    """The credential may have gone with them."""
    gate, _ = counted()
    found = authenticate(gate, KNOWN)
    gate.replace(Settings(store=ListStore()))
    outcome = authenticate(gate, KNOWN, demands, found=found)
    assert isinstance(outcome, Denied)
    assert outcome.reason is Reason.KEY_UNKNOWN


@pytest.mark.parametrize(
    "found",
    [
        Exempt("public", None, None),
        Exempt("report", None, None),
        Denied(Reason.INTERNAL, None, 503, {}, b"", (), None),
        "outcome",
        object(),
    ],
    ids=["exempt", "reported", "denied", "text", "object"],
)
def test_nothing_else_that_is_found_counts(found: Any) -> None:
    """Whoever put it there, though it says that it is this gate's."""
    gate, store = counted()
    if not isinstance(found, str) and hasattr(found, "gate"):
        found.gate = gate
    outcome = authenticate(gate, KNOWN, STAFF, found=found)
    assert isinstance(outcome, Denied)
    assert (outcome.reason, len(store.asked)) == (Reason.CONSUMER_FORBIDDEN, 1)


FOUND_REQUESTS = [
    KNOWN,
    RequestView("GET"),
    RequestView("GET", headers=[(b"authorization", b"Bearer a.b.c")]),
    RequestView("OPTIONS", headers=PREFLIGHT),
]
FOUND_POLICIES = [
    Policy(),
    Policy(anonymous=GUEST, anonymous_for="any"),
    Policy(mode="report"),
    Policy(run_on_preflight=False),
    Policy.kong(key_claim="iss", anonymous=GUEST),
]
FOUND_DEMANDS = [
    None,
    OPTIONAL,
    STAFF,
    Requirement(consumers=["jack"]),
    Requirement(scopes=["read"]),
    Requirement(authenticated=True),
]


@given(
    view=st.sampled_from(FOUND_REQUESTS),
    policy=st.sampled_from(FOUND_POLICIES),
    demands=st.sampled_from(FOUND_DEMANDS),
)
def test_what_was_found_changes_no_answer(
    view: RequestView, policy: Policy, demands: Requirement | None
) -> None:
    """It only saves the work."""
    gate, _ = counted(policy)
    afresh = authenticate(gate, view, demands)
    again = authenticate(gate, view, demands, found=authenticate(gate, view))
    assert facts(again) == facts(afresh)


def facts(outcome: Outcome) -> tuple[object, ...]:
    """Give what can be compared of an outcome."""
    names = ("consumer", "reason", "refusal", "status", "why", "response_headers")
    return (type(outcome), *(getattr(outcome, name, None) for name in names))


# Narrowing an outcome


def test_a_gate_narrows_by_what_decided() -> None:
    """The policy of the route, though another path is asked for by then."""
    gate = shop(policy=Policy(mode="report"), routes=[Route(path="/a", policy=ADMIN)])
    view = RequestView("GET", "/a", headers=[bearer(sub="jack")])
    outcome = gate.narrow(authenticate(gate, view), STAFF)
    assert isinstance(outcome, Denied)
    assert 'realm="admin"' in dict(outcome.response_headers)["WWW-Authenticate"]


def bearer(**claims: Any) -> tuple[bytes, bytes]:
    """Make a header with a token of these claims."""
    return b"authorization", f"Bearer {mint(claims)}".encode()


@pytest.mark.parametrize("mode", ["enforce", "report"])
def test_a_gate_narrows_what_passed_without_identity_by_what_decided(
    mode: Any,
) -> None:
    """A preflight of a route that enforces does not pass by the gate's own mode."""
    strict = Policy(run_on_preflight=False)
    gate = shop(policy=Policy(mode=mode), routes=[Route(path="/a", policy=strict)])
    found = authenticate(gate, RequestView("OPTIONS", "/a", headers=PREFLIGHT))
    assert isinstance(found, Exempt)
    assert isinstance(gate.narrow(found, Requirement()), Denied)


def test_a_gate_narrows_no_refusal() -> None:
    """It stays the object that it was."""
    gate = shop()
    denied = authenticate(gate, RequestView("GET", "/orders"))
    assert gate.narrow(denied, OPTIONAL) is denied


@pytest.mark.parametrize("demands", [None, STAFF], ids=["none", "some"])
def test_method_override_a_preflight_that_became_a_post_is_decided_afresh(
    demands: Requirement | None,
) -> None:
    """A middleware between may obey X-HTTP-Method-Override; the exemption is gone."""
    gate, _ = counted(Policy(run_on_preflight=False))
    found = authenticate(gate, RequestView("OPTIONS", headers=PREFLIGHT))
    assert isinstance(found, Exempt)
    post = RequestView("POST", headers=PREFLIGHT)
    assert isinstance(authenticate(gate, post, demands, found=found), Denied)
