import asyncio
from typing import Any

import pytest
from starlette.requests import HTTPConnection, Request
from starlette.websockets import WebSocket

from jwtgate import (
    Answer,
    Authenticated,
    ConfigurationError,
    Credential,
    Denied,
    Exempt,
    Gate,
    Outcome,
    Policy,
    Route,
    aauthenticate,
)
from jwtgate._scope import request_of
from jwtgate.requirement import Requirement
from jwtgate.starlette.connection import (
    ResponseHeaders,
    answer,
    close_code,
    decide,
    denial,
    outer,
    place,
)
from tests.kit import Sent, clock, credential, make_gate, mint, scope_of

STAFF = Requirement(groups=["staff"])
HIDING = Policy(query_names=("jwt",), cookie_names=("jwt",), hide_credentials=True)
DENIAL: dict[str, Any] = {"websocket.http.response": {}}


def request(token: str | None = None, **fields: Any) -> Request:
    """Make Starlette's request."""
    sent = Sent.bearer(token, **fields) if token else Sent(**fields)
    return Request(scope_of(sent))


class Channel:
    """The server's end of a WebSocket."""

    def __init__(self, **fields: Any) -> None:
        self.sent: list[Any] = []
        scope = {**scope_of(Sent()), "type": "websocket", **fields}
        del scope["method"]
        self.socket = WebSocket(scope, self.receive, self.send)

    async def receive(self) -> Any:
        """Open the connection."""
        return {"type": "websocket.connect"}

    async def send(self, message: Any) -> None:
        """Take a message."""
        self.sent.append(message)


def decided(connection: HTTPConnection, **fields: Any) -> Outcome:
    """Decide on a connection by a gate of these fields."""
    gate = fields.pop("gate", None) or make_gate(policy=fields.pop("policy", None))
    return asyncio.run(decide(connection, gate, fields.get("demands")))


def denied(**fields: Any) -> Denied:
    """Give the refusal of a request without a token."""
    outcome = decided(request(), policy=Policy(**fields))
    assert isinstance(outcome, Denied)
    return outcome


# Deciding


class Meddling:
    """A store that waits, while somebody else puts other headers on the request."""

    def __init__(self, scope: Any) -> None:
        self.scope = scope

    async def afind(self, *_: object, **__: object) -> list[Credential]:
        """Give the usual credential, late."""
        forged = (b"x-consumer-username", b"forged")
        self.scope["headers"] = [*self.scope["headers"], forged]
        return [credential()]


def test_header_spoofing_while_a_store_is_waited_for() -> None:
    """What was seen of the headers before does not count any more."""
    connection = request(mint(), path="/h/x")
    connection.scope["headers"] += [(b"host", b"a.example")]
    # Its host is looked up before the store is asked.
    routes = [Route(path="/h/*", hosts=["a.example"])]
    gate = Gate(Meddling(connection.scope), clock=clock, routes=routes)
    decided(connection, gate=gate)
    assert connection.headers.getlist("x-consumer-username") == ["jack"]


def test_who_calls_is_on_the_scope() -> None:
    """An outcome is where the middleware puts it, too."""
    connection = request(mint())
    outcome = decided(connection)
    assert isinstance(outcome, Authenticated)
    assert connection.scope["jwtgate"] is outcome
    assert connection.state.jwtgate is outcome


def test_a_refusal_is_in_the_state_alone() -> None:
    """A log may read it there; nobody takes it for an outcome to pass by."""
    connection = request()
    outcome = decided(connection)
    assert connection.state.jwtgate is outcome
    assert "jwtgate" not in connection.scope


def test_a_refused_request_is_left_as_it_was() -> None:
    """Nothing is set or hidden where the app does not run."""
    connection = request(query="jwt=a")
    decided(connection, policy=HIDING)
    assert connection.query_params["jwt"] == "a"


def test_demands_are_held() -> None:
    """What a view demands besides is part of the decision."""
    outcome = decided(request(mint()), demands=STAFF)
    assert isinstance(outcome, Denied)
    assert outcome.status == 403


def test_what_was_decided_is_reused() -> None:
    """The same gate asks its store once for a request."""
    gate = make_gate()
    connection = request(mint())
    assert decided(connection, gate=gate) is decided(connection, gate=gate)


