import asyncio
import json
from collections.abc import MutableMapping, Sequence
from typing import Any, NoReturn

import pytest
from starlette.routing import Mount, Router

from jwtgate import (
    Anonymous,
    Answer,
    Authenticated,
    ConfigurationError,
    Consumer,
    Credential,
    Denied,
    Exempt,
    Gate,
    Policy,
    Quota,
    Reason,
    Route,
)
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.settings import Settings
from tests.kit import KEY, ListStore, clock, credential, make_gate, mint

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Line = tuple[bytes, bytes]

BEARER = (b"authorization", f"Bearer {mint()}".encode())
DENIAL: dict[str, Any] = {"extensions": {"websocket.http.response": {}}}
GUEST = Consumer(username="guest")
BY_COOKIE = Policy(cookie_names=("jwt",))
BY_QUERY = Policy(query_names=("jwt",))
HOURLY = Policy(quota=Quota(rates="2/h", aligned=True))
ONCE = Policy(quota=Quota(rates="1/h", aligned=True))
HIDING = Policy(query_names=("jwt",), cookie_names=("jwt",), hide_credentials=True)

# Every way on which a request reaches the app.
PATHS = {
    "authenticated": (make_gate(), "GET", [BEARER]),
    "anonymous": (make_gate(policy=Policy(anonymous=GUEST)), "GET", []),
    "preflight": (
        make_gate(policy=Policy(run_on_preflight=False)),
        "OPTIONS",
        [(b"origin", b"https://a.example"), (b"access-control-request-method", b"PUT")],
    ),
    "kong-options": (
        make_gate(policy=Policy.kong(run_on_preflight=False)),
        "OPTIONS",
        [],
    ),
    "report": (make_gate(policy=Policy(mode="report")), "GET", []),
}
SPOOFED = [
    b"x-consumer-id",
    b"X-Consumer-ID",
    b"x_consumer_id",
    b"X-Consumer_ID",
    b"X-CONSUMER-CUSTOM-ID",
    b"x_consumer-username",
    b"x-consumer-groups",
    b"x-consumer-anything",
    b"X_Credential_Identifier",
    b"x-credential-username",
    b"x-anonymous-consumer",
    b"X_AUTHENTICATED_GROUPS",
]


