from typing import Any

import pytest

from jwtgate import ConfigurationError, Policy, Quota, RequestView, Route
from jwtgate.asks import TakeQuota
from jwtgate.counting import Counter
from jwtgate.errors import AmbiguousPath, UnknownRoute
from jwtgate.memo import Memos
from jwtgate.ready import Ready, make_ready
from jwtgate.settings import Settings
from tests.kit import ListStore, clock, mint

GATE = object()
OWN, OTHER = ListStore(), ListStore()
STRICT, LAX = Policy(realm="strict"), Policy(realm="lax")
BEARER = ((b"authorization", b"Bearer " + mint().encode()),)


def ready(*routes: Route, counter: Counter | None = None, **fields: Any) -> Ready:
    """Make settings ready."""
    settings = Settings(**{"store": OWN, "policy": STRICT, "routes": routes, **fields})
    return make_ready(
        settings, gate=GATE, clock=clock, counter=counter or Counter(), memos=Memos(8)
    )


class Awaiting:
    """A store that synchronous code cannot use."""

    async def afind(self, key: str, kid: str | None = None) -> list[Any]:
        """Find nothing."""
        _ = key, kid
        return []


class Blocking:
    """A store that asynchronous code cannot use."""

    def find(self, key: str, kid: str | None = None) -> list[Any]:
        """Find nothing."""
        _ = key, kid
        return []


@pytest.mark.parametrize(
    ("fields", "store", "policy"),
    [
        ({}, OWN, STRICT),
        ({"policy": LAX}, OWN, LAX),
        ({"store": OTHER}, OTHER, STRICT),
        ({"public": True}, OWN, Policy()),
        ({"public": True, "policy": LAX}, OWN, LAX),
    ],
    ids=["neither", "policy", "store", "public", "public with a policy"],
)
def test_a_route_has_its_own_or_the_gate_s(
    fields: dict[str, Any], store: object, policy: object
) -> None:
    """What holds for callers in general holds for nobody on a public route."""
    _, guard = ready(Route(path="/a", **fields)).match(RequestView("GET", "/a"))
    assert (guard.store, guard.policy) == (store, policy)


def test_settings_are_kept() -> None:
    """A gate shows them."""
    settings = Settings(store=OWN)
    made = make_ready(
        settings, gate=GATE, clock=clock, counter=Counter(), memos=Memos(8)
    )
    assert made.settings is settings


def test_a_path_without_route_gets_the_gate_s_own_guard() -> None:
    """Unless only routes are answered."""
    made = ready(Route(path="/a"))
    assert made.match(RequestView("GET", "/b")) == (None, made.guard)


def test_where_only_routes_are_answered_a_path_without_is_unknown() -> None:
    """Nothing decides on it."""
    with pytest.raises(UnknownRoute):
        ready(Route(path="/a"), unrouted="refuse").match(RequestView("GET", "/b"))


def test_where_it_is_authenticated_first_the_gate_s_own_guard_does() -> None:
    """What it lets pass is unknown all the same."""
    made = ready(Route(path="/a"), unrouted="policy_then_refuse")
    assert made.match(RequestView("GET", "/b")) == (None, made.guard)


@pytest.mark.parametrize(
    ("unrouted", "closed"),
    [("policy", False), ("refuse", True), ("policy_then_refuse", True)],
)
def test_it_is_closed_unless_the_gate_s_policy_answers(
    unrouted: str, *, closed: bool
) -> None:
    """Then a path has to match a route as it is written."""
    made = ready(Route(path="/a", policy=LAX), unrouted=unrouted)
    assert made.is_closed is closed
    try:
        route, _ = made.match(RequestView("GET", "/A"))
    except UnknownRoute:
        route = None
    assert (route is None) is closed


@pytest.mark.parametrize("unrouted", ["policy", "refuse", "policy_then_refuse"])
def test_an_ambiguous_path_is_no_unknown_one(unrouted: str) -> None:
    """It may be one of a route."""
    with pytest.raises(AmbiguousPath):
        ready(Route(path="/a"), unrouted=unrouted).match(RequestView("GET", "//a"))


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("at", ["gate", "route"])
def test_a_store_that_cannot_be_used_is_told(at: str, kind: Any) -> None:
    """The gate's own, and that of a route."""
    store = Awaiting() if kind == "sync" else Blocking()
    made = ready(Route(path="/a", store=store)) if at == "route" else ready(store=store)
    with pytest.raises(ConfigurationError, match="find"):
        made.require(kind)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_stores_that_can_be_used_are_settled(kind: Any) -> None:
    """No request has to."""
    ready(Route(path="/a", store=OTHER)).require(kind)


def scope(made: Ready, path: str, method: str = "GET") -> str:
    """Give the scope of the quota that a request to a public route takes from."""
    _, guard = made.match(RequestView(method, path))
    ask = next(guard.decide_public(RequestView(method, path)))
    assert isinstance(ask, TakeQuota)
    return ask.quota.scope


def test_each_route_has_counters_of_its_own() -> None:
    """Also routes of one path and one policy."""
    fields: dict[str, Any] = {"public": True, "policy": Policy(quota="1/h")}
    made = ready(
        Route(path="/a", **fields),
        Route(path="/a", methods=["GET"], **fields),
        Route(path="/a", prefix=True, **fields),
        Route(path="/b", **fields),
    )
    asked = [("/a", "POST"), ("/a", "GET"), ("/ab", "GET"), ("/b", "GET")]
    assert len({scope(made, *each) for each in asked}) == 4


def test_a_route_has_the_same_counters_when_settings_are_made_ready_again() -> None:
    """A reload gives nobody more than the quota."""
    route = Route(path="/a", public=True, policy=Policy(quota="1/h"))
    assert scope(ready(route), "/a") == scope(ready(Route(path="/b"), route), "/a")


@pytest.mark.parametrize("path", ["/a", "/b"], ids=["route", "gate"])
def test_all_count_in_the_gate_s_counter(path: str) -> None:
    """The gate's own guard, and those of routes."""
    counter = Counter()
    policy = Policy(quota="1/h")
    made = ready(Route(path="/a", policy=policy), policy=policy, counter=counter)
    _, guard = made.match(RequestView("GET", path))
    ask = next(guard.decide_public(RequestView("GET", path)))
    assert isinstance(ask, TakeQuota)
    assert ask.counter is counter


@pytest.mark.parametrize(
    "fields",
    [
        {"store": None},
        {"policy": "strict"},
        {"routes": [Route(path="/a"), Route(path="/A")]},
        {"policy": Policy(quota=Quota(rates="1/s", storage="etcd://x"))},
        {
            "routes": [
                Route(
                    path="/a",
                    public=True,
                    policy=Policy(quota=Quota(rates="1/s", storage="etcd://x")),
                )
            ]
        },
    ],
    ids=["no store", "no policy", "a tie", "a storage", "a storage of a route"],
)
def test_settings_that_cannot_work_are_refused(fields: dict[str, Any]) -> None:
    """Before any request comes."""
    with pytest.raises(ConfigurationError):
        ready(**fields)


def test_the_outcomes_belong_to_the_gate() -> None:
    """Those of routes, too."""
    _, guard = ready(Route(path="/a", public=True)).match(RequestView("GET", "/a"))
    with pytest.raises(StopIteration) as done:
        next(guard.decide_public(RequestView("GET", "/a", headers=BEARER)))
    assert done.value.value.gate is GATE
