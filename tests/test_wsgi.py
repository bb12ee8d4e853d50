import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from io import BytesIO
from typing import Any, NoReturn
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware

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
from jwtgate.settings import Settings
from jwtgate.wsgi import JWTGateMiddleware
from tests.kit import KEY, ListStore, clock, credential, jack, make_gate, mint

Environ = dict[str, Any]
Lines = list[tuple[str, str]]

TOKEN = mint()
BEARER = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
GUEST = Consumer(username="guest")
BY_QUERY = Policy(query_names=("jwt",))
HOURLY = Policy(quota=Quota(rates="2/h", aligned=True))
IN_QUERY = {"QUERY_STRING": f"jwt={TOKEN}"}
HIDING = Policy(query_names=("jwt",), cookie_names=("jwt",), hide_credentials=True)
PREFLIGHT = {
    "REQUEST_METHOD": "OPTIONS",
    "HTTP_ORIGIN": "https://a.example",
    "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "PUT",
}

# Every way on which a request reaches the app.
PATHS: dict[str, tuple[Gate, Environ]] = {
    "authenticated": (make_gate(), BEARER),
    "anonymous": (make_gate(policy=Policy(anonymous=GUEST)), {}),
    "preflight": (make_gate(policy=Policy(run_on_preflight=False)), PREFLIGHT),
    "kong-options": (
        make_gate(policy=Policy.kong(run_on_preflight=False)),
        {"REQUEST_METHOD": "OPTIONS"},
    ),
    "report": (make_gate(policy=Policy(mode="report")), {}),
}
SPOOFED = [
    "HTTP_X_CONSUMER_ID",
    "HTTP_X-CONSUMER-ID",
    "HTTP_x_consumer_id",
    "HTTP_X_Consumer-Id",
    "HTTP_X_CONSUMER_ID ",
    "HTTP_X_CONSUMER_CUSTOM_ID",
    "HTTP_X_CONSUMER_USERNAME",
    "HTTP_X_CONSUMER_GROUPS",
    "HTTP_X_CONSUMER_ANYTHING",
    "HTTP_X_CREDENTIAL_IDENTIFIER",
    "HTTP_X_CREDENTIAL_USERNAME",
    "HTTP_X_ANONYMOUS_CONSUMER",
    "HTTP_X_AUTHENTICATED_GROUPS",
]


class App:
    """An app that keeps what it was called with, and answers what it is told to."""

    def __init__(
        self, body: Iterable[bytes] = (b"app",), headers: Lines | None = None
    ) -> None:
        self.body = body
        self.headers = headers or []
        self.environ: Environ = {}
        self.start_response: object = None
        self.calls = 0

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer."""
        self.environ, self.start_response = environ, start_response
        self.calls += 1
        start_response("200 OK", self.headers)
        return self.body


class Start:
    """What a server would send to the client."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: Lines = []
        self.exc_info: object = None
        self.written: list[bytes] = []

    def __call__(self, status: str, headers: Lines, exc_info: Any = None) -> Any:
        """Take status and headers."""
        self.status, self.headers, self.exc_info = status, headers, exc_info
        return self.written.append


def request(**keys: Any) -> Environ:
    """Make an environ of what a server always gives, and more."""
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "wsgi.url_scheme": "http",
        "wsgi.input": Unread(),
        **keys,
    }


class Unread(BytesIO):
    """A body that nobody may read."""

    def read(self, *_: object) -> NoReturn:
        """Fail, since a gate has no business with the body."""
        raise AssertionError("the body was read")

    readline = readlines = read


def ask(gate: Gate, environ: Environ, app: Any = None) -> tuple[Start, bytes]:
    """Send a request through a gate and give what the client gets."""
    start = Start()
    body = JWTGateMiddleware(app or App(), gate)(environ, start)
    return start, b"".join(body)


def passed_on(gate: Gate, **keys: Any) -> Environ:
    """Give the environ that the app gets."""
    app = App()
    ask(gate, request(**keys), app)
    assert app.calls == 1
    return app.environ