class App:
    """An app that keeps what it was called with, and sends what it is told to."""

    def __init__(self, *messages: Message) -> None:
        self.messages = messages
        self.scope: Scope = {}
        self.channels: tuple[object, object] = (None, None)
        self.calls = 0

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer."""
        self.scope, self.channels = scope, (receive, send)
        self.calls += 1
        for message in self.messages:
            await send(message)

    def header(self, name: bytes) -> list[bytes]:
        """Give the values of a header that the app sees."""
        return [value for each, value in self.scope["headers"] if each == name]


class Sink:
    """What a server would send to the client."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        """Take a message."""
        self.messages.append(message)


async def never() -> Message:
    """Fail, since a gate has no business with the body."""
    raise AssertionError("the body was read")


def http(headers: Sequence[Line] = (), **fields: Any) -> Scope:
    """Make the scope of a request."""
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b""}
    return {**scope, "headers": list(headers), **fields}


def websocket(headers: Sequence[Line] = (), **fields: Any) -> Scope:
    """Make the scope of a WebSocket handshake, which has no method."""
    return {
        "type": "websocket",
        "path": "/",
        "query_string": b"",
        "headers": list(headers),
        **fields,
    }


def ask(gate: Gate, scope: Scope, app: Any = None) -> list[Message]:
    """Send a request through a gate and give what the client gets."""
    sink = Sink()
    asyncio.run(JWTGateMiddleware(app or App(), gate)(scope, never, sink))
    return sink.messages


def started(*headers: Line) -> Message:
    """Make the first message of a response."""
    return {"type": "http.response.start", "status": 200, "headers": list(headers)}


# What is guarded


def test_lifespan_passes_untouched() -> None:
    """The app gets the very scope and channels of the server."""
    app, sink = App(), Sink()
    scope = {"type": "lifespan", "state": {}}
    asyncio.run(JWTGateMiddleware(app, make_gate())(scope, never, sink))
    assert app.scope is scope
    assert app.channels == (never, sink)
    assert scope == {"type": "lifespan", "state": {}}


@pytest.mark.parametrize("kind", ["webtransport", "HTTP", ""])
def test_an_unknown_kind_of_scope_is_refused(kind: str) -> None:
    """What the gate cannot guard does not reach the app."""
    app = App()
    with pytest.raises(ConfigurationError, match="http and websocket"):
        ask(make_gate(), http([BEARER], type=kind), app)
    assert not app.calls


class Blocking:
    """A store for synchronous code alone."""

    def find(self, key: str, kid: str | None = None) -> list[Credential]:
        """Find by key."""
        return [credential(key=key, kid=kid)]


def test_a_store_that_blocks_is_an_error_at_construction() -> None:
    """What would stop the event loop is said when the app is mounted."""
    with pytest.raises(ConfigurationError, match=r"in_thread\(store\)"):
        JWTGateMiddleware(App(), Gate(Blocking()))


# What the app gets


def test_an_authenticated_request_reaches_the_app() -> None:
    """The outcome and the identity headers are in the scope."""
    app = App()
    ask(make_gate(), http([BEARER]), app)
    assert type(app.scope["jwtgate"]) is Authenticated
    assert app.header(b"x-consumer-username") == [b"jack"]
    assert app.header(b"x-credential-identifier") == [KEY.encode()]


def test_an_anonymous_request_reaches_the_app() -> None:
    """The anonymous consumer is told by outcome and header."""
    app = App()
    ask(make_gate(policy=Policy(anonymous=GUEST)), http(), app)
    assert type(app.scope["jwtgate"]) is Anonymous
    assert app.header(b"x-anonymous-consumer") == [b"true"]


@pytest.mark.parametrize("spoofed", SPOOFED, ids=bytes.decode)
@pytest.mark.parametrize("path", PATHS)
def test_forged_identity_headers(path: str, spoofed: bytes) -> None:
    """On every path, what the client sent under one of our names is gone."""
    gate, method, headers = PATHS[path]
    app = App()
    forged = [(spoofed, b"forged"), *headers, (spoofed, b"forged")]
    ask(gate, http(forged, method=method), app)
    assert app.calls == 1
    assert b"forged" not in [value for _, value in app.scope["headers"]]


def test_other_headers_stay_in_order() -> None:
    """Copies, cases and octets of the other headers are the client's."""
    app = App()
    others = [(b"a", b"\xff"), (b"B", b"2"), (b"a", b"1"), (b"", b"")]
    ask(make_gate(), http([*others, BEARER]), app)
    assert app.scope["headers"][:5] == [*others, BEARER]


def test_names_of_identity_headers_are_lower_case() -> None:
    """ASGI has header names in lower case."""
    app = App()
    ask(make_gate(), http([BEARER]), app)
    names = [name for name, _ in app.scope["headers"]]
    assert names == [name.lower() for name in names]


def test_the_scope_is_copied() -> None:
    """What the server or an outer middleware holds is not changed."""
    app = App()
    scope = http([BEARER], state={}, extensions={})
    before = {**scope, "headers": list(scope["headers"])}
    ask(make_gate(), scope, app)
    assert app.scope is not scope
    del scope["state"]["jwtgate"]
    assert scope == before


def test_the_rest_of_the_scope_is_the_same() -> None:
    """The app gets everything else by the very same objects."""
    app = App()
    scope = http([BEARER], state={}, extensions={}, app=object(), client=("::1", 1))
    ask(make_gate(), scope, app)
    for name in ("state", "extensions", "app", "client", "method", "path"):
        assert app.scope[name] is scope[name]


@pytest.mark.parametrize(
    ("headers", "kind"),
    [([BEARER], Authenticated), ([], Denied)],
    ids=["authenticated", "denied"],
)
def test_the_state_tells_the_outcome(headers: list[Line], kind: type) -> None:
    """One key of the server's state is ours, for middlewares around the gate."""
    scope = http(headers, state={"other": 1})
    ask(make_gate(), scope)
    assert type(scope["state"].pop("jwtgate")) is kind
    assert scope["state"] == {"other": 1}


@pytest.mark.parametrize(
    "fields", [{}, {"state": None}], ids=["without", "with-another"]
)
def test_a_server_without_state(fields: dict[str, Any]) -> None:
    """A state that is no mapping is left alone."""
    app = App()
    scope = http([BEARER], **fields)
    ask(make_gate(), scope, app)
    assert type(app.scope["jwtgate"]) is Authenticated
    assert app.scope.get("state") is None


