from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import (
    Anonymous,
    Authenticated,
    ConfigurationError,
    Consumer,
    Exempt,
    Policy,
    Reason,
    RequestView,
    authenticate,
)
from jwtgate._scope import (
    can_deny,
    encoded,
    passed_on,
    request_of,
    settle,
    tell_state,
)
from jwtgate.identity import is_identity_header
from tests.kit import make_gate, mint

Line = tuple[bytes, bytes]

TOKEN = mint().encode()
BEARER = (b"authorization", b"Bearer " + TOKEN)
NOBODY = RequestView("GET")
HIDING = Policy(query_names=("jwt",), cookie_names=("jwt",), hide_credentials=True)
LENIENT = Policy(
    anonymous=Consumer(username="guest"),
    anonymous_for="any",
    query_names=("jwt",),
    hide_credentials=True,
)


def passing(request: RequestView, policy: Policy) -> Any:
    """Decide on a request that is to pass."""
    return authenticate(make_gate(policy=policy), request)


KNOWN = RequestView("GET", headers=[BEARER])
OUTCOMES: dict[str, Authenticated | Anonymous | Exempt] = {
    "authenticated": passing(KNOWN, Policy()),
    "authenticated, hiding": passing(KNOWN, HIDING),
    "anonymous, hiding": passing(NOBODY, LENIENT),
    "exempt": passing(NOBODY, Policy(mode="report")),
}
PLAIN = OUTCOMES["authenticated"]
GATE = PLAIN.gate
OTHER = make_gate()
HIDDEN = OUTCOMES["authenticated, hiding"]


def http(headers: Sequence[Line] = (), **fields: Any) -> dict[str, Any]:
    """Make the scope of a request."""
    return {"type": "http", "path": "/", "headers": list(headers), **fields}


# The request


def test_a_request_is_what_the_server_says() -> None:
    """Nothing of it is parsed."""
    view = request_of(
        http(
            [(b"X_a", b"\xff"), (b"x-a", b"2")],
            method="PUT",
            path="/a b",
            raw_path=b"/a%20b?c",
            query_string=b"c=%20&d",
            client=("192.0.2.1", 1),
            scheme="https",
        )
    )
    assert (view.method, view.path, view.raw_path) == ("PUT", "/a b", b"/a%20b")
    assert (view.query, view.client, view.scheme) == (b"c=%20&d", "192.0.2.1", "https")
    assert (view.kind, view.headers) == ("http", [(b"X_a", b"\xff"), (b"x-a", b"2")])


NOTHING = {"raw_path": None, "query_string": None, "client": None, "root_path": None}


@pytest.mark.parametrize("fields", [{}, NOTHING], ids=["absent", "None"])
def test_a_request_may_leave_out_most(fields: dict[str, Any]) -> None:
    """ASGI makes these optional."""
    view = request_of(http(**fields))
    assert (view.method, view.scheme, view.client) == ("GET", "http", None)
    assert (view.raw_path, view.query, view.path) == (b"", b"", "/")


def test_a_handshake_is_a_request_of_its_own_kind() -> None:
    """It has no method."""
    view = request_of(http(type="websocket", scheme="wss"))
    assert (view.kind, view.method, view.scheme) == ("websocket", "GET", "wss")


@pytest.mark.parametrize("kind", ["lifespan", "webtransport", "HTTP", ""])
def test_nothing_else_is_a_request(kind: str) -> None:
    """What cannot be guarded is refused."""
    with pytest.raises(ConfigurationError, match="http and websocket"):
        request_of({"type": kind})


def test_a_header_may_be_a_list_of_two() -> None:
    """ASGI has iterables there."""
    scope = http([[b"a", b"1"]])  # type: ignore[list-item]
    assert request_of(scope).lines(b"a") == [b"1"]
    assert [b"a", b"1"] in passed_on(scope, PLAIN)["headers"]


# Behind a gate, and mounts between


def mounted(scope: dict[str, Any], below: str) -> dict[str, Any]:
    """Pass a request on as Starlette's mounts do."""
    root = scope.get("root_path", "")
    return {
        **scope,
        "app_root_path": scope.get("app_root_path", root),
        "root_path": root + below,
    }