class Asynchronous:
    """A store for asynchronous code alone."""

    async def afind(self, key: str, kid: str | None = None) -> list[Credential]:
        """Find by key."""
        return [credential(key=key, kid=kid)]


def test_an_asynchronous_store_is_an_error_at_construction() -> None:
    """What cannot work is said when the app is mounted."""
    with pytest.raises(ConfigurationError, match="find"):
        JWTGateMiddleware(App(), Gate(Asynchronous()))


@pytest.mark.parametrize(
    "keys", [IN_QUERY, {}, {"REQUEST_METHOD": "HEAD"}], ids=["app", "denied", "head"]
)
def test_the_gate_obeys_the_standard(keys: Environ) -> None:
    """The standard library's checker of WSGI finds nothing wrong."""
    app = App(headers=[("Content-Type", "text/plain")])
    gate = make_gate(policy=BY_QUERY)
    checked: Any = validator(JWTGateMiddleware(app, gate))
    environ = {"QUERY_STRING": "", **keys}
    setup_testing_defaults(environ)
    with closing(checked(environ, Start())) as body:
        assert len(list(body)) == (keys.get("REQUEST_METHOD") != "HEAD")


# What the app gets


def test_an_authenticated_request_reaches_the_app() -> None:
    """The outcome and the identity headers are in the environ."""
    environ = passed_on(make_gate(), **BEARER)
    assert type(environ["jwtgate"]) is Authenticated
    assert environ["HTTP_X_CONSUMER_ID"] == jack().id
    assert environ["HTTP_X_CONSUMER_USERNAME"] == "jack"
    assert environ["HTTP_X_CREDENTIAL_IDENTIFIER"] == KEY


def test_an_anonymous_request_reaches_the_app() -> None:
    """The anonymous consumer is told by outcome and header."""
    environ = passed_on(make_gate(policy=Policy(anonymous=GUEST)))
    assert type(environ["jwtgate"]) is Anonymous
    assert environ["HTTP_X_ANONYMOUS_CONSUMER"] == "true"


@pytest.mark.parametrize("spoofed", SPOOFED)
@pytest.mark.parametrize("path", PATHS)
def test_forged_identity_headers(path: str, spoofed: str) -> None:
    """On every path, what the client sent under one of our names is gone."""
    gate, keys = PATHS[path]
    environ = passed_on(gate, **{**keys, spoofed: "forged"})
    assert "forged" not in environ.values()


def test_an_identity_header_that_is_no_text_is_removed_too() -> None:
    """A server that gives octets does not make a forged header ours."""
    environ = passed_on(make_gate(), **BEARER, HTTP_X_CONSUMER_TAGS=b"forged")
    assert "HTTP_X_CONSUMER_TAGS" not in environ


@pytest.mark.parametrize("headers", [{}, BEARER], ids=["no token", "a token"])
@pytest.mark.parametrize("key", [None, 5, b"HTTP_AUTHORIZATION"], ids=repr)
def test_a_variable_whose_name_is_no_text(key: Any, headers: dict[str, str]) -> None:
    """No server gives one (PEP 3333); it cannot be told who may read it as what."""
    start, _ = ask(make_gate(), {**request(**headers), key: "x"})
    assert start.status.startswith("503")


@pytest.mark.parametrize("key", ["X_CONSUMER_ID", "http_x_consumer_id", "jwtgate.x"])
def test_what_is_no_header_stays(key: str) -> None:
    """A key that no client can set is the server's own."""
    assert passed_on(make_gate(), **BEARER, **{key: "own"})[key] == "own"


def test_the_environ_is_copied() -> None:
    """What the server or an outer middleware holds gets one key and no more."""
    environ = request(**BEARER, HTTP_X_CONSUMER_ID="forged")
    before = dict(environ)
    app = App()
    ask(make_gate(), environ, app)
    assert app.environ is not environ
    assert type(environ.pop("jwtgate")) is Authenticated
    assert environ == before


