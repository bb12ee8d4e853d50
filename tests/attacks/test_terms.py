"""Callers who want more than their quota, or what is left of another's."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from jwtgate import Access, Answer, Denied, Gate, Policy, Quota, Reason, Route
from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.attacks.harness import Via, attacks, both
from tests.kit import (
    Header,
    ListStore,
    Sent,
    clock,
    credential,
    jack,
    make_gate,
    mint,
    via_asgi,
)

GONE = Answer(status=410, message="Gone")
VICTIM = "10.0.0.1"


def limited(*per: str, rates: str = "1/h") -> Gate:
    """Make a gate with a quota of one request."""
    return make_gate(policy=Policy(quota=Quota(rates=rates, per=per)))


def sent(*headers: Header, client: str = VICTIM, **claims: object) -> Sent:
    """Make a good request with further headers."""
    return Sent.bearer(mint(claims), headers=headers, client=client)


def is_spent(via: Via, gate: Gate, request: Sent) -> bool:
    """Whether there is nothing left for a request."""
    got = via(gate, request)
    assert got.status in (200, 429)
    return got.status == 429


# More than there is


@both
@attacks(
    "name",
    {
        "capitals": "X-TENANT",
        "small letters": "x-tenant",
        "an underscore": "X_Tenant",
        "both": "x_TENANT",
    },
)
def test_a_header_in_another_spelling_has_no_quota_of_its_own(
    name: str, via: Via
) -> None:
    """What servers fold into one name is counted as one."""
    gate = limited("header:X-Tenant")
    assert not is_spent(via, gate, sent(("X-Tenant", "a")))
    assert is_spent(via, gate, sent((name, "a")))


@both
@pytest.mark.parametrize("value", ["", None])
def test_a_header_that_is_empty_or_missing_is_counted_by_address(
    value: str | None, via: Via
) -> None:
    """Who leaves it out escapes nothing."""
    gate = limited("header:X-Tenant")
    headers = [] if value is None else [("X-Tenant", value)]
    assert not is_spent(via, gate, sent(*headers))
    assert is_spent(via, gate, sent())


@both
@attacks(
    "more",
    {
        "another token": {"jti": "2"},
        "another time": {"iat": 1},
        "another expiry": {"exp": 1_800_000_500},
        "a name": {"name": "mallory", "sub": "mallory"},
        "an id": {"id": "mallory", "consumer": "mallory"},
    },
)
def test_another_token_has_no_quota_of_its_own(more: dict[str, Any], via: Via) -> None:
    """A consumer is counted, whatever it has its tokens say."""
    gate = limited("consumer")
    assert not is_spent(via, gate, sent())
    assert is_spent(via, gate, sent(**more))


@both
@attacks(
    "headers",
    {
        "X-Forwarded-For": [("X-Forwarded-For", "1.2.3.4")],
        "Forwarded": [("Forwarded", "for=1.2.3.4")],
        "X-Real-IP": [("X-Real-IP", "1.2.3.4")],
        "Remote-Addr": [("Remote-Addr", "1.2.3.4")],
        "X-Consumer-ID": [("X-Consumer-ID", "mallory")],
        "X-Credential-Identifier": [("X-Credential-Identifier", "mallory")],
    },
)
@pytest.mark.parametrize("per", ["address", "consumer", "credential"])
def test_a_header_that_names_somebody_else_gives_no_other_quota(
    per: str, headers: Sequence[Header], via: Via
) -> None:
    """Who calls is told by the server and the token alone."""
    gate = limited(per)
    assert not is_spent(via, gate, sent())
    assert is_spent(via, gate, sent(*headers))


@both
@pytest.mark.parametrize("path", ["/a", "/a/", "/A", "/a;v=1", "/a?x=1", "/a/b"])
def test_another_spelling_of_a_path_has_no_quota_of_its_own(
    path: str, via: Via
) -> None:
    """Those of one route count together."""
    path, _, query = path.partition("?")
    route = Route(path="/a/*", policy=Policy(quota="1/h"))
    gate = Gate(ListStore(credential()), routes=[route], clock=clock)
    assert not is_spent(via, gate, Sent.bearer(mint(), path="/a"))
    assert is_spent(via, gate, Sent.bearer(mint(), path=path, query=query))


@both
@pytest.mark.parametrize("method", ["HEAD", "get", "POST", "OPTIONS", "BREW"])
def test_another_method_has_no_quota_of_its_own(method: str, via: Via) -> None:
    """A quota is of all methods."""
    gate = limited("consumer")
    assert not is_spent(via, gate, sent())
    assert is_spent(via, gate, Sent.bearer(mint(), method=method))


# What is left of another's


@both
@attacks(
    "value",
    {
        "the address": VICTIM,
        "the address, as it is counted": f"address {VICTIM}",
        "the end of a text": f'x","address {VICTIM}',
        "an escape of one": f"x\\u0022,\\u0022address {VICTIM}",
        "a NUL": f"\0address {VICTIM}",
        "nobody": "-",
    },
)
def test_a_header_does_not_use_up_the_quota_of_an_address(value: str, via: Via) -> None:
    """A value of a client's is counted apart from what the server tells."""
    gate = limited("header:X-Tenant")
    assert not is_spent(via, gate, sent(("X-Tenant", value), client="10.6.6.6"))
    assert not is_spent(via, gate, sent())


