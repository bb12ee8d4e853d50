from threading import enumerate as threads
from typing import Any

import pytest

from jwtgate import (
    Authenticated,
    ConfigurationError,
    Consumer,
    Denied,
    Exempt,
    Gate,
    Policy,
    Reason,
    RequestView,
    Route,
)
from jwtgate.settings import Settings
from tests.kit import BOTH, ListStore, Sent, clock, credential, mint, via_wsgi

OTHER = "another-secret-of-the-tests-of-more-than-32-octets"
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
    gate = shop(routes=[])
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