def test_a_refusal_is_told_in_the_environ() -> None:
    """A middleware around the gate finds the outcome of a refused request, too."""
    environ = request()
    ask(make_gate(), environ)
    assert type(environ["jwtgate"]) is Denied


def test_the_rest_of_the_environ_is_the_same() -> None:
    """The app gets everything else by the very same objects."""
    others = {"wsgi.input": Unread(), "wsgi.errors": object(), "HTTP_X": "\xff", "a": 1}
    environ = passed_on(make_gate(), **BEARER, **others)
    assert {key: environ[key] for key in others} == others
    assert environ["wsgi.input"] is others["wsgi.input"]


def test_an_environ_that_leaves_out_what_it_may() -> None:
    """Path, query and the peer's address may be absent (PEP 3333)."""
    app = App()
    ask(make_gate(), {"REQUEST_METHOD": "GET", **BEARER}, app)
    assert app.calls == 1


@pytest.mark.parametrize("value", [b"x", 7, None], ids=repr)
def test_a_header_value_that_is_no_text(value: object) -> None:
    """What some server puts where a text belongs is passed on as it is."""
    environ = passed_on(make_gate(), **BEARER, HTTP_X_OTHER=value)
    assert environ["HTTP_X_OTHER"] is value


@pytest.mark.parametrize("key", ["HTTP_X_OTHER", "HTTP_COOKIE", "QUERY_STRING"])
def test_a_value_beyond_latin_1(key: str) -> None:
    """What breaks the standard is passed on as it is, and no error."""
    environ = passed_on(make_gate(policy=HIDING), **BEARER, **{key: "a=☃"})
    assert environ[key] == "a=☃"


def test_a_token_beyond_latin_1_is_refused() -> None:
    """A token with a character that no server sends is no token."""
    environ = request(HTTP_AUTHORIZATION=f"Bearer {TOKEN}☃")
    ask(make_gate(), environ)
    assert environ["jwtgate"].reason is Reason.SIGNATURE_MALFORMED


def test_a_key_beyond_latin_1_is_no_header_of_ours() -> None:
    """A name that cannot be folded is passed on, and no error."""
    environ = passed_on(make_gate(), **BEARER, **{"HTTP_X_☃": "a"})
    assert environ["HTTP_X_☃"] == "a"


# Hiding


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param("jwt=TOKEN", "", id="alone"),
        pytest.param("a=%zz&jwt=TOKEN&b=\xff&", "a=%zz&b=\xff&", id="neighbours"),
        pytest.param("%6Awt=TOKEN&a", "a", id="encoded-name"),
        pytest.param("a=1;b", "a=1;b", id="nothing-to-hide"),
    ],
)
def test_a_token_in_the_query_is_hidden(sent: str, expected: str) -> None:
    """With hide_credentials no copy is left; the other parameters stay."""
    query = sent.replace("TOKEN", TOKEN)
    environ = passed_on(make_gate(policy=HIDING), **BEARER, QUERY_STRING=query)
    assert environ["QUERY_STRING"] == expected


@pytest.mark.parametrize("key", ["RAW_URI", "REQUEST_URI"])
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param("/p?jwt=TOKEN", "/p", id="alone"),
        pytest.param("/p?jwt=TOKEN&a=%zz&%6awt=TOKEN", "/p?a=%zz", id="neighbours"),
        pytest.param("/p?a=1", "/p?a=1", id="nothing-to-hide"),
        pytest.param("/p?", "/p?", id="empty-query"),
        pytest.param("/p", "/p", id="no-query"),
        pytest.param("/p?a?jwt=TOKEN", "/p?a?jwt=TOKEN", id="question-mark-in-name"),
        pytest.param("http://h/p%3f\xff?jwt=TOKEN&b", "http://h/p%3f\xff?b", id="url"),
    ],
)
def test_a_token_in_the_request_target_is_hidden(
    key: str, sent: str, expected: str
) -> None:
    """Where servers repeat the query, it is cleaned as well."""
    target = sent.replace("TOKEN", TOKEN)
    environ = passed_on(make_gate(policy=HIDING), **BEARER, **{key: target})
    assert environ[key] == expected.replace("TOKEN", TOKEN)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param("jwt=TOKEN", None, id="alone"),
        pytest.param('j={"a":1}; jwt=TOKEN; k=\xff', 'j={"a":1}; k=\xff', id="json"),
        pytest.param("a=1,jwt=TOKEN", "a=1", id="joined-lines"),
        pytest.param("a=1; xjwt=2", "a=1; xjwt=2", id="nothing-to-hide"),
    ],
)
def test_a_token_in_the_cookies_is_hidden(sent: str, expected: str | None) -> None:
    """With hide_credentials the cookies go, and the line if nothing is left."""
    line = sent.replace("TOKEN", TOKEN)
    environ = passed_on(make_gate(policy=HIDING), **BEARER, HTTP_COOKIE=line)
    assert environ.get("HTTP_COOKIE") == expected


