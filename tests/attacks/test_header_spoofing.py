"""A client that names itself in the identity headers (T23 to T26)."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from jwtgate import ConfigurationError, Consumer, Exempt, Gate, Policy
from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.attacks.harness import Via, admitted, attacks, both
from tests.kit import (
    Header,
    ListStore,
    Sent,
    clock,
    credential,
    jack,
    make_gate,
    make_store,
    mint,
    via_asgi,
)

FORGED = "mallory-the-admin"

IDENTITY = [
    "X-Consumer-ID",
    "X-Consumer-Custom-ID",
    "X-Consumer-Username",
    "X-Consumer-Groups",
    "X-Consumer-Anything-Else",
    "X-Credential-Identifier",
    "X-Credential-Username",
    "X-Anonymous-Consumer",
    "X-Authenticated-Groups",
]

SPELLINGS: dict[str, Callable[[str], str]] = {
    "as-it-is": str,
    "lower": str.lower,
    "upper": str.upper,
    "underscores": lambda name: name.replace("-", "_"),
    "underscores-in-lower-case": lambda name: name.lower().replace("-", "_"),
    "first-underscore": lambda name: name.replace("-", "_", 1),
    "last-underscore": lambda name: "_".join(name.rsplit("-", 1)),
    "blank-behind": lambda name: name + " ",
    "underscore-behind": lambda name: name + "_",
    "mixed-case": str.swapcase,
}

SPOOFS: dict[str, Header] = {
    f"{name}-{spelling}": (respell(name), FORGED)
    for name in IDENTITY
    for spelling, respell in SPELLINGS.items()
}

NOBODY = Consumer(username="nobody")
ORIGIN: Header = ("Origin", "https://app.example")
ASKED: Header = ("Access-Control-Request-Method", "GET")


def _told(got: Any) -> str:
    return " ".join((got.seen_headers or {}).values())


@both
@attacks("header", SPOOFS)
def test_beside_a_good_token(via: Via, header: Header) -> None:
    """T23, T24, CVE-2015-0219, CVE-2026-3902, CVE-2025-64484: only Jack is told."""
    got = admitted(via, Sent.bearer(mint(), headers=[header]))
    assert FORGED not in _told(got)


@both
@attacks("header", SPOOFS)
def test_before_the_anonymous_consumer(via: Via, header: Header) -> None:
    """T23, T24: the anonymous consumer is nobody else, in any spelling."""
    got = via(make_gate(policy=Policy(anonymous=NOBODY)), Sent(headers=[header]))
    assert got.seen_headers is not None
    assert got.seen_headers["x-consumer-username"] == "nobody"
    assert got.seen_headers["x-anonymous-consumer"] == "true"
    assert FORGED not in _told(got)


UNIDENTIFIED: dict[str, tuple[Policy, Sent]] = {
    "preflight": (
        Policy(run_on_preflight=False),
        Sent(method="OPTIONS", headers=[ORIGIN, ASKED]),
    ),
    "options-that-kong-skips": (
        Policy.kong(run_on_preflight=False),
        Sent(method="OPTIONS"),
    ),
    "report-without-token": (Policy(mode="report"), Sent()),
    "report-of-a-bad-token": (Policy(mode="report"), Sent.bearer("x.y.z")),
}


@both
@attacks("way", UNIDENTIFIED)
@attacks("header", SPOOFS)
def test_where_nobody_is_identified(
    via: Via, way: tuple[Policy, Sent], header: Header
) -> None:
    """T23, T24: Kong leaves them on a skipped OPTIONS; here they go on every path."""
    policy, sent = way
    sent = Sent(method=sent.method, headers=[*sent.headers, header])
    got = via(make_gate(policy=policy), sent)
    assert isinstance(got.outcome, Exempt)
    assert got.seen_headers is not None
    assert not [name for name in got.seen_headers if name.startswith("x-")]


@both
@attacks("policy", {"kong": Policy.kong(), "apisix": Policy.apisix(key_claim="iss")})
@pytest.mark.parametrize("name", IDENTITY)
def test_header_that_the_gateway_leaves(via: Via, policy: Policy, name: str) -> None:
    """T24: Kong and APISIX leave those they do not set themselves; here all go."""
    sent = Sent.bearer(mint(), headers=[(name, FORGED)])
    got = admitted(via, sent, make_gate(policy=policy))
    assert FORGED not in _told(got)


@both
@pytest.mark.parametrize("name", IDENTITY)
def test_several_lines(via: Via, name: str) -> None:
    """T23: every copy goes, whatever lies between them."""
    headers = [
        (name, FORGED),
        ("A", "b"),
        (name, ""),
        (name.replace("-", "_"), FORGED),
        (name.upper(), f"{FORGED},{FORGED}"),
    ]
    got = admitted(via, Sent.bearer(mint(), headers=headers))
    assert FORGED not in _told(got)
    assert got.seen_headers is not None
    assert got.seen_headers["a"] == "b"


@both
def test_value_that_is_absent(via: Via) -> None:
    """T24: where there is no value of ours, the client's does not stay."""
    gate = make_gate(credential(consumer=Consumer(username="jack")))
    sent = Sent.bearer(mint(), headers=[("X-Consumer-Custom-ID", FORGED)])
    got = admitted(via, sent, gate)
    assert got.seen_headers is not None
    assert "x-consumer-custom-id" not in got.seen_headers