def test_the_channels_are_the_servers() -> None:
    """Where the response needs no header, receive and send are the same objects."""
    app, sink = App(), Sink()
    asyncio.run(JWTGateMiddleware(app, make_gate())(http([BEARER]), never, sink))
    assert app.channels == (never, sink)


def test_receive_is_the_servers_where_send_is_not() -> None:
    """The body is the app's alone, whatever the response needs."""
    app, sink = App(), Sink()
    scope = http(query_string=f"jwt={mint()}".encode())
    asyncio.run(JWTGateMiddleware(app, make_gate(policy=BY_QUERY))(scope, never, sink))
    assert app.channels[0] is never
    assert app.channels[1] is not sink


def test_a_scope_that_leaves_out_what_it_may() -> None:
    """Query, scheme and client are optional in ASGI."""
    app = App()
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [BEARER]}
    ask(make_gate(), {**scope, "client": None}, app)
    assert type(app.scope["jwtgate"]) is Authenticated


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(b"a=%zz&jwt=TOKEN&b", b"a=%zz&b", id="query"),
        pytest.param(b"%6Awt=TOKEN", b"", id="encoded-name"),
        pytest.param(b"", b"", id="none"),
    ],
)
def test_a_token_in_the_query_is_hidden(query: bytes, expected: bytes) -> None:
    """With hide_credentials no copy is left; the other parameters stay."""
    app = App()
    token = mint().encode()
    scope = http([BEARER], query_string=query.replace(b"TOKEN", token))
    ask(make_gate(policy=HIDING), scope, app)
    assert app.scope["query_string"] == expected


def test_a_token_in_headers_is_hidden() -> None:
    """With hide_credentials the headers are cleaned, neighbours byte for byte."""
    app = App()
    mixed = b'j={"a":1}; jwt=%s; k=\xff' % mint().encode()
    cookies = [(b"cookie", mixed), (b"cookie", b"jwt=" + mint().encode())]
    ask(make_gate(policy=HIDING), http([BEARER, *cookies]), app)
    assert app.header(b"authorization") == []
    assert app.header(b"cookie") == [b'j={"a":1}; k=\xff']


def test_a_token_stays_unless_it_is_to_be_hidden() -> None:
    """By default the app sees the request as the client sent it."""
    app = App()
    query = f"jwt={mint()}".encode()
    ask(make_gate(policy=BY_QUERY), http([BEARER], query_string=query), app)
    assert app.header(b"authorization") == [BEARER[1]]
    assert app.scope["query_string"] == query


# What the client gets


def test_a_refusal_is_a_whole_response() -> None:
    """Status, headers and body of a refusal come in two messages."""
    start, body = ask(make_gate(), http())
    assert (start["type"], start["status"]) == ("http.response.start", 401)
    headers = dict(start["headers"])
    assert headers[b"www-authenticate"] == b"Bearer"
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"content-length"] == str(len(body["body"])).encode()
    assert json.loads(body["body"]) == {"message": Reason.TOKEN_MISSING.text}


def test_a_refused_request_does_not_reach_the_app() -> None:
    """A refusal is the gate's alone."""
    app = App()
    ask(make_gate(), http(), app)
    assert not app.calls


def test_a_refusal_of_head_has_no_body() -> None:
    """The answer to HEAD has the headers of GET and nothing else."""
    start, body = ask(make_gate(), http(method="HEAD"))
    assert start == ask(make_gate(), http())[0]
    assert body == {"type": "http.response.body", "body": b""}


def test_a_token_in_the_query_is_not_for_caches() -> None:
    """The app's response gets no-store, its other headers stay (RFC 6750 2.3)."""
    app = App(started((b"age", b"0")), {"type": "http.response.body", "body": b"x"})
    scope = http(query_string=f"jwt={mint()}".encode())
    start, body = ask(make_gate(policy=BY_QUERY), scope, app)
    assert start["headers"] == [(b"age", b"0"), (b"cache-control", b"no-store")]
    assert body is app.messages[1]