@pytest.mark.parametrize(
    ("root", "path", "below"),
    [
        ("", "/orders", "/orders"),
        ("/app", "/app/orders", "/orders"),
        ("/app/", "/app//orders", "/orders"),
        ("/", "/orders", "/orders"),
        ("/app", "/orders", "/orders"),
        ("/app", "/app", ""),
    ],
    ids=["no root", "root", "slash", "slash alone", "root cut off", "root alone"],
)
def test_a_path_is_what_is_below_the_root(root: str, path: str, below: str) -> None:
    """ASGI: ``path`` is the whole, or the server has cut it."""
    assert request_of(http(path=path, root_path=root)).path == below


def test_a_gate_below_a_mount_compares_what_is_below_it() -> None:
    """Its routes are written so, also where the same gate is further out."""
    inner = mounted(passed_on(http(path="/shop/orders"), PLAIN), "/shop")
    assert request_of(inner).path == "/orders"


def test_what_else_tells_of_the_app_s_root_changes_no_path() -> None:
    """Starlette's mounts keep it in ``app_root_path``, behind whatever is between."""
    scope = http(path="/shop/orders", root_path="/shop", app_root_path="")
    assert request_of(scope).path == "/orders"


@pytest.mark.parametrize("name", [b"jwtgate", b"root_path", b"app_root_path"])
def test_mount_spoofing_no_header_says_where_the_app_is(name: bytes) -> None:
    """Only what a gate left counts, and no header can be that."""
    scope = http([(name, b"/public")], path="/public/admin")
    inner = passed_on(scope, PLAIN)
    assert request_of(scope).path == request_of(inner).path == "/public/admin"
    assert inner["jwtgate"] is PLAIN


# What the app gets


@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES)
def test_the_app_gets_the_outcome_and_its_headers(
    outcome: Authenticated | Anonymous | Exempt,
) -> None:
    """Each header in lower case."""
    scope = passed_on(http(), outcome)
    assert scope["jwtgate"] is outcome
    assert scope["headers"] == encoded(outcome.request_headers)


def test_what_is_hidden() -> None:
    """Every copy of the token, and what a client forged; the rest stays as it is."""
    forged = (b"X_Consumer-Id", b"forged")
    cookies = (b"cookie", b"a=\xff; jwt=" + TOKEN)
    query = b"a=%zz&jwt=" + TOKEN
    scope = passed_on(http([forged, BEARER, cookies], query_string=query), HIDDEN)
    assert scope["headers"][0] == (b"cookie", b"a=\xff")
    assert (len(scope["headers"]), scope["query_string"]) == (
        1 + len(HIDDEN.request_headers),
        b"a=%zz",
    )


def test_a_token_among_subprotocols_is_hidden() -> None:
    """Servers tell of the header a second time; what is no token stays."""
    policy = Policy.apisix(
        header_names=["Sec-WebSocket-Protocol"], key_claim="iss", hide_credentials=True
    )
    token = TOKEN.decode()
    line = (b"sec-websocket-protocol", TOKEN)
    scope = http([line], type="websocket", subprotocols=[token])
    inner = passed_on(scope, passing(request_of(scope), policy))
    assert (inner["subprotocols"], scope["subprotocols"]) == ([], [token])
    others = ["chat", "\udcff"]
    chosen = http(type="websocket", subprotocols=others)
    assert passed_on(chosen, HIDDEN)["subprotocols"] == others


@pytest.mark.parametrize("kind", [iter, tuple, list])
def test_headers_that_were_read_can_be_read_again(kind: Any) -> None:
    """ASGI's iterable of them can be read once."""
    scope = {**http(), "headers": kind([(b"a", b"1")])}
    assert list(request_of(scope).headers) == [(b"a", b"1")]
    assert (b"a", b"1") in passed_on(scope, PLAIN)["headers"]
    settle(scope, PLAIN)
    assert scope["headers"][0] == (b"a", b"1")


@pytest.mark.parametrize("kind", [tuple, list])
def test_headers_that_can_be_read_again_stay_where_they_are(kind: Any) -> None:
    """Whoever is further out goes on with what it has."""
    held = kind([(b"a", b"1")])
    scope = {**http(), "headers": held}
    passed_on(scope, PLAIN)
    assert request_of(scope).headers is scope["headers"] is held


