from typing import Any

import pytest

from jwtgate import Anonymous, Denied, Exempt, RequestView, authenticate
from tests.configs.files import consumer, gate_of, problems_of


def told(*routes: object, **members: object) -> tuple[str, ...]:
    """Give the problems of a file with these routes."""
    return problems_of(routes=list(routes), **members)


def outcome(path: str, *routes: object, **members: Any) -> object:
    """Decide on a request without a token, by a file with these routes."""
    gate = gate_of(routes=list(routes), **members)
    return authenticate(gate, RequestView("GET", path=path, headers=[]))


def test_a_route_may_be_public() -> None:
    """Then nothing is asked for there."""
    route = {"path": "/health", "public": True}
    assert isinstance(outcome("/health", route), Exempt)
    assert isinstance(outcome("/orders", route), Denied)


def test_a_route_may_be_of_methods_and_hosts() -> None:
    """Others get the gate's policy."""
    route = {"path": "/a", "methods": ["POST"], "hosts": ["a.example"], "public": True}
    assert isinstance(outcome("/a", route), Denied)


def test_a_route_has_its_policy() -> None:
    """Here, one that lets in whom no token names."""
    route = {"path": "/a/*", "policy": {"anonymous": {"username": "guest"}}}
    assert isinstance(outcome("/a/b", route), Anonymous)
    assert isinstance(outcome("/b", route), Denied)


def challenge(path: str, *routes: object, **members: Any) -> str:
    """Give the challenge of a refusal."""
    denied = outcome(path, *routes, **members)
    assert isinstance(denied, Denied)
    return dict(denied.response_headers).get("WWW-Authenticate", "")


def test_the_policy_of_a_route_has_the_members_of_the_gates() -> None:
    """But for those that it replaces."""
    route = {"path": "/a", "policy": {"leeway": 5}}
    assert challenge("/a", route, policy={"realm": "shop"}) == 'Bearer realm="shop"'


def test_the_policy_of_a_route_replaces_members() -> None:
    """There alone."""
    route = {"path": "/a", "policy": {"realm": "a"}}
    both = [challenge(each, route, policy={"realm": "shop"}) for each in ("/a", "/b")]
    assert both == ['Bearer realm="a"', 'Bearer realm="shop"']


ROUTES: dict[str, tuple[dict[str, object], str]] = {
    "no path": ({"public": True}, ".path: is missing; expected which paths"),
    "path": ({"path": "a"}, ".path: has 'a'; expected"),
    "methods": ({"path": "/", "methods": ["get"]}, ".methods: has 'get'; expected"),
    "no method": ({"path": "/", "methods": [""]}, ".methods: must be texts that are"),
    "hosts": ({"path": "/", "hosts": ["A"]}, ".hosts: has 'A'; expected"),
    "kind": ({"path": "/", "methods": "GET"}, ".methods: expected a list of texts"),
    "unknown": ({"path": "/", "pubic": True}, ".pubic: unknown; did you mean public?"),
    "no table": ({"path": "/", "policy": 1}, ".policy: expected a table"),
    "policy": (
        {"path": "/", "policy": {"mode": "off"}},
        ".policy.mode: must be one of: enforce, report",
    ),
    "both": (
        {"path": "/", "public": True, "policy": {}},
        ".public: demands nothing, so it takes no policy",
    ),
    "anonymous": (
        {"path": "/", "policy": {"anonymous": "eve"}},
        ".policy.anonymous: expected the id or username",
    ),
}


@pytest.mark.parametrize(("route", "problem"), ROUTES.values(), ids=ROUTES.keys())
def test_a_route_that_cannot_be_is_told(route: dict[str, object], problem: str) -> None:
    """With its place."""
    (told_,) = told({"path": "/first"}, route, consumers=[consumer()])
    assert told_.startswith(f"routes[1]{problem}")


def test_what_contradicts_the_gates_policy_is_told_at_the_routes() -> None:
    """A member that the route does not have is no place in it."""
    route = {"path": "/", "policy": {"required_claims": []}}
    assert told(route, policy={"maximum_expiration": 5}) == (
        "routes[0].policy: maximum_expiration needs exp in required_claims",
    )


def test_what_is_wrong_with_the_gates_policy_is_told_once() -> None:
    """Not again for each route that has its members."""
    route = {"path": "/", "policy": {"leeway": 5}}
    assert told(route, policy={"realm": ""}) == (
        "policy.realm: must be printable ASCII, at least one character, or None",
    )


def test_two_routes_that_match_equally_are_refused() -> None:
    """As the gate tells it."""
    (problem,) = told({"path": "/a"}, {"path": "/a"})
    assert problem.startswith("routes: two routes match '/a' equally well")