def test_a_response_without_headers_gets_ours() -> None:
    """Headers are optional in the first message of a response."""
    app = App({"type": "http.response.start", "status": 204})
    scope = http(query_string=f"jwt={mint()}".encode())
    [start] = ask(make_gate(policy=BY_QUERY), scope, app)
    assert start["headers"] == [(b"cache-control", b"no-store")]


def test_the_message_of_the_app_is_not_changed() -> None:
    """A header is added to a copy, for an app may send one message twice."""
    app = App(started())
    ask(make_gate(policy=BY_QUERY), http(query_string=b"jwt=" + mint().encode()), app)
    assert app.messages == (started(),)


@pytest.mark.parametrize("name", [b"cache-control", b"Cache-Control"])
def test_the_app_may_set_cache_control_itself(name: bytes) -> None:
    """What the app says of caches stands alone."""
    app = App(started((name, b"private")))
    scope = http(query_string=f"jwt={mint()}".encode())
    [start] = ask(make_gate(policy=BY_QUERY), scope, app)
    assert start["headers"] == [(name, b"private")]


def test_what_is_left_of_a_quota_is_told() -> None:
    """The app's response gets the figures, its other headers stay."""
    app = App(started((b"age", b"0")))
    [start] = ask(make_gate(policy=HOURLY), http([BEARER]), app)
    assert start["headers"] == [
        (b"age", b"0"),
        (b"x-ratelimit-limit", b"2"),
        (b"x-ratelimit-remaining", b"1"),
        (b"x-ratelimit-reset", b"3600"),
    ]


@pytest.mark.parametrize("name", [b"x-ratelimit-remaining", b"X-RateLimit-Remaining"])
def test_the_app_may_set_a_figure_itself(name: bytes) -> None:
    """What the app says of its own limits stands alone; the others are added."""
    app = App(started((name, b"7")))
    [start] = ask(make_gate(policy=HOURLY), http([BEARER]), app)
    assert start["headers"] == [
        (name, b"7"),
        (b"x-ratelimit-limit", b"2"),
        (b"x-ratelimit-reset", b"3600"),
    ]


@pytest.mark.parametrize("status", [204, 205, 304])
def test_an_answer_without_content_is_an_empty_body(status: int) -> None:
    """The response ends all the same."""
    policy = Policy(termination=Answer(status=status))
    start, body = ask(make_gate(policy=policy), http([BEARER]))
    assert (start["status"], body["body"]) == (status, b"")
    assert b"content-type" not in dict(start["headers"])


@pytest.mark.parametrize("client", [("192.0.2.1", 1), None], ids=["told", "not told"])
def test_the_peer_s_address_is_what_the_server_tells(
    client: tuple[str, int] | None,
) -> None:
    """No header of the client is."""
    gate = make_gate(policy=Policy(quota=Quota(rates="1/h", per=["address"])))
    forwarded = [(b"x-forwarded-for", b"192.0.2.9"), (b"forwarded", b"for=192.0.2.9")]
    ask(gate, http([BEARER], client=client))
    start, _ = ask(gate, http([BEARER, *forwarded], client=client))
    assert start["status"] == 429
    app = App()
    ask(gate, http([BEARER], client=("192.0.2.9", 1)), app)
    assert app.calls == 1


class Breaks:
    """An app, or a store, that raises what it was given."""

    blocking = False

    def __init__(self, error: BaseException) -> None:
        self.error = error

    async def __call__(self, _scope: Scope, _receive: Any, _send: Any) -> None:
        """Raise."""
        raise self.error

    def find(self, *_: object, **__: object) -> NoReturn:
        """Raise."""
        raise self.error


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("jwtgate"), SystemExit()])
def test_an_exception_of_the_app_is_passed_on(error: BaseException) -> None:
    """What the app raises is the server's to see, the very same object."""
    with pytest.raises(type(error)) as raised:
        ask(make_gate(), http([BEARER]), Breaks(error))
    assert raised.value is error


def test_a_store_that_fails_is_a_503() -> None:
    """A failure of ours is never a 401, and the app does not run."""
    app = App()
    start, _ = ask(Gate(Breaks(OSError()), clock=clock), http([BEARER]), app)
    assert start["status"] == 503
    assert (b"retry-after", b"5") in start["headers"]
    assert not app.calls