def test_a_token_in_the_header_is_hidden() -> None:
    """With hide_credentials the header goes."""
    environ = passed_on(make_gate(policy=HIDING), **BEARER)
    assert "HTTP_AUTHORIZATION" not in environ


def test_a_token_joined_to_another_scheme_is_hidden_from_anonymous() -> None:
    """Where a refused request becomes anonymous, hiding leaves no copy of a token."""
    policy = Policy(
        anonymous=Consumer(username="guest"),
        anonymous_for="any",
        hide_credentials=True,
    )
    line = f"Basic eDp5,Bearer {TOKEN}"
    environ = passed_on(make_gate(policy=policy), HTTP_AUTHORIZATION=line)
    assert TOKEN not in environ.get("HTTP_AUTHORIZATION", "")


def test_a_token_stays_unless_it_is_to_be_hidden() -> None:
    """By default the app sees the request as the client sent it."""
    sent = {
        **BEARER,
        **IN_QUERY,
        "HTTP_COOKIE": f"jwt={TOKEN}",
        "REQUEST_URI": f"/?jwt={TOKEN}",
    }
    environ = passed_on(make_gate(policy=BY_QUERY), **sent)
    assert {key: environ[key] for key in sent} == sent


# What the client gets


def test_a_refusal_is_a_whole_response() -> None:
    """Status, headers and body of a refusal."""
    start, body = ask(make_gate(), request())
    headers = dict(start.headers)
    assert start.status == "401 Unauthorized"
    assert headers["WWW-Authenticate"] == "Bearer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Length"] == str(len(body))
    assert json.loads(body) == {"message": Reason.TOKEN_MISSING.text}


def test_a_refused_request_does_not_reach_the_app() -> None:
    """A refusal is the gate's alone."""
    app = App()
    ask(make_gate(), request(), app)
    assert not app.calls


def test_a_refusal_of_head_has_no_body() -> None:
    """The answer to HEAD has the headers of GET and nothing else."""
    start, body = ask(make_gate(), request(REQUEST_METHOD="HEAD"))
    assert start.headers == ask(make_gate(), request())[0].headers
    assert body == b""


@pytest.mark.parametrize("size", [0, 1, 3])
def test_the_iterable_of_the_app_is_passed_on(size: int) -> None:
    """A server gets the app's own object, with its length and its close()."""
    app = App([b"x"] * size)
    body = JWTGateMiddleware(app, make_gate())(request(**BEARER), Start())
    assert body is app.body


class Streaming:
    """A response that is made while it is sent."""

    def __init__(self) -> None:
        self.closed = False
        self.made = 0

    def __iter__(self) -> Iterator[bytes]:
        """Make the parts."""
        for self.made in (1, 2):
            yield b"part"

    def close(self) -> None:
        """Be told that the server is done."""
        self.closed = True


def test_a_streaming_response_is_neither_read_nor_closed() -> None:
    """When a response is made and when it ends is between server and app."""
    stream = Streaming()
    app = App(stream)
    body = JWTGateMiddleware(app, make_gate(policy=BY_QUERY))(
        request(**IN_QUERY), Start()
    )
    assert body is stream
    assert (stream.made, stream.closed) == (0, False)