@both
def test_groups_of_a_client(via: Via) -> None:
    """T24: a consumer without groups gets none from its request."""
    headers = [("X-Consumer-Groups", "admin"), ("X-Authenticated-Groups", "admin")]
    got = admitted(via, Sent.bearer(mint(), headers=headers))
    assert "admin" not in _told(got)


@both
def test_anonymous_flag_of_a_client(via: Via) -> None:
    """T24: nobody makes a true identity look anonymous either."""
    sent = Sent.bearer(mint(), headers=[("X-Anonymous-Consumer", "true")])
    got = admitted(via, sent)
    assert got.seen_headers is not None
    assert "x-anonymous-consumer" not in got.seen_headers


NEIGHBOURS = [
    "X-Consumer",
    "X-Consumers",
    "Consumer-ID",
    "X-Forwarded-User",
    "X-Credential",
    "X-Request-ID",
    "X.Consumer.ID",
    "HTTP-X-Consumer-ID",
]


@both
@pytest.mark.parametrize("name", NEIGHBOURS)
def test_neighbour_stays(via: Via, name: str) -> None:
    """T24: other headers pass, so that the rule is known to be the one above."""
    got = admitted(via, Sent.bearer(mint(), headers=[(name, "kept")]))
    assert got.seen_headers is not None
    assert got.seen_headers[name.lower()] == "kept"


def _asgi_names(gate: Gate, headers: list[tuple[bytes, bytes]]) -> list[bytes]:
    seen: list[bytes] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.extend(name for name, _ in scope["headers"])

    async def nothing(*_: Any) -> Any:
        return None

    scope = {"type": "websocket", "path": "/", "headers": headers}
    asyncio.run(ASGIGate(app, gate)(scope, nothing, nothing))
    return seen


@attacks(
    "name",
    {
        "upper": b"X-CONSUMER-ID",
        "underscores": b"x_consumer_id",
        "octets-behind": b"x-consumer-id\xa0",
        "nul-behind": b"x-consumer-id\0",
        "tab-behind": b"x-consumer-id\t",
    },
)
def test_raw_names_of_a_websocket(name: bytes) -> None:
    """T23, T27: a handshake is cleaned as a request is."""
    token = mint().encode()
    headers = [(name, b"mallory"), (b"authorization", b"Bearer " + token)]
    names = _asgi_names(make_gate(), headers)
    assert name not in names
    assert names.count(b"x-consumer-id") == 1


def test_anonymous_websocket() -> None:
    """T23, T27: also one that becomes anonymous."""
    gate = make_gate(policy=Policy(anonymous=NOBODY))
    names = _asgi_names(gate, [(b"x_credential_identifier", b"mallory")])
    assert sorted(names) == [
        b"x-anonymous-consumer",
        b"x-consumer-id",
        b"x-consumer-username",
    ]


def _wsgi_environ(gate: Gate, **environ: Any) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def app(inner: Any, _start_response: Any) -> list[bytes]:
        seen.update(inner)
        return []

    whole = {
        "REQUEST_METHOD": "GET",
        "HTTP_AUTHORIZATION": f"Bearer {mint()}",
        **environ,
    }
    WSGIGate(app, gate)(whole, lambda *_: lambda _: None)
    return seen


@pytest.mark.parametrize(
    "key",
    [
        "HTTP_X-CONSUMER-USERNAME",
        "HTTP_x_consumer_username",
        "HTTP_X_CONSUMER_USERNAME ",
        "HTTP_X_Consumer-Username",
    ],
)
def test_odd_keys_of_an_environ(key: str) -> None:
    """T23: servers write some names in their own way; those go as well."""
    seen = _wsgi_environ(make_gate(), **{key: FORGED})
    assert key not in seen
    assert seen["HTTP_X_CONSUMER_USERNAME"] == "jack"