@both
@attacks(
    "values",
    {
        "a blank moved": ("a b", "c"),
        "the other's name": ("a header:X-B b", "c"),
        "a comma": ("a,b", "c"),
        "a quote": ('a","b', "c"),
        "swapped": ("b c", "a"),
    },
)
def test_two_headers_do_not_run_into_one_another(
    values: tuple[str, str], via: Via
) -> None:
    """Each combination of values is one caller."""
    gate = limited("header:X-A", "header:X-B")
    one, other = values
    assert not is_spent(via, gate, sent(("X-A", one), ("X-B", other)))
    assert not is_spent(via, gate, sent(("X-A", "a"), ("X-B", "b c")))


@both
@attacks("name", {"username": "jack", "id": jack().id, "key": "jack-key"})
def test_a_user_of_an_issuer_does_not_use_up_a_consumer_s_quota(
    name: str, via: Via
) -> None:
    """Whatever the issuer calls it, its counter is its own."""
    issuer = credential(key="issuer", consumer=jack(username="issuer", custom_id=None))
    issuer = credential(
        key="issuer", consumer=issuer.consumer, consumer_claim="sub", id="2"
    )
    gate = make_gate(credential(), issuer, policy=Policy(quota="1/h"))
    assert not is_spent(via, gate, sent(iss="issuer", sub=name))
    assert not is_spent(via, gate, sent())


@both
@pytest.mark.parametrize("octets", [range(1, 256), range(255, 0, -1)])
@pytest.mark.parametrize("times", [1, 256])
def test_any_value_of_a_header_is_counted_without_a_crash(
    times: int, octets: Sequence[int], via: Via
) -> None:
    """All octets, and 64 KiB of them."""
    gate = limited("header:X-Tenant", rates="2/h")
    value = "".join(map(chr, octets)) * times
    assert not is_spent(via, gate, sent(("X-Tenant", value)))


# Access, terminations, and gates in gates


@both
@pytest.mark.parametrize("sub", ["jack", "JACK", "jack ", jack().id, "admin"])
def test_a_user_of_an_issuer_does_not_pass_as_who_is_allowed(
    sub: str, via: Via
) -> None:
    """A name that its issuer chose allows nothing."""
    rule = Access(allow_consumers=["jack", jack().id, "admin"])
    issuer = credential(
        consumer=jack(username="issuer", custom_id=None), consumer_claim="sub"
    )
    got = via(make_gate(issuer, policy=Policy(access=rule)), sent(sub=sub))
    assert isinstance(got.outcome, Denied)
    assert got.outcome.reason is Reason.CONSUMER_FORBIDDEN


@pytest.mark.parametrize(
    "policy",
    [
        Policy(termination=GONE),
        Policy(access=Access(deny_consumers=["jack"])),
    ],
    ids=["termination", "access"],
)
def test_a_websocket_does_not_pass_what_http_may_not(policy: Policy) -> None:
    """The handshake is refused before the app hears of it."""
    messages: list[Any] = []

    async def app(*_: object) -> None:
        raise AssertionError("the app must not run")

    async def receive() -> Any:
        raise AssertionError("the gate must not receive")

    async def send(message: Any) -> None:
        messages.append(message)

    authorization = f"Bearer {mint()}".encode()
    scope = {
        "type": "websocket",
        "path": "/",
        "query_string": b"",
        "headers": [(b"authorization", authorization)],
    }
    asyncio.run(ASGIGate(app, make_gate(policy=policy))(scope, receive, send))
    assert [message["type"] for message in messages] == ["websocket.close"]


def _moved(gate: Gate, **changes: object) -> list[str]:
    """Give the statuses where what is between two gates changes a request."""
    statuses: list[str] = []

    def start(status: str, *_: object) -> Any:
        statuses.append(status)

    def app(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    inner = WSGIGate(app, gate)
    outer = WSGIGate(lambda environ, begin: inner({**environ, **changes}, begin), gate)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "HTTP_AUTHORIZATION": f"Bearer {mint()}",
    }
    list(outer(environ, start))
    return statuses


@attacks(
    "route",
    {
        "access": Policy(access=Access(deny_consumers=["jack"])),
        "termination": Policy(termination=GONE),
    },
)
def test_who_passed_an_outer_gate_does_not_pass_another_route_of_it(
    route: Policy,
) -> None:
    """An outcome stands for the route that it is of."""
    routes = [Route(path="/shut/*", policy=route)]
    gate = Gate(ListStore(credential()), routes=routes, clock=clock)
    assert _moved(gate, PATH_INFO="/shut/x")[0][:3] in ("403", "410")


def test_an_outer_gate_of_one_s_own_does_not_count_twice() -> None:
    """What stands was counted: nobody's budget is used up by a gate in a gate."""
    assert _moved(limited("consumer")) == ["200 OK"]


def test_a_scope_with_an_outcome_of_another_gate_passes_no_termination() -> None:
    """An outcome of another gate is as good as none."""
    found = via_asgi(make_gate(), sent()).outcome
    gate = make_gate(policy=Policy(termination=GONE))
    statuses: list[int] = []

    async def app(*_: object) -> None:
        raise AssertionError("the app must not run")

    async def receive() -> Any:
        raise AssertionError("the gate must not receive")

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    scope |= {"jwtgate": found}
    asyncio.run(ASGIGate(app, gate)(scope, receive, send))
    assert statuses[0] in (401, 410)