# Placing


def test_headers_that_starlette_has_read_are_forgotten() -> None:
    """A forged header is gone, though the request was asked for its headers before."""
    connection = request(mint(), headers=[("X-Consumer-Username", "root")])
    assert connection.headers["x-consumer-username"] == "root"
    decided(connection)
    assert connection.headers["x-consumer-username"] == "jack"


def test_headers_held_from_before_change_with_them() -> None:
    """The list is the same, which an object of Starlette's may share."""
    connection = request(mint(), headers=[("X-Consumer-Username", "root")])
    held = connection.headers
    decided(connection)
    assert held.getlist("x-consumer-username") == ["jack"]


def test_headers_that_were_put_in_place_since_are_read() -> None:
    """Starlette's own object has a list that the scope has no longer."""
    connection = request(mint(), headers=[("X-Consumer-Username", "root")])
    held = connection.headers
    connection.scope["headers"] = [*connection.scope["headers"], (b"a", b"1")]
    decided(connection)
    assert held["x-consumer-username"] == "root"
    assert connection.headers["x-consumer-username"] == "jack"
    assert connection.headers["a"] == "1"


def test_headers_that_can_be_read_once_are_read_once() -> None:
    """ASGI has iterables there; the app gets those that are not the gate's."""
    scope = scope_of(Sent.bearer(mint(), headers=[("A", "1")]))
    connection = Request({**scope, "headers": iter(scope["headers"])})
    assert isinstance(decided(connection), Authenticated)
    assert connection.headers["a"] == "1"
    assert connection.headers["x-consumer-username"] == "jack"


@pytest.mark.parametrize("name", ["query_params", "cookies", "url", "headers"])
def test_what_does_not_change_is_kept(name: str) -> None:
    """A framework asks for it once more behind each dependency."""
    connection = request(mint(), query="a=1", headers=[("Cookie", "a=1")])
    held = getattr(connection, name)
    decided(connection)
    assert getattr(connection, name) is held


@pytest.mark.parametrize("name", ["query_params", "cookies", "url", "headers"])
def test_what_is_hidden_is_forgotten(name: str) -> None:
    """A token that is to be hidden is in nothing that Starlette has kept."""
    token = mint()
    cookie = ("Cookie", f"jwt={token}")
    connection = request(token, query=f"jwt={token}", headers=[cookie])
    assert token in str(getattr(connection, name))
    decided(connection, policy=HIDING)
    assert token not in str(getattr(connection, name))


def test_an_exempt_outcome_takes_the_identity_away() -> None:
    """What passes without identity has none, whatever was there before."""
    connection = request(mint())
    gate = make_gate()
    decided(connection, gate=gate)
    place(connection, Exempt("public", None, gate))
    assert "x-consumer-username" not in connection.headers


# The gate further out


def test_the_gate_further_out_is_found() -> None:
    """Its outcome names it."""
    gate = make_gate()
    connection = request(mint())
    outcome = decided(connection, gate=gate)
    assert outer(connection.scope) == (gate, outcome)


@pytest.mark.parametrize(
    "left",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"jwtgate": None}, id="None"),
        pytest.param({"jwtgate": object()}, id="another's"),
        pytest.param({"jwtgate": Exempt("public", None, object())}, id="no gate"),
    ],
)
def test_no_gate_further_out_says_what_to_do(left: dict[str, object]) -> None:
    """The missing step is named."""
    with pytest.raises(ConfigurationError, match=r"wrap the app .* JWTAuth\(gate\)"):
        outer(left)


# Refusing


def test_the_answer_to_a_request_is_a_response() -> None:
    """It is the caller's to send."""
    response = asyncio.run(answer(request(), denied()))
    assert response is not None
    assert response.status_code == 401
    assert response.body == b'{"message":"A bearer token is required"}'


def test_the_headers_of_a_refusal_are_the_gate_s() -> None:
    """Starlette adds none, repeats none and leaves out none."""
    response = denial(denied(realm="shop"), scope_of(Sent()))
    assert response.raw_headers == [
        (b"content-length", b"40"),
        (b"www-authenticate", b'Bearer realm="shop"'),
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
    ]