def test_start_response_is_the_servers() -> None:
    """Where the response needs no header, the app gets the very same callable."""
    app, start = App(), Start()
    JWTGateMiddleware(app, make_gate())(request(**BEARER), start)
    assert app.start_response is start


def test_a_token_in_the_query_is_not_for_caches() -> None:
    """The app's response gets no-store, its other headers stay (RFC 6750 2.3)."""
    app = App(headers=[("Age", "0")])
    start, _ = ask(make_gate(policy=BY_QUERY), request(**IN_QUERY), app)
    assert start.headers == [("Age", "0"), ("Cache-Control", "no-store")]


def test_the_headers_of_the_app_are_not_changed() -> None:
    """A header is added to a copy, for an app may use its list again."""
    app = App(headers=[("Age", "0")])
    ask(make_gate(policy=BY_QUERY), request(**IN_QUERY), app)
    assert app.headers == [("Age", "0")]


@pytest.mark.parametrize("name", ["Cache-Control", "cache-control"])
def test_the_app_may_set_cache_control_itself(name: str) -> None:
    """What the app says of caches stands alone."""
    app = App(headers=[(name, "private")])
    start, _ = ask(make_gate(policy=BY_QUERY), request(**IN_QUERY), app)
    assert start.headers == [(name, "private")]


def test_what_is_left_of_a_quota_is_told() -> None:
    """The app's response gets the figures, its other headers stay."""
    app = App(headers=[("Age", "0")])
    start, _ = ask(make_gate(policy=HOURLY), request(**BEARER), app)
    assert start.headers == [
        ("Age", "0"),
        ("X-RateLimit-Limit", "2"),
        ("X-RateLimit-Remaining", "1"),
        ("X-RateLimit-Reset", "3600"),
    ]


@pytest.mark.parametrize("name", ["X-RateLimit-Remaining", "x-ratelimit-remaining"])
def test_the_app_may_set_a_figure_itself(name: str) -> None:
    """What the app says of its own limits stands alone; the others are added."""
    app = App(headers=[(name, "7")])
    start, _ = ask(make_gate(policy=HOURLY), request(**BEARER), app)
    assert start.headers == [
        (name, "7"),
        ("X-RateLimit-Limit", "2"),
        ("X-RateLimit-Reset", "3600"),
    ]


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (200, "200 OK"),
        (418, "418 I'm a Teapot"),
        (429, "429 Too Many Requests"),
        (499, "499 Refused"),
        (599, "599 Refused"),
    ],
)
def test_a_status_has_a_phrase(status: int, line: str) -> None:
    """An operator may choose one that Python does not know (PEP 3333 wants some)."""
    policy = Policy(termination=Answer(status=status))
    start, _ = ask(make_gate(policy=policy), request(**BEARER))
    assert start.status == line


@pytest.mark.parametrize("status", [204, 205, 304])
def test_an_answer_without_content_is_no_part(status: int) -> None:
    """Nothing is sent for a body."""
    policy = Policy(termination=Answer(status=status))
    start, body = ask(make_gate(policy=policy), request(**BEARER))
    assert body == b""
    assert "Content-Type" not in dict(start.headers)


@pytest.mark.parametrize(
    "keys", [{"REMOTE_ADDR": "192.0.2.1"}, {}], ids=["told", "not told"]
)
def test_the_peer_s_address_is_what_the_server_tells(keys: Environ) -> None:
    """No header of the client is."""
    policy = Policy(quota=Quota(rates="1/h", per=["address"]))
    gate = make_gate(policy=policy)
    forwarded = {"HTTP_X_FORWARDED_FOR": "192.0.2.9", "HTTP_FORWARDED": "for=192.0.2.9"}
    ask(gate, request(**BEARER, **keys))
    start, _ = ask(gate, request(**BEARER, **keys, **forwarded))
    assert start.status.startswith("429")
    start, _ = ask(gate, request(**BEARER, REMOTE_ADDR="192.0.2.9"))
    assert start.status.startswith("200")


