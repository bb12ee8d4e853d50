import base64
from typing import Any

import pytest

from jwtgate import (
    Anonymous,
    Authenticated,
    Denied,
    Exempt,
    Gate,
    Outcome,
    Policy,
    RequestView,
    authenticate,
)
from tests.configs.files import consumer, credential, gate_of, problems_of
from tests.kit import SECRET, mint


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
    "priority": ({"path": "/", "priority": 1.5}, ".priority: expected a whole number"),
    "prefix": (
        {"path": "/a*", "prefix": True},
        ".prefix: goes without '*' at the end of the path",
    ),
    "a public one's": (
        {"path": "/", "public": True, "policy": {"quota": "often"}},
        ".policy.quota: rates must be such as",
    ),
    "strict": (
        {"path": "/", "public": True, "policy": {"strict": True}},
        '.policy.strict: expected gateway = "kong" or "apisix" beside it',
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


def test_a_route_may_be_a_prefix() -> None:
    """Letter by letter, as the gateways."""
    route = {"path": "/or", "prefix": True, "public": True}
    assert isinstance(outcome("/orders", route), Exempt)


def test_a_route_may_have_a_priority() -> None:
    """It counts before the closer match."""
    routes = [
        {"path": "/*", "priority": 1, "public": True},
        {"path": "/orders"},
    ]
    assert isinstance(outcome("/orders", *routes), Exempt)


def test_a_public_route_may_have_a_policy() -> None:
    """What it holds callers to."""
    policy = {"termination": {"status": 503}}
    denied = outcome("/", {"path": "/", "public": True, "policy": policy})
    assert isinstance(denied, Denied)
    assert denied.status == 503


def test_a_public_route_takes_nothing_over() -> None:
    """Neither what callers are held to, nor the form of answers."""
    route: dict[str, object] = {"path": "/", "public": True, "policy": {"realm": "a"}}
    above = {"gateway": "kong", "quota": "1/d", "termination": {"status": 503}}
    gate = gate_of(routes=[route], policy=above)
    (made,) = gate.settings.routes
    assert made.policy == Policy(realm="a")


ENCODED = base64.b64encode(SECRET.encode()).decode()
PEOPLE = [consumer(credentials=[credential(secret=ENCODED)])]


def sent_to(gate: Gate, path: str) -> Outcome:
    """Send a token that is signed with the decoded secret."""
    headers = [(b"authorization", b"Bearer " + mint().encode())]
    return authenticate(gate, RequestView("GET", path=path, headers=headers))


def passes(gate: Gate, path: str) -> bool:
    """Whether that token passes."""
    return isinstance(sent_to(gate, path), Authenticated)


def base64_gate(above: bool | None, route: dict[str, object]) -> Gate:  # noqa: FBT001 - as the member
    """Make a gate whose policy reads secrets so, with a route at /a."""
    policy = {"secret_is_base64": above}
    return gate_of(consumers=PEOPLE, policy=policy, routes=[{"path": "/a", **route}])


READ: dict[str, tuple[bool | None, dict[str, object], tuple[bool, bool]]] = {
    "there": (None, {"policy": {"secret_is_base64": True}}, (True, False)),
    "not there": (True, {"policy": {"secret_is_base64": False}}, (False, True)),
    "as each says": (True, {"policy": {"secret_is_base64": None}}, (False, True)),
    "as above": (True, {"policy": {"realm": "a"}}, (True, True)),
    "no policy": (True, {}, (True, True)),
}


@pytest.mark.parametrize(("above", "route", "both"), READ.values(), ids=READ.keys())
def test_a_route_may_read_secrets_in_its_way(
    above: bool | None,  # noqa: FBT001 - as the member
    route: dict[str, object],
    both: tuple[bool, bool],
) -> None:
    """As Kong's plugin may; else as the file's policy does."""
    gate = base64_gate(above, route)
    assert (passes(gate, "/a"), passes(gate, "/b")) == both


def test_a_route_that_reads_secrets_as_the_file_has_no_store_of_its_own() -> None:
    """Thousands of them would be as many copies."""
    gate = base64_gate(True, {"policy": {"secret_is_base64": True}})  # noqa: FBT003 - as the member
    assert [route.store for route in gate.settings.routes] == [None]


def test_a_public_route_reads_no_secrets() -> None:
    """Nobody shows a token there."""
    route = {"public": True, "policy": {"secret_is_base64": True}}
    assert isinstance(sent_to(base64_gate(None, route), "/a"), Exempt)


def test_consumers_that_are_broken_leave_a_route_without_store() -> None:
    """Their problems are told, and nothing of what would follow of them."""
    told_ = told(
        {"path": "/", "policy": {"secret_is_base64": True}}, consumers=[{"id": "a"}]
    )
    assert told_ == ("consumers[0]: a consumer needs a username or a custom_id",)
