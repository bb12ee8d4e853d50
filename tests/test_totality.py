"""Whatever a client sends: an outcome, never an exception, never our fault."""

import json
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from jwtgate import (
    Access,
    Anonymous,
    Authenticated,
    Consumer,
    Denied,
    Exempt,
    Gate,
    Policy,
    Quota,
    RequestView,
    Route,
    authenticate,
)
from jwtgate.jose import parse_compact
from jwtgate.settings import Settings
from tests.kit import (
    BOTH,
    KEY,
    NOW,
    Got,
    ListStore,
    Sent,
    credential,
    make_gate,
    mint,
    segment,
    signature,
)

SECRET = "a-secret-of-the-oracle-that-is-long-enough-for-the-hash"
NOBODY = Consumer(username="nobody")
CARRIERS: dict[str, Any] = {
    "header_names": ["Authorization", "X-JWT"],
    "query_names": ["jwt", "a b"],
    "cookie_names": ["jwt", "session"],
    "hide_credentials": True,
}
POLICIES = {
    "native": Policy(**CARRIERS),
    "native-anonymous": Policy(**CARRIERS, anonymous=NOBODY, anonymous_for="any"),
    "native-report": Policy(**CARRIERS, mode="report", run_on_preflight=False),
    "native-limited": Policy(
        **CARRIERS,
        access=Access(deny_groups=["staff"], allow_methods={"jack": ["GET"]}),
        quota=[
            Quota(rates="900000000/d", per=["credential", "header:Origin"]),
            Quota(rates="900000000/d", per=["header:X-JWT"], aligned=True),
        ],
        error_response="no",
    ),
    "kong": Policy.kong(**CARRIERS, maximum_expiration=3600),
    "kong-strict": Policy.kong(strict=True, **CARRIERS),
    "apisix": Policy.apisix(key_claim="iss", hide_credentials=True),
    "apisix-strict": Policy.apisix(strict=True, **CARRIERS, key_claim="iss"),
}
GATES = {
    name: make_gate(credential(), credential(kid="k", secret=SECRET), policy=policy)
    for name, policy in POLICIES.items()
}
gates = st.sampled_from(list(GATES.values()))
quick = settings(max_examples=150, deadline=None)

octets = st.one_of(st.binary(max_size=64), st.just(mint().encode()))
texts = st.text(st.characters(max_codepoint=255), max_size=64)
names = st.sampled_from(
    [
        "Authorization",
        "authorization",
        "X-JWT",
        "X_JWT",
        "Cookie",
        "Origin",
        "Host",
        "Sec-Fetch-Site",
        "Access-Control-Request-Method",
        "X-Consumer-ID",
        "Upgrade",
    ]
)
pieces = st.sampled_from(
    [
        "Bearer ",
        "bearer",
        " ",
        "\t",
        ",",
        ";",
        "=",
        "&",
        ".",
        '"',
        "jwt",
        "session=",
        "%6Awt=",
        "jwt=",
        "+",
        "%",
        "\0",
        "\xa0",
        mint(),
        mint(exp=1),
        "Basic x",
        "a=1",
    ]
)
mixtures = st.lists(st.one_of(pieces, texts), max_size=8).map("".join)


def _assert_sound(outcome: object) -> None:
    assert isinstance(outcome, Authenticated | Anonymous | Denied | Exempt)
    if isinstance(outcome, Denied):
        assert outcome.status in (401, 403)
        assert not outcome.reason.our_fault


def _assert_answered(got: Got) -> None:
    _assert_sound(got.outcome)
    assert got.status in (200, 401, 403)
    assert got.app_ran == (got.status == 200)


@quick
@given(gates, st.text())
def test_any_text_as_token(gate: Gate, text: str) -> None:
    """No text makes the decision raise, or blames us."""
    value = b"Bearer " + text.encode("utf-8", "surrogatepass")
    request = RequestView("GET", headers=[(b"authorization", value)])
    _assert_sound(authenticate(gate, request))


@quick
@given(gates, st.lists(octets, max_size=6))
def test_any_octets_as_segments(gate: Gate, parts: list[bytes]) -> None:
    """Nor does anything that is well encoded."""
    token = b".".join(map(segment, parts))
    request = RequestView("GET", headers=[(b"authorization", b"Bearer " + token)])
    _assert_sound(authenticate(gate, request))