def test_a_refusal_of_head_has_no_body() -> None:
    """Its headers are those of the body that GET gets."""
    response = denial(denied(), scope_of(Sent(method="HEAD")))
    assert response.body == b""
    assert response.headers["content-length"] == "40"


@pytest.mark.parametrize("status", [204, 304])
def test_a_refusal_without_content_has_no_length(status: int) -> None:
    """An answer of that status ends without a body."""
    gate = make_gate(policy=Policy(termination=Answer(status=status)))
    outcome = decided(request(mint()), gate=gate)
    assert isinstance(outcome, Denied)
    response = denial(outcome, scope_of(Sent()))
    assert (response.body, "content-length" in response.headers) == (b"", False)


def test_a_handshake_is_answered_where_it_can_be() -> None:
    """The client gets the response of any request."""
    channel = Channel(extensions=DENIAL)
    assert asyncio.run(answer(channel.socket, denied())) is None
    start, body = channel.sent
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 401)
    assert body["body"] == b'{"message":"A bearer token is required"}'


@pytest.mark.parametrize("extensions", [{}, None])
def test_a_handshake_is_closed_where_it_cannot(extensions: Any) -> None:
    """A close before accept is all there is."""
    channel = Channel(extensions=extensions)
    asyncio.run(answer(channel.socket, denied()))
    [closed] = channel.sent
    assert (closed["type"], closed["code"]) == ("websocket.close", 1008)


def test_an_accepted_websocket_is_closed() -> None:
    """After accept there is no response to send any more."""

    async def late(channel: Channel, refusal: Denied) -> None:
        await channel.socket.accept()
        await answer(channel.socket, refusal)

    channel = Channel(extensions=DENIAL)
    asyncio.run(late(channel, denied()))
    assert [each["type"] for each in channel.sent][1:] == ["websocket.close"]


@pytest.mark.parametrize(
    ("status", "code"), [(403, 1008), (429, 1013), (503, 1011)], ids=str
)
def test_the_code_of_a_close_is_by_status(status: int, code: int) -> None:
    """A client learns whether it may try again."""
    gate = make_gate(policy=Policy(termination=Answer(status=status)))
    outcome = asyncio.run(aauthenticate(gate, request_of(request(mint()).scope)))
    assert isinstance(outcome, Denied)
    assert close_code(outcome) == code


# Headers of the response

BY_QUERY = Policy(query_names=("jwt",))


def told(*messages: Any, token: str = "") -> list[Any]:
    """Send what an app sends, which decides on its request, through the middleware."""
    sent: list[Any] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        if token:
            await decide(Request(scope), make_gate(policy=BY_QUERY), None)
        for message in messages:
            await send(message)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = scope_of(Sent(query=f"jwt={token}"))
    asyncio.run(ResponseHeaders(app)(scope, _never, send))
    return sent


async def _never() -> Any:
    raise AssertionError("the body was read")


def started(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """Make the first message of a response."""
    return {"type": "http.response.start", "status": 200, "headers": list(headers)}


def test_what_an_outcome_has_for_the_response_is_added() -> None:
    """Whoever further in decided; other messages are the app's."""
    end = {"type": "http.response.body"}
    start, body = told(started((b"age", b"0")), end, token=mint())
    assert start["headers"] == [(b"age", b"0"), (b"cache-control", b"no-store")]
    assert body is end


def test_the_message_of_the_app_is_not_changed() -> None:
    """An app may send one message twice."""
    message = started()
    told(message, token=mint())
    assert message == started()


def test_a_response_without_headers_gets_ours() -> None:
    """Headers are optional in the first message of a response."""
    [start] = told({"type": "http.response.start", "status": 204}, token=mint())
    assert start["headers"] == [(b"cache-control", b"no-store")]


def test_the_app_may_set_a_header_itself() -> None:
    """What it says stands alone."""
    own = (b"cache-control", b"private")
    [start] = told(started(own), token=mint())
    assert start["headers"] == [own]


def test_nothing_is_added_where_nobody_decided() -> None:
    """A path without a gate has the app's own message."""
    message = started()
    [sent] = told(message)
    assert sent is message