def test_a_scope_without_a_query_gets_none() -> None:
    """An empty one, as servers give it."""
    assert passed_on(http(query_string=None), HIDDEN)["query_string"] == b""


# In place


def test_settling_keeps_the_list_of_headers() -> None:
    """A framework may hold it."""
    scope = http([(b"x-consumer-id", b"forged")])
    held = scope["headers"]
    settle(scope, PLAIN)
    assert scope["headers"] is held
    assert held == encoded(PLAIN.request_headers)


def test_headers_that_cannot_be_changed_are_replaced() -> None:
    """Some servers have a tuple."""
    scope = {**http(), "headers": ((b"x-consumer-id", b"forged"),)}
    settle(scope, PLAIN)
    assert scope["headers"] == encoded(PLAIN.request_headers)


def test_settling_tells_the_state() -> None:
    """As a middleware does."""
    scope = http(state={})
    settle(scope, PLAIN)
    assert scope["state"] == {"jwtgate": PLAIN}


@pytest.mark.parametrize("state", [None, [], "state"], ids=repr)
def test_a_state_that_is_no_mapping_is_left_alone(state: object) -> None:
    """It is somebody else's."""
    scope = http(state=state)
    tell_state(scope, PLAIN)
    assert scope["state"] == state


def test_a_scope_gets_no_state_of_ours() -> None:
    """Only the server's is told."""
    scope = http()
    tell_state(scope, PLAIN)
    assert "state" not in scope


# Refusals

DENIAL: dict[str, Any] = {"websocket.http.response": {}}


@pytest.mark.parametrize(
    ("scope", "can"),
    [
        ({"type": "http"}, True),
        ({"type": "websocket"}, False),
        ({"type": "websocket", "extensions": None}, False),
        ({"type": "websocket", "extensions": {"other": {}}}, False),
        ({"type": "websocket", "extensions": DENIAL}, True),
    ],
    ids=["request", "no extensions", "None", "another", "denial"],
)
def test_a_response_can_be_sent(scope: dict[str, Any], *, can: bool) -> None:
    """To a handshake only where the server says so."""
    assert can_deny(scope) is can


def test_headers_are_written_in_lower_case() -> None:
    """ASGI has them so; values stay."""
    assert encoded((("X-A", "B"), ("c", "%20"))) == [(b"x-a", b"B"), (b"c", b"%20")]


# Properties

_NAMES = st.sampled_from(
    [
        b"authorization",
        b"Authorization",
        b"cookie",
        b"x-consumer-id",
        b"X_Consumer-Username",
        b"x_anonymous_consumer ",
        b"jwtgate-compared",
        b"x-other",
    ]
)
_VALUES = st.binary() | st.sampled_from([b"Bearer " + TOKEN, b"a; jwt=" + TOKEN])
_SCOPES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["http", "websocket"]),
        "path": st.text(),
        "headers": st.lists(st.tuples(_NAMES | st.binary(), _VALUES)),
    },
    optional={
        "query_string": st.binary() | st.just(b"jwt=" + TOKEN),
        "root_path": st.text(max_size=4),
        "app_root_path": st.text(max_size=4),
        "state": st.builds(dict),
    },
)
_OUTCOMES = st.sampled_from(list(OUTCOMES.values()))
_FOLDED = st.sampled_from([b"authorization", b"cookie", b"x-consumer-id", b"x-none"])


def copied(scope: dict[str, Any]) -> dict[str, Any]:
    """Copy a scope and its headers."""
    return {**scope, "headers": list(scope["headers"])}


@given(scope=_SCOPES, outcome=_OUTCOMES)
def test_settling_in_place_is_passing_on(
    scope: dict[str, Any], outcome: Authenticated | Anonymous | Exempt
) -> None:
    """Whatever the request holds; passing on changes nothing of it."""
    before = copied(scope)
    passed = passed_on(scope, outcome)
    assert scope == before
    settle(scope, outcome)
    assert scope == passed