class Slow:
    """A store that never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def afind(self, *_: object, **__: object) -> list[Credential]:
        """Wait for ever."""
        self.asked.set()
        return await asyncio.Future[list[Credential]]()


class Meddling:
    """A store that waits, while somebody else adds a header to the request."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def afind(self, *_: object, **__: object) -> list[Credential]:
        """Give the usual credential, late."""
        self.scope["headers"].append((b"x-consumer-username", b"forged"))
        return [credential()]


def test_header_spoofing_while_a_store_is_waited_for() -> None:
    """What was seen of the headers before does not count any more."""
    app, scope = App(), http([BEARER, (b"host", b"a.example")], path="/h/x")
    # Its host is looked up before the store is asked.
    routes = [Route(path="/h/*", hosts=["a.example"])]
    ask(Gate(Meddling(scope), clock=clock, routes=routes), scope, app)
    assert app.header(b"x-consumer-username") == [b"jack"]


def test_cancellation_passes() -> None:
    """A request that the server gives up ends there, without an answer."""
    app, sink = App(), Sink()

    async def cancelled() -> None:
        store = Slow()
        mounted = JWTGateMiddleware(app, Gate(store, clock=clock))
        request = asyncio.ensure_future(mounted(http([BEARER]), never, sink))
        await store.asked.wait()
        request.cancel()
        await request

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    assert not app.calls
    assert not sink.messages


# WebSocket


def test_an_authenticated_websocket_reaches_the_app() -> None:
    """A handshake with a good token is the app's to accept."""
    app = App({"type": "websocket.accept"})
    sent = ask(make_gate(), websocket([BEARER], **DENIAL), app)
    assert sent == [{"type": "websocket.accept"}]
    assert app.header(b"x-consumer-username") == [b"jack"]


@pytest.mark.parametrize("extensions", [{}, {"extensions": None}, {"extensions": {}}])
def test_a_refused_websocket_is_closed(extensions: dict[str, Any]) -> None:
    """Where no response can be sent, the handshake is closed before it is accepted."""
    app = App()
    sent = ask(make_gate(), websocket(**extensions), app)
    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert not app.calls


def test_a_websocket_is_closed_otherwise_where_the_store_fails() -> None:
    """A client may try again after a failure that is ours."""
    gate = Gate(Breaks(OSError()), clock=clock)
    assert ask(gate, websocket([BEARER])) == [{"type": "websocket.close", "code": 1011}]


def test_a_websocket_over_the_quota_is_closed_for_now() -> None:
    """A client may try again later: 1013."""
    gate = make_gate(policy=ONCE)
    ask(gate, websocket([BEARER]), App({"type": "websocket.accept"}))
    [closed] = ask(gate, websocket([BEARER]))
    assert closed == {"type": "websocket.close", "code": 1013}


def test_a_websocket_over_the_quota_is_answered_where_it_can_be() -> None:
    """With the denial extension the client learns when to come back."""
    gate = make_gate(policy=ONCE)
    ask(gate, websocket([BEARER]), App({"type": "websocket.accept"}))
    start, _ = ask(gate, websocket([BEARER], **DENIAL))
    assert start["status"] == 429
    assert (b"retry-after", b"3600") in start["headers"]


def test_a_terminated_websocket_is_closed_by_its_status() -> None:
    """As every refusal."""
    codes = []
    for status in (410, 429, 503):
        gate = make_gate(policy=Policy(termination=Answer(status=status)))
        [closed] = ask(gate, websocket([BEARER]))
        codes.append(closed["code"])
    assert codes == [1008, 1013, 1011]


def test_a_refused_websocket_is_answered_where_it_can_be() -> None:
    """With the denial extension the client gets the response of any request."""
    start, body = ask(make_gate(), websocket(**DENIAL))
    plain_start, plain_body = ask(make_gate(), http())
    assert start == {**plain_start, "type": "websocket.http.response.start"}
    assert body == {**plain_body, "type": "websocket.http.response.body"}


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [(b"https://app.example", True), (b"https://evil.example", False)],
    ids=["own", "evil"],
)
def test_cross_site_websocket_hijacking(origin: bytes, *, accepted: bool) -> None:
    """A handshake with a cookie alone must come from the site itself."""
    app = App()
    cookie = (b"cookie", f"jwt={mint()}".encode())
    headers = [cookie, (b"origin", origin), (b"host", b"app.example")]
    ask(make_gate(policy=BY_COOKIE), websocket(headers, scheme="wss"), app)
    assert bool(app.calls) is accepted