@pytest.mark.parametrize("keys", [BEARER, IN_QUERY], ids=["as-is", "with-no-store"])
def test_the_write_callable_is_the_servers(keys: Environ) -> None:
    """An app that writes by itself writes to the server."""

    def app(_: Environ, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])(b"written")
        return []

    start, _ = ask(make_gate(policy=BY_QUERY), request(**keys), app)
    assert start.written == [b"written"]


@pytest.mark.parametrize("keys", [BEARER, IN_QUERY], ids=["as-is", "with-no-store"])
def test_the_exc_info_is_passed_on(keys: Environ) -> None:
    """An app that starts its response again says why."""
    why = (ValueError, ValueError(), None)

    def app(_: Environ, start_response: Any) -> list[bytes]:
        start_response("500 Internal Server Error", [], why)
        return []

    start, _ = ask(make_gate(policy=BY_QUERY), request(**keys), app)
    assert start.exc_info is why


class Breaks:
    """An app, or a store, that raises what it was given."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __call__(self, _environ: Environ, _start_response: Any) -> NoReturn:
        """Raise."""
        raise self.error

    def find(self, *_: object, **__: object) -> NoReturn:
        """Raise."""
        raise self.error


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("jwtgate"), SystemExit()])
def test_an_exception_of_the_app_is_passed_on(error: BaseException) -> None:
    """What the app raises is the server's to see, the very same object."""
    with pytest.raises(type(error)) as raised:
        ask(make_gate(), request(**BEARER), Breaks(error))
    assert raised.value is error


def test_a_store_that_fails_is_a_503() -> None:
    """A failure of ours is never a 401, and the app does not run."""
    app = App()
    start, _ = ask(Gate(Breaks(OSError()), clock=clock), request(**BEARER), app)
    assert start.status == "503 Service Unavailable"
    assert ("Retry-After", "5") in start.headers
    assert not app.calls


# Two gates on one request


def test_one_gate_mounted_twice_decides_once() -> None:
    """An outcome of the same gate is reused: the store is asked once."""
    store = ListStore(credential())
    gate = Gate(store, HIDING, clock=clock)
    app = App()
    ask(gate, request(**BEARER), JWTGateMiddleware(app, gate))
    assert len(store.asked) == 1
    assert app.environ["HTTP_X_CONSUMER_USERNAME"] == "jack"


def test_one_gate_mounted_twice_adds_its_headers_once() -> None:
    """A header of the response is not repeated by the inner mount."""
    gate = make_gate(policy=BY_QUERY)
    start, _ = ask(gate, request(**IN_QUERY), JWTGateMiddleware(App(), gate))
    assert start.headers == [("Cache-Control", "no-store")]


def test_one_gate_mounted_twice_counts_once() -> None:
    """What stands is not taken from the quota again."""
    gate = make_gate(policy=HOURLY)
    start, _ = ask(gate, request(**BEARER), JWTGateMiddleware(App(), gate))
    assert ("X-RateLimit-Remaining", "1") in start.headers


def test_another_gate_decides_afresh() -> None:
    """What one gate let through says nothing to another."""
    store = ListStore(credential())
    other = Gate(store, clock=clock)
    app = App()
    ask(make_gate(), request(**BEARER), JWTGateMiddleware(app, other))
    assert len(store.asked) == 1
    assert app.environ["jwtgate"].gate is other


def test_another_gate_may_refuse() -> None:
    """A token of an outer gate's store is no token of an inner gate's store."""
    app = App()
    inner = JWTGateMiddleware(app, Gate(ListStore(), clock=clock))
    start, _ = ask(make_gate(), request(**BEARER), inner)
    assert start.status == "401 Unauthorized"
    assert not app.calls


def test_an_exempt_outcome_is_decided_afresh() -> None:
    """A request that passed without identity is looked at again."""
    gate = make_gate()
    environ = passed_on(gate, **BEARER, jwtgate=Exempt("preflight", None, gate))
    assert type(environ["jwtgate"]) is Authenticated


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
    start, _ = ask(gate, request(jwtgate=Forged(gate)), app)
    assert start.status == "401 Unauthorized"
    assert not app.calls