@given(scope=_SCOPES, outcome=_OUTCOMES, name=_FOLDED)
def test_header_spoofing_what_a_view_saw_hides_no_forged_name(
    scope: dict[str, Any], outcome: Authenticated | Anonymous | Exempt, name: bytes
) -> None:
    """The names are looked at once, while a header is sought; any, there or not."""
    view = request_of(scope)
    view.single_line(name)
    assert passed_on(scope, outcome, view) == passed_on(scope, outcome)


@given(scope=_SCOPES, name=_FOLDED)
def test_a_single_line_is_that_of_the_headers(
    scope: dict[str, Any], name: bytes
) -> None:
    """Sought in the scope itself, as in any other request."""
    plain = RequestView("GET", headers=scope["headers"])
    assert request_of(scope).single_line(name) == plain.single_line(name)


def test_header_spoofing_behind_a_token_that_came_twice() -> None:
    """The search ends there; the rest was not looked at."""
    view = request_of(http([BEARER, BEARER, (b"x-consumer-id", b"forged")]))
    assert view.single_line(b"authorization") is None
    assert view.may_be_forged


def test_header_spoofing_by_the_very_header_that_is_sought() -> None:
    """No policy can name it as one for tokens, but the core may ask for any."""
    scope = http([(b"x-consumer-token", b"forged")])
    view = request_of(scope)
    assert view.single_line(b"x-consumer-token") == b"forged"
    assert passed_on(scope, OUTCOMES["exempt"], view)["headers"] == []


@pytest.mark.parametrize("more", [0, 1])
def test_header_flood_more_than_a_thousand_lines_are_refused(more: int) -> None:
    """Servers refuse fewer; the bound is ours all the same."""
    flood = [BEARER, *[(b"a", b"")] * (999 + more)]
    outcome = authenticate(make_gate(), request_of(http(flood)))
    reason = Reason.CARRIER_TOO_LONG if more else None
    assert getattr(outcome, "reason", None) is reason


def test_names_that_begin_otherwise_are_not_looked_at_again() -> None:
    """As those of nearly all requests."""
    view = request_of(http([BEARER, (b"host", b"a"), (b"", b"")]))
    assert view.may_be_forged
    assert view.single_line(b"authorization") == BEARER[1]
    assert not view.may_be_forged


@given(scope=_SCOPES, outcome=_OUTCOMES)
def test_settling_twice_is_settling_once(
    scope: dict[str, Any], outcome: Authenticated | Anonymous | Exempt
) -> None:
    """An adapter may, where an outer gate has."""
    settle(scope, outcome)
    once = copied(scope)
    settle(scope, outcome)
    assert scope == once


@given(scope=_SCOPES, outcome=_OUTCOMES)
def test_header_spoofing_every_identity_header_is_the_gate_s(
    scope: dict[str, Any], outcome: Authenticated | Anonymous | Exempt
) -> None:
    """In whatever spelling the client sent one."""
    settle(scope, outcome)
    ours = [line for line in scope["headers"] if is_identity_header(line[0])]
    assert ours == encoded(outcome.request_headers)


@given(_SCOPES)
def test_no_copy_of_a_token_is_left_where_it_is_looked_for(
    scope: dict[str, Any],
) -> None:
    """A gate further in would find none."""
    settle(scope, HIDDEN)
    again = authenticate(make_gate(policy=HIDING), request_of(scope))
    assert not isinstance(again, Authenticated)


@given(_SCOPES)
def test_a_gate_reads_the_same_request_behind_itself(scope: dict[str, Any]) -> None:
    """Where nothing is hidden: path, query and the headers that are not ours."""
    before, after = request_of(scope), request_of(passed_on(scope, PLAIN))
    assert (before.path, before.query, before.kind) == (
        after.path,
        after.query,
        after.kind,
    )
    kept = [line for line in before.headers if not is_identity_header(line[0])]
    assert kept == [line for line in after.headers if not is_identity_header(line[0])]


def test_query_leak_of_a_server_that_leaves_it_in_the_raw_path() -> None:
    """The app gets the path alone there, and the query less a token elsewhere."""
    inner = passed_on(http(raw_path=b"/a?jwt=x"), PLAIN)
    assert inner["raw_path"] == b"/a"


def test_no_raw_path_is_made_up() -> None:
    """What the server leaves out, the app is not told."""
    assert "raw_path" not in passed_on(
        {"type": "http", "path": "/", "headers": []}, PLAIN
    )