def test_a_handshake_is_no_preflight() -> None:
    """No header makes a WebSocket an exempt request."""
    gate, _, headers = PATHS["preflight"]
    [closed] = ask(gate, websocket(headers, method="OPTIONS"))
    assert closed["type"] == "websocket.close"


# Two gates on one request


def twice(outer: Gate, inner: Gate, scope: Scope) -> tuple[App, list[Message]]:
    """Send a request through two gates, one around the other."""
    app = App(started())
    return app, ask(outer, scope, JWTGateMiddleware(app, inner))


def test_one_gate_mounted_twice_decides_once() -> None:
    """An outcome of the same gate is reused: the store is asked once."""
    store = ListStore(credential())
    gate = Gate(store, HIDING, clock=clock)
    app, _ = twice(gate, gate, http([BEARER]))
    assert app.calls == 1
    assert len(store.asked) == 1
    assert app.header(b"x-consumer-username") == [b"jack"]


def test_one_gate_mounted_twice_adds_its_headers_once() -> None:
    """A header of the response is not repeated by the inner mount."""
    gate = make_gate(policy=BY_QUERY)
    _, [start] = twice(gate, gate, http(query_string=f"jwt={mint()}".encode()))
    assert start["headers"] == [(b"cache-control", b"no-store")]


def test_one_gate_mounted_twice_counts_once() -> None:
    """What stands is not taken from the quota again."""
    gate = make_gate(policy=HOURLY)
    _, [start] = twice(gate, gate, http([BEARER]))
    assert (b"x-ratelimit-remaining", b"1") in start["headers"]


def test_another_gate_decides_afresh() -> None:
    """What one gate let through says nothing to another."""
    store = ListStore(credential())
    other = Gate(store, clock=clock)
    app, _ = twice(make_gate(), other, http([BEARER]))
    assert len(store.asked) == 1
    assert app.scope["jwtgate"].gate is other


def test_another_gate_may_refuse() -> None:
    """A token of an outer gate's store is no token of an inner gate's store."""
    app, [start, _] = twice(make_gate(), Gate(ListStore(), clock=clock), http([BEARER]))
    assert start["status"] == 401
    assert not app.calls


def test_an_exempt_outcome_is_decided_afresh() -> None:
    """A request that passed without identity is looked at again, and passes again."""
    gate = make_gate(policy=Policy(mode="report"))
    outcome = Exempt("preflight", None, gate)
    app = App()
    ask(gate, http([BEARER], jwtgate=outcome), app)
    assert type(app.scope["jwtgate"]) is Authenticated


class Forged:
    """Looks like an outcome and is none."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.consumer = GUEST
        self.request_headers = (("X-Consumer-ID", "forged"),)
        self.response_headers = ()


def test_a_forged_outcome_is_not_trusted() -> None:
    """Only an outcome that a gate made stands for that gate's decision."""
    app, gate = App(), make_gate()
    start, _ = ask(gate, http(jwtgate=Forged(gate)), app)
    assert start["status"] == 401
    assert not app.calls


# Mounts between two gates

SHOP = [Route(path="/shop/admin/*", policy=Policy(required_claims=["exp", "sub"]))]
LAX = Policy(anonymous=GUEST)


def below(mount: str, app: Any) -> Any:
    """Mount an app as Starlette does: root_path grows, path stays the whole."""
    return Router([Mount(mount, app=app)])


def counted(policy: Policy | None = None, *routes: Route) -> tuple[Gate, ListStore]:
    """Make a gate with routes whose store tells how often it was asked."""
    store = ListStore(credential())
    return Gate(store, policy, routes=routes, clock=clock), store