# Mounts between two gates

SHOP = [Route(path="/shop/admin/*", policy=Policy(required_claims=["exp", "sub"]))]
LAX = Policy(anonymous=GUEST)


def not_found(_: Environ, start_response: Any) -> Iterable[bytes]:
    """Answer where no app is."""
    start_response("404 Not Found", [])
    return [b""]


def below(mount: str, app: Any) -> Any:
    """Mount an app as Werkzeug does: SCRIPT_NAME takes what PATH_INFO loses."""
    return DispatcherMiddleware(not_found, {mount: app})


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
    token = {"HTTP_AUTHORIZATION": f"Bearer {mint(sub='jack')}"}
    ask(gate, request(PATH_INFO="/shop/admin/x", SCRIPT_NAME=root, **token), inner)
    assert type(app.environ["jwtgate"]) is Authenticated
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
    start, _ = ask(
        gate, request(PATH_INFO=path), below("/shop", JWTGateMiddleware(app, gate))
    )
    assert not app.calls
    assert start.status[:3] in ("400", "401", "404")


@pytest.mark.parametrize(
    "name",
    [
        "jwtgate",
        "jwtgate.compared",
        "Jwtgate-Compared",
        "Script-Name",
        "X-Forwarded-Prefix",
    ],
)
def test_mount_spoofing_no_header_moves_the_app(name: str) -> None:
    """Nor does it pass for an outcome: the route's policy refuses as ever."""
    forged = {"HTTP_" + name.upper().replace("-", "_"): "/shop"}
    gate, _ = counted(LAX, *SHOP)
    app = App()
    inner = below("/shop", JWTGateMiddleware(app, gate))
    ask(gate, request(PATH_INFO="/shop/admin/x", **forged), inner)
    assert not app.calls
    ask(gate, request(PATH_INFO="/shop/x", **forged), inner)
    assert type(app.environ["jwtgate"]) is Anonymous


ADMIN = Route(path="/admin/*", policy=Policy())


@pytest.mark.parametrize("around", [False, True], ids=["alone", "behind another"])
def test_a_gate_below_a_mount_compares_what_is_below_it(*, around: bool) -> None:
    """Its routes are written so, whether another gate is around the mount or not."""
    gate, _ = counted(LAX, ADMIN)
    app = App()
    inner = below("/shop", JWTGateMiddleware(app, gate))
    environ = request(PATH_INFO="/shop/admin")
    if around:
        start, _ = ask(make_gate(policy=LAX), environ, inner)
    else:
        start = Start()
        list(inner(environ, start))
    assert start.status[:3] == "401"
    assert not app.calls


def test_a_root_that_ends_with_a_slash_changes_no_path() -> None:
    """Neither gate takes the path for an ambiguous one."""
    gate, store = counted(None, ADMIN)
    app = App()
    environ = request(PATH_INFO="/admin/x", SCRIPT_NAME="/app/", **BEARER)
    ask(gate, environ, JWTGateMiddleware(app, gate))
    assert (app.calls, len(store.asked)) == (1, 1)


def test_a_gate_whose_settings_changed_in_between_decides_afresh() -> None:
    """What older settings let through is not let through by newer ones."""
    gate, _ = counted()
    app = App()
    inner = JWTGateMiddleware(app, gate)

    def changing(environ: Environ, start_response: Any) -> Iterable[bytes]:
        gate.replace(Settings(store=ListStore()))
        return inner(environ, start_response)

    start, _ = ask(gate, request(**BEARER), changing)
    assert start.status[:3] == "401"
    assert not app.calls


def test_three_gates_each_decide_by_themselves() -> None:
    """One of them twice, around another: its first outcome is not on the request."""
    (first, one), (second, two) = counted(), counted()
    app = App()
    ask(
        first,
        request(**BEARER),
        JWTGateMiddleware(JWTGateMiddleware(app, first), second),
    )
    assert (len(one.asked), len(two.asked)) == (2, 1)
    assert app.environ["jwtgate"].gate is first