@quick
@given(
    gates,
    st.lists(st.tuples(st.binary(max_size=24), octets), max_size=8),
    octets,
    st.text(max_size=8),
    st.sampled_from(["http", "websocket"]),
)
def test_any_octets_as_request(
    gate: Gate, headers: Any, query: bytes, method: str, kind: Any
) -> None:
    """Nor do any header pairs, query and method."""
    request = RequestView(method, query=query, headers=headers, kind=kind)
    outcome = authenticate(gate, request)
    _assert_sound(outcome)
    if isinstance(outcome, Denied):
        return
    hiding = outcome.hiding
    hidden = [hiding.header(name, value) for name, value in headers]
    assert all(kept is None or isinstance(kept, bytes) for kept in hidden)


CLOSED = Gate.of(
    Settings(
        store=ListStore(credential()),
        routes=[
            Route(path="/*", public=True, methods=["GET"]),
            Route(path="/open", public=True, policy=POLICIES["native-limited"]),
            Route(path="/foo/", prefix=True, policy=POLICIES["native-limited"]),
            Route(path="/bar*", policy=POLICIES["kong"]),
        ],
        unrouted="refuse",
    ),
    clock=lambda: NOW,
)
spots = st.lists(
    st.sampled_from(["/", "foo", "FOO", "bar", "open", ";", ".", "%2f", "\0", "\\"])
    | st.text(max_size=4)
).map("".join)


@quick
@given(
    spots | spots.map("/".__add__),
    st.binary(max_size=16),
    st.text(max_size=8) | st.sampled_from(["GET", "POST", "HEAD"]),
    st.none() | st.text(max_size=8),
)
@example("/foo/x", b"", "GET", "\ud800")
def test_any_path_where_only_routes_are_answered(
    path: str, raw_path: bytes, method: str, client: str | None
) -> None:
    """Nor does any path, method or address; and only what is public passes."""
    request = RequestView(method, path, raw_path=raw_path, client=client)
    outcome = authenticate(CLOSED, request)
    if isinstance(outcome, Denied):
        assert outcome.status in (400, 401, 404)
    else:
        assert isinstance(outcome, Exempt)
        assert outcome.why == "public"
        assert not path.lower().startswith(("/foo/", "/bar"))


@pytest.mark.parametrize("via", BOTH.values(), ids=BOTH)
@settings(max_examples=120, deadline=None)
@given(gates, st.lists(st.tuples(names, mixtures), max_size=5), mixtures)
@example(GATES["native"], [("Cookie", "jwt=;a=1;" * 40), ("Cookie", ",;,")], "&&=&%")
def test_any_request_through_a_middleware(
    via: Any, gate: Gate, headers: list[tuple[str, str]], query: str
) -> None:
    """Both middlewares answer whatever comes in the carriers, with no 5xx."""
    _assert_answered(via(gate, Sent(headers=headers, query=query)))


@pytest.mark.parametrize("via", BOTH.values(), ids=BOTH)
@settings(max_examples=120, deadline=None)
@given(gates, st.lists(mixtures, max_size=3), st.sampled_from(["GET", "OPTIONS", "x"]))
def test_any_cookies_through_a_middleware(
    via: Any, gate: Gate, lines: list[str], method: str
) -> None:
    """The same for Cookie lines alone."""
    headers = [("Cookie", line) for line in lines]
    _assert_answered(via(gate, Sent(method=method, headers=headers)))


# The signing oracle: whatever a holder of the secret may write and sign.

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from([KEY, "k", NOW, NOW - 1, NOW + 60, 10**400, "\ud800", "x\r\ny"]),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
claim_names = st.sampled_from(
    ["iss", "exp", "nbf", "aud", "sub", "scope", "scp", "key", "kid", "alg", "typ"]
)
members = st.dictionaries(claim_names | st.text(max_size=4), values, max_size=6)


def _signed(header: bytes, payload: bytes) -> str:
    signing_input = segment(header) + b"." + segment(payload)
    signed = segment(signature("HS256", signing_input, SECRET))
    return (signing_input + b"." + signed).decode()


def _oracle_gate(policy: Policy) -> Gate:
    rows = [
        credential(secret=SECRET),
        credential(secret=SECRET, kid="k", consumer_claim="sub"),
    ]
    return Gate(ListStore(*rows), policy, clock=lambda: NOW)


ORACLES = {name: _oracle_gate(policy) for name, policy in POLICIES.items()}


@pytest.mark.parametrize("gate", ORACLES.values(), ids=ORACLES)
@settings(max_examples=60, deadline=None)
@given(members, members)
@example({}, {"iss": KEY, "exp": 10**400})
@example({"kid": "k"}, {"iss": KEY, "exp": NOW + 1, "sub": "x\r\ny"})
def test_any_claims_signed_well(gate: Gate, header: Any, claims: Any) -> None:
    """No header and claims, though the signature holds, raise or blame us."""
    header = {"alg": "HS256", **header}
    claims = {"iss": KEY, "exp": NOW + 60, **claims}
    token = _signed(json.dumps(header).encode(), json.dumps(claims).encode())
    for via in BOTH.values():
        _assert_answered(via(gate, Sent.bearer(token)))