@pytest.mark.parametrize("root", ["", "/app"], ids=["no root", "root"])
@pytest.mark.parametrize("mounts", [["/shop"], ["/shop", "/admin"]], ids=["1", "2"])
def test_one_gate_around_and_below_mounts_decides_once(
    mounts: list[str], root: str
) -> None:
    """Without routes the same policy decides, wherever the gate is."""
    gate, store = counted(LAX)
    app = App()
    inner: Any = JWTGateMiddleware(app, gate)
    for mount in reversed(mounts):
        inner = below(mount, inner)
    token = (b"authorization", f"Bearer {mint(sub='jack')}".encode())
    ask(gate, http([token], path=f"{root}/shop/admin/x", root_path=root), inner)
    assert type(app.scope["jwtgate"]) is Authenticated
    assert len(store.asked) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/shop/admin/x",
        "/shop/ADMIN/x",
        "/shop//admin/x",
        "/shop/./admin/x",
        "/shop/shop/../admin/x",
        "/shop;x=1/admin/x",
        "//shop/admin/x",
    ],
)
def test_path_confusion_a_mount_between_loosens_no_route(path: str) -> None:
    """Whatever the path is spelled like, the guarded app is not run for nobody."""
    gate, _ = counted(LAX, *SHOP)
    app = App()
    start, _ = ask(gate, http(path=path), below("/shop", JWTGateMiddleware(app, gate)))
    assert not app.calls
    assert start["status"] in (400, 401, 404)


@pytest.mark.parametrize(
    "name",
    [b"jwtgate", b"jwtgate.compared", b"jwtgate-compared", b"root_path"],
)
def test_mount_spoofing_no_header_moves_the_app(name: bytes) -> None:
    """Nor does it pass for an outcome: the route's policy refuses as ever."""
    gate, _ = counted(LAX, *SHOP)
    app = App()
    inner = below("/shop", JWTGateMiddleware(app, gate))
    ask(gate, http([(name, b"/shop")], path="/shop/admin/x"), inner)
    assert not app.calls
    ask(gate, http([(name, b"/shop")], path="/shop/x"), inner)
    assert type(app.scope["jwtgate"]) is Anonymous


ADMIN = Route(path="/admin/*", policy=Policy())


@pytest.mark.parametrize("around", [False, True], ids=["alone", "behind another"])
def test_a_gate_below_a_mount_compares_what_is_below_it(*, around: bool) -> None:
    """Its routes are written so, whether another gate is around the mount or not."""
    gate, _ = counted(LAX, ADMIN)
    app, sink = App(), Sink()
    inner = below("/shop", JWTGateMiddleware(app, gate))
    mounted = JWTGateMiddleware(inner, make_gate(policy=LAX)) if around else inner
    asyncio.run(mounted(http(path="/shop/admin"), never, sink))
    assert not app.calls
    assert sink.messages[0]["status"] == 401


def test_a_root_that_an_app_sets_changes_no_policy() -> None:
    """``FastAPI(root_path=...)`` does, behind a gate that wraps it."""
    gate, store = counted(LAX)
    app = App()
    inner = JWTGateMiddleware(app, gate)

    async def rooted(scope: Scope, receive: Any, send: Any) -> None:
        await inner({**scope, "root_path": "/shop"}, receive, send)

    token = (b"authorization", f"Bearer {mint(sub='jack')}".encode())
    ask(gate, http([token], path="/shop/admin/x"), rooted)
    assert (app.calls, len(store.asked)) == (1, 1)


def test_a_gate_whose_settings_changed_in_between_decides_afresh() -> None:
    """What older settings let through is not let through by newer ones."""
    gate, _ = counted()
    app = App()
    inner = JWTGateMiddleware(app, gate)

    async def changing(scope: Scope, receive: Any, send: Any) -> None:
        gate.replace(Settings(store=ListStore()))
        await inner(scope, receive, send)

    start, _ = ask(gate, http([BEARER]), changing)
    assert start["status"] == 401
    assert not app.calls


def test_three_gates_each_decide_by_themselves() -> None:
    """One of them twice, around another: its first outcome is not on the request."""
    (first, one), (second, two) = counted(), counted()
    app = App()
    inner = JWTGateMiddleware(JWTGateMiddleware(app, first), second)
    ask(first, http([BEARER]), inner)
    assert (len(one.asked), len(two.asked)) == (2, 1)
    assert app.scope["jwtgate"].gate is first


def test_headers_may_be_read_once_only() -> None:
    """ASGI has an iterable there; the app gets every line all the same."""
    app = App()
    scope = {**http(), "headers": iter([BEARER, (b"host", b"a")])}
    ask(make_gate(), scope, app)
    assert app.header(b"host") == [b"a"]