@pytest.mark.parametrize(
    "value",
    [[FORGED], FORGED.encode(), ("x", FORGED)],
    ids=["list", "octets", "tuple"],
)
def test_environ_value_that_is_no_text(value: object) -> None:
    """T23: whatever a server put under the name, it goes."""
    seen = _wsgi_environ(make_gate(), HTTP_X_CONSUMER_GROUPS=value)
    assert "HTTP_X_CONSUMER_GROUPS" not in seen


def test_trusted_channel_of_wsgi() -> None:
    """T26: no header of a client can be the outcome in the environ."""
    seen = _wsgi_environ(make_gate(), HTTP_JWTGATE=FORGED, jwtgate=FORGED)
    assert seen["jwtgate"].consumer.username == "jack"


def test_trusted_channel_of_asgi() -> None:
    """T26: nor in the scope."""
    got = via_asgi(make_gate(), Sent.bearer(mint(), headers=[("jwtgate", FORGED)]))
    assert got.outcome.consumer.username == "jack"


UNSAFE = {
    "cr-lf": "jack\r\nX-Consumer-Groups: admin",
    "line-feed": "jack\n",
    "carriage-return": "\rjack",
    "nul": "ja\0ck",
    "lone-surrogate": "jack\udc80",
}


@pytest.mark.parametrize("field", ["username", "custom_id", "id"])
@attacks("text", UNSAFE)
def test_header_injection_by_a_consumer(field: str, text: str) -> None:
    """T25: what would break a header is refused when the consumer is made."""
    with pytest.raises(ConfigurationError):
        jack(**{field: text})


@attacks("text", UNSAFE)
def test_header_injection_by_a_group(text: str) -> None:
    """T25: the same for groups."""
    with pytest.raises(ConfigurationError):
        jack(groups=["staff", text])


@attacks("text", UNSAFE)
def test_header_injection_by_a_credential(text: str) -> None:
    """T25: the same for the key and the id of a credential."""
    with pytest.raises(ConfigurationError):
        credential(key=text)
    with pytest.raises(ConfigurationError):
        credential(id=text)


def test_group_that_would_be_two() -> None:
    """T25: a comma in a group's name would make another group of its rest."""
    with pytest.raises(ConfigurationError, match="comma"):
        jack(groups=["staff,admin"])


@both
@attacks(
    "text",
    {
        "latin-1": "j\xe4ck",
        "emoji": "jack\U0001f511",
        "escape": "jack\x1b[2J",
        "next-line": "jack\x85X-Consumer-Groups: admin",
        "line-separator": "jack\u2028x",
        "percent": "jack%0d%0aX-Consumer-Groups: admin",
        "tab": "ja\tck",
        "delete": "jack\x7f",
    },
)
def test_odd_text_of_a_consumer(via: Via, text: str) -> None:
    """T25: anything else becomes printable ASCII that stands for exactly one text."""
    gate = make_gate(credential(consumer=Consumer(username=text)))
    got = via(gate, Sent.bearer(mint()))
    assert got.seen_headers is not None
    told = got.seen_headers["x-consumer-username"]
    assert told.isascii()
    assert told.isprintable()
    assert told not in (text, "jack")
    assert got.outcome.consumer.username == text


@both
def test_second_consumer_by_percent_escapes(via: Via) -> None:
    """T25: a name that looks like another one's encoded form is told apart from it."""
    told = set()
    for name in ("j\xe4ck", "j%C3%A4ck"):
        gate = make_gate(credential(consumer=Consumer(username=name)))
        got = via(gate, Sent.bearer(mint()))
        assert got.seen_headers is not None
        told.add(got.seen_headers["x-consumer-username"])
    assert len(told) == 2


@both
def test_anonymous_consumer_by_the_name_of_a_client(via: Via) -> None:
    """T24, T31: the anonymous consumer is the policy's choice, no header's."""
    store = make_store()
    store.create_consumer(username="nobody")
    store.create_consumer(username="admin")
    gate = Gate(store, Policy(anonymous="nobody"), clock=clock)
    headers = [("X-Consumer-Username", "admin"), ("X-Anonymous-Consumer", "admin")]
    got = via(gate, Sent(headers=headers))
    assert got.outcome.consumer.username == "nobody"


@pytest.mark.parametrize("name", [*IDENTITY, "x_consumer_id", "Cookie", "cookie"])
def test_token_in_an_identity_header(name: str) -> None:
    """T24: a header that the gate sets, or that is no place, cannot hold the token."""
    with pytest.raises(ConfigurationError, match="another meaning"):
        Policy(header_names=[name])


def test_store_is_not_asked_for_a_spoofed_name() -> None:
    """T24: identity headers have no part in the decision."""
    store = ListStore(credential())
    via_asgi(Gate(store, clock=clock), Sent(headers=[("X-Consumer-ID", "jack-key")]))
    assert store.asked == []