@quick
@given(
    st.sampled_from(list(ORACLES.values())),
    st.lists(
        st.sampled_from(
            [
                b"{",
                b"}",
                b"[",
                b"]",
                b",",
                b":",
                b'"iss"',
                b'"exp"',
                b'"jack-key"',
                b"NaN",
                b"1e999",
                b"1800000060",
                b"-",
                b"\\ud800",
                b'"',
                b"\xff",
                b" ",
            ]
        ),
        max_size=24,
    ).map(b"".join)
    | st.binary(max_size=48),
)
def test_any_octets_signed_well(gate: Gate, payload: bytes) -> None:
    """Nor does a payload that is no JSON at all."""
    token = _signed(b'{"alg":"HS256"}', payload).encode()
    request = RequestView("GET", headers=[(b"authorization", b"Bearer " + token)])
    _assert_sound(authenticate(gate, request))


@quick
@given(members)
def test_claims_of_one_request(claims: dict[str, Any]) -> None:
    """What one request does to its claims, no other request sees."""
    gate = ORACLES["native"]
    claims = {**claims, "iss": KEY, "exp": NOW + 60}
    token = _signed(b'{"alg":"HS256"}', json.dumps(claims).encode()).encode()
    request = RequestView("GET", headers=[(b"authorization", b"Bearer " + token)])
    first = authenticate(gate, request)
    assume(isinstance(first, Authenticated))
    assert isinstance(first, Authenticated)
    before = json.dumps(first.claims)
    dict.update(first.claims, {"iss": "mallory", "admin": True})
    second = authenticate(gate, request)
    assert isinstance(second, Authenticated)
    assert json.dumps(second.claims) == before


# Work that a client can ask for is bounded before it is done.

SIZES = [65_536, 1_048_576]
WORST = {
    "dots": ".",
    "letters": "A",
    "blanks": " ",
    "tabs": "\t",
    "schemes": "Bearer ",
    "quotes": '"',
    "backslashes": "\\",
    "percents": "%",
    "escapes": "%2E",
    "ampersands": "&",
    "parameters": "jwt&",
    "empty-parameters": "jwt=&",
    "half-encoded-names": "%6A",
    "semicolons": ";",
    "cookies": "jwt=;",
    "half-cookies": "jw; ",
    "blank-cookies": "; jwt ",
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("unit", WORST.values(), ids=WORST)
def test_nothing_long_is_decoded(
    unit: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most one candidate of 8192 characters is ever decoded, whatever is sent."""
    lengths: list[int] = []

    def watched(token: bytes, **how: bool) -> Any:
        lengths.append(min(len(token), 8193))
        return parse_compact(token, **how)

    monkeypatch.setattr("jwtgate.verifier.parse_compact", watched)
    long = (unit * (size // len(unit))).encode()
    for headers, query in (
        ([(b"authorization", b"Bearer " + long)], b""),
        ([(b"cookie", long)], b""),
        ([], long),
    ):
        request = RequestView("GET", query=query, headers=headers)
        outcome = authenticate(GATES["native"], request)
        assert isinstance(outcome, Denied)
    assert len(lengths) <= 3


@pytest.mark.parametrize("copies", [17, 1_000, 10_000])
def test_copies_that_are_looked_at(
    copies: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a carrier with ten thousand copies no more than 17 are decoded."""
    decoded: list[bytes] = []

    def watched(value: bytes) -> bytes:
        decoded.append(value)
        return value

    monkeypatch.setattr("jwtgate.extraction.query.unquote_to_bytes", watched)
    request = RequestView("GET", query=b"jwt=x&" * copies)
    outcome = authenticate(GATES["native"], request)
    assert isinstance(outcome, Denied)
    assert len(decoded) <= 17


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_requests_leave_nothing_behind(order: list[int]) -> None:
    """A gate answers a request the same, whatever it has answered before."""
    gate = GATES["native"]
    tokens = [mint(), mint(exp=1), mint({"iss": "nobody"}), "x.y.z"]
    expected: list[object] = ["jack", "token_expired", "key_unknown", "token_malformed"]
    for n in order:
        value = b"Bearer " + tokens[n].encode()
        request = RequestView("GET", headers=[(b"authorization", value)])
        outcome = authenticate(gate, request)
        if isinstance(outcome, Authenticated):
            assert outcome.consumer.username == expected[n]
        else:
            assert isinstance(outcome, Denied)
            assert outcome.reason.code == expected[n]
