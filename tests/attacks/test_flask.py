"""Attacks on an app that jwtgate.flask guards (T17 to T26)."""

import logging
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import create_environ
from werkzeug.wsgi import ClosingIterator

from jwtgate import Consumer, Gate, Policy, Reason, Route
from jwtgate.flask import (
    JWTGate,
    current_claims,
    current_consumer,
    jwt_required,
    public,
)
from tests.attacks.harness import attacks
from tests.kit import (
    SECRET,
    Got,
    Header,
    ListStore,
    Sent,
    clock,
    credential,
    environ_of,
    make_gate,
    mint,
)

TOKEN = mint()
OTHER = mint(jti="other")
BEARER: Header = ("Authorization", f"Bearer {TOKEN}")
FORGED = "mallory-the-admin"
EVERYWHERE = Policy(query_names=("jwt",), cookie_names=("jwt",))
HIDING = Policy(query_names=("jwt",), cookie_names=("jwt",), hide_credentials=True)
OPEN_PREFLIGHT = Policy(run_on_preflight=False)

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
# As servers write them: with the dash folded, left, half of it, in lower case, with
# the blank that cheroot keeps.
KEYS = {
    f"{name}-{spelling}": f"HTTP_{key}"
    for name in IDENTITY
    for spelling, key in {
        "folded": name.upper().replace("-", "_"),
        "dashed": name.upper(),
        "half": name.upper().replace("-", "_", 1),
        "lower": name.lower().replace("-", "_"),
        "blank": name.upper().replace("-", "_") + " ",
    }.items()
}


def seen() -> str:
    """Tell everything that a view sees of who calls."""
    environ = {
        key: value for key, value in request.environ.items() if key.startswith("HTTP_")
    }
    return repr((list(request.headers), environ, request.environ["jwtgate"]))


@cache
def shop(policy: Policy = EVERYWHERE, *routes: Route) -> Flask:
    """Make an app with views of every kind."""
    app = Flask("shop", static_folder=None)
    app.testing = True
    app.secret_key = SECRET
    app.config["JWTGATE_PUBLIC_ENDPOINTS"] = ["listed"]
    views = {
        "/guarded": lambda: f"guarded {seen()}",
        "/guarded/": lambda: "guarded",
        "/guarded/<path:rest>": lambda **_: "guarded",
        "/staff": jwt_required(groups=["staff"])(lambda: "guarded"),
        "/public": public(lambda: seen()),  # noqa: PLW0108 - a copy of its own
        "/optional": jwt_required(optional=True)(seen),
        "/unasked": jwt_required(optional=True)(lambda: f"{current_claims['iss']}"),
        "/name": jwt_required(optional=True)(lambda: f"{current_consumer.username}"),
    }
    for number, (rule, view) in enumerate(views.items()):
        app.add_url_rule(rule, f"view{number}", view, methods=["GET", "POST"])
    app.add_url_rule("/listed", "listed", seen)
    app.register_error_handler(404, lambda _: (seen(), 404))
    app.register_blueprint(_own_gate())
    gate = Gate(ListStore(credential()), policy, routes=routes, clock=clock)
    JWTGate(gate).init_app(app)
    return app


def _own_gate() -> Blueprint:
    # Its gate knows nobody.
    blueprint = Blueprint("own", "shop", url_prefix="/own")
    blueprint.add_url_rule("/", "index", lambda: "guarded")
    JWTGate(Gate(ListStore(), clock=clock)).init_app(blueprint)
    return blueprint


def send(app: Flask, sent: Sent, **environ: Any) -> Got:
    """Send a request, folded and joined as gunicorn does."""
    whole = {**create_environ(), **environ_of(sent), **environ}
    got = Got()

    def start_response(status: str, headers: Any, _exc_info: Any = None) -> Any:
        got.status = int(status[:3])
        got.headers = {name.lower(): value for name, value in headers}

    with closing(ClosingIterator(app(whole, start_response))) as body:
        got.body = b"".join(body)
    got.outcome = whole["jwtgate"]
    return got


def get(path: str, *headers: Header, **fields: Any) -> Sent:
    """Make a request."""
    return Sent(path=path, headers=headers, **fields)


# Forged identity headers

ORIGIN: Header = ("Origin", "https://evil.example")
ASKED: Header = ("Access-Control-Request-Method", "GET")
WAYS: dict[str, tuple[Sent, int]] = {
    "guarded": (get("/guarded", BEARER), 200),
    "public": (get("/public"), 200),
    "public-with-a-token": (get("/public", BEARER), 200),
    "listed": (get("/listed"), 200),
    "optional": (get("/optional"), 200),
    "optional-with-a-token": (get("/optional", BEARER), 200),
    "unknown-path": (get("/no/such/path", BEARER), 404),
}


@attacks("way", WAYS)
@attacks("key", KEYS)
def test_forged_identity(way: tuple[Sent, int], key: str) -> None:
    """T23, T24, CVE-2015-0219: no view sees what a client calls itself."""
    sent, status = way
    got = send(shop(), sent, **{key: FORGED})
    assert got.status == status
    assert FORGED.encode() not in got.body


@attacks("key", KEYS)
def test_forged_identity_in_report_mode(key: str) -> None:
    """T23, T24: nor where a refused request passes."""
    got = send(shop(Policy(mode="report")), get("/guarded"), **{key: FORGED})
    assert got.status == 200
    assert FORGED.encode() not in got.body


@attacks("key", KEYS)
def test_forged_identity_beside_the_anonymous_consumer(key: str) -> None:
    """T23, T24: nor who stands in."""
    policy = Policy(anonymous=Consumer(username="nobody"))
    got = send(shop(policy), get("/guarded"), **{key: FORGED})
    assert b"'nobody'" in got.body
    assert FORGED.encode() not in got.body


def test_forged_identity_on_a_public_route() -> None:
    """T23, T24: nor where the gate's own route is public."""
    app = shop(EVERYWHERE, Route(path="/guarded", public=True))
    got = send(app, get("/guarded", ("X-Consumer-ID", FORGED)))
    assert got.status == 200
    assert FORGED.encode() not in got.body


@pytest.mark.parametrize(
    "key", ["HTTP_JWTGATE", "jwtgate.outcome", "HTTP_JWTGATE_ROOT"]
)
def test_forged_outcome(key: str) -> None:
    """T26: no header of a client is an outcome."""
    assert send(shop(), get("/guarded"), **{key: FORGED}).status == 401


# Two tokens

LINES: dict[str, tuple[str, ...]] = {
    "equal": (f"Bearer {TOKEN}", f"Bearer {TOKEN}"),
    "differing": (f"Bearer {TOKEN}", f"Bearer {OTHER}"),
    "garbage-first": ("Bearer x", f"Bearer {TOKEN}"),
    "garbage-last": (f"Bearer {TOKEN}", "Bearer x"),
    "basic-first": ("Basic eDp5", f"Bearer {TOKEN}"),
    "basic-last": (f"Bearer {TOKEN}", "Basic eDp5"),
    "empty-last": (f"Bearer {TOKEN}", ""),
    "joined-by-the-client": (f"Bearer {TOKEN},{TOKEN}",),
    "joined-by-a-comma-and-a-blank": (f"Bearer {TOKEN}, Bearer {TOKEN}",),
    "comma-behind": (f"Bearer {TOKEN},",),
}


@attacks("lines", LINES)
@pytest.mark.parametrize("path", ["/guarded", "/optional", "/staff", "/none"])
def test_repeated_header(path: str, lines: tuple[str, ...]) -> None:
    """T17, T18: nobody is left to choose; an optional view is no way around."""
    got = send(shop(), get(path, *(("Authorization", line) for line in lines)))
    assert got.status == 401
    assert got.outcome.reason is Reason.TOKEN_REPEATED


COOKIES: dict[str, tuple[str, ...]] = {
    "in-one-line": (f"jwt={TOKEN}; jwt={OTHER}",),
    "in-two-lines": (f"jwt={TOKEN}", f"jwt={OTHER}"),
    "joined-by-a-comma": (f"jwt={TOKEN},jwt={OTHER}",),
    "quoted": (f'jwt={TOKEN}; jwt="{OTHER}"',),
    "garbage": (f"jwt={TOKEN}; jwt=x",),
    "around-another": (f"jwt={TOKEN}; session=x; jwt={OTHER}",),
}


@attacks("lines", COOKIES)
@pytest.mark.parametrize("path", ["/guarded", "/optional"])
def test_two_cookies_of_one_name(path: str, lines: tuple[str, ...]) -> None:
    """T17, T18: Flask would show the first; the gate refuses both."""
    got = send(shop(), get(path, *(("Cookie", line) for line in lines)))
    assert got.status == 401
    assert got.outcome.reason is Reason.TOKENS_DIFFER


QUERIES = {
    "twice": f"jwt={TOKEN}&jwt={OTHER}",
    "encoded-name": f"jwt={TOKEN}&%6Awt={OTHER}",
    "beside-a-header": f"jwt={OTHER}",
}


@attacks("query", QUERIES)
def test_two_tokens_in_the_query(query: str) -> None:
    """T17: nor do parameters hide another."""
    got = send(shop(), get("/guarded", BEARER, query=query))
    assert got.outcome.reason is Reason.TOKENS_DIFFER


@attacks(
    "query", {"semicolon": f"a=1;jwt={TOKEN}", "twice-encoded": f"%256Awt={TOKEN}"}
)
def test_parameter_that_flask_does_not_read(query: str) -> None:
    """T19: what Flask does not take for the parameter is no token."""
    got = send(shop(), get("/guarded", query=query))
    assert got.outcome.reason is Reason.TOKEN_MISSING


HIDDEN: dict[str, Sent] = {
    "query": get("/guarded", BEARER, query=f"jwt={TOKEN}&%6awt={TOKEN}"),
    "cookies": get("/guarded", BEARER, ("Cookie", f"jwt={TOKEN}; jwt={TOKEN}")),
    "header": get("/guarded", BEARER),
}


@attacks("sent", HIDDEN)
@pytest.mark.parametrize("key", ["RAW_URI", "REQUEST_URI"])
def test_copy_left_behind(sent: Sent, key: str) -> None:
    """T22: a view finds no copy, wherever the server keeps one."""
    app = _telling()
    got = send(app, sent, **{key: f"{sent.path}?{sent.query}"})
    assert got.status == 200
    assert TOKEN.encode() not in got.body


@cache
def _telling() -> Flask:
    app = Flask("shop")
    app.secret_key = SECRET
    request_texts = ("args", "cookies", "values", "url", "full_path", "query_string")

    def view() -> str:
        told = [repr(getattr(request, name)) for name in request_texts]
        told += [repr(value) for value in request.environ.values()]
        token = request.authorization and request.authorization.token
        return repr((told, token, list(request.headers)))

    app.add_url_rule("/guarded", "view", view)
    app.before_request(lambda: view() and None)
    JWTGate(make_gate(policy=HIDING)).init_app(app)
    return app


# Another method than is decided about

OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]
COOKIE: Header = ("Cookie", f"jwt={TOKEN}")


@pytest.mark.parametrize("name", OVERRIDES)
@pytest.mark.parametrize("spelling", [str, lambda name: name.replace("-", "_")])
def test_preflight_that_is_another_method(name: str, spelling: Any) -> None:
    """T28: an exempt OPTIONS that a plug-in would run as another method is asked."""
    override = (spelling(name), "POST")
    sent = get("/guarded", ORIGIN, ASKED, override, method="OPTIONS")
    assert send(shop(OPEN_PREFLIGHT), sent).status == 401


@pytest.mark.parametrize("name", OVERRIDES)
def test_request_that_calls_itself_a_preflight(name: str) -> None:
    """T28: a header makes no preflight of a GET."""
    sent = get("/guarded", ORIGIN, ASKED, (name, "OPTIONS"))
    assert send(shop(OPEN_PREFLIGHT), sent).status == 401


@pytest.mark.parametrize("method", ["options", "Options", "OPTIONS ", "HEAD", "TRACE"])
def test_other_spelling_of_a_preflight(method: str) -> None:
    """T28: nor does a method that Flask alone takes for OPTIONS."""
    sent = get("/guarded", ORIGIN, ASKED, method=method)
    assert send(shop(OPEN_PREFLIGHT), sent).status == 401


@pytest.mark.parametrize("name", ["Plain", *OVERRIDES])
@pytest.mark.parametrize("method", ["POST", "post"])
def test_cross_site_request(name: str, method: str) -> None:
    """A form of another site has the cookie, and no header makes it a safe GET."""
    sent = get("/guarded", COOKIE, ORIGIN, (name, "GET"), method=method)
    got = send(shop(), sent)
    assert (got.status, got.outcome.reason) == (403, Reason.CROSS_SITE)


@pytest.mark.parametrize("method", ["POST", "post", "Post"])
def test_method_in_lower_case(method: str) -> None:
    """A route for POST holds for what Flask takes for POST."""
    routes = (
        Route(path="/guarded", public=True),
        Route(path="/guarded", methods=["POST"]),
    )
    assert send(shop(EVERYWHERE, *routes), get("/guarded", method=method)).status == 401


# Another path than is decided about

SPELLINGS = [
    "/guarded",
    "/guarded/",
    "//guarded",
    "/guarded//",
    "/./guarded",
    "/public/../guarded",
    "/listed/../guarded",
    "/public/%2e%2e/guarded",
    "/listed/..%2fguarded",
    "/public;/guarded",
    "/listed\\..\\guarded",
    "/guarded/listed",
    "/guarded/../listed",
    "/guarded/%2e%2e/public",
    "/guarded/public",
    "/guarded\0/public",
    "/guarded?/public",
    "/guarded#/public",
    "/GUARDED",
    "/guarded/\xff",
    "guarded",
    "/staff",
    "//staff",
    "/own/",
    "//own/",
    "/own",
    "/own/.",
    "/public/../own/",
    "/own/../public",
]


@pytest.mark.parametrize("path", SPELLINGS, ids=ascii)
@pytest.mark.parametrize("routes", [(), (Route(path="/x"),)], ids=["none", "routes"])
def test_guarded_view_by_another_spelling(path: str, routes: tuple[Route, ...]) -> None:
    """It is the endpoint that is public, so no spelling of a path opens another."""
    got = send(shop(EVERYWHERE, *routes), get(path))
    assert b"guarded" not in got.body
    assert got.status in (400, 401)


@pytest.mark.parametrize("path", ["//own/", "/own", "/own/", "/./own/", "//own"])
def test_gate_of_a_blueprint_by_another_spelling(path: str) -> None:
    """Nor does one lead around the blueprint's own gate by the app's."""
    got = send(shop(), get(path, BEARER))
    assert b"guarded" not in got.body
    assert got.status in (308, 401, 404)


@pytest.fixture
def files(tmp_path: Path) -> Flask:
    """Give an app with public files, and a secret beside them."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.txt").write_text("public")
    (tmp_path / "secret.txt").write_text("guarded")
    app = Flask("shop", static_folder=str(tmp_path / "static"))
    app.config["JWTGATE_PUBLIC_ENDPOINTS"] = ["static"]
    app.add_url_rule("/secret.txt", "secret", lambda: "guarded")
    JWTGate(make_gate()).init_app(app)
    return app


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static/..%2fsecret.txt",
        "/static//../secret.txt",
        "/static/..\\secret.txt",
        "/static/a.txt/../../secret.txt",
        "/static/\0/../../secret.txt",
        "//static/../secret.txt",
    ],
    ids=ascii,
)
def test_way_out_of_the_public_files(files: Flask, path: str) -> None:
    """What is beside the public files stays shut."""
    got = send(files, get(path))
    assert b"guarded" not in got.body
    assert got.status in (401, 404)


# Nothing that a client sends breaks anything

VALUES = st.one_of(
    st.text(st.characters(max_codepoint=255)),
    st.sampled_from(
        [
            *(f"Bearer {TOKEN}", f"Bearer {OTHER}", "Bearer", "Bearer  x", "Basic x"),
            *(f"jwt={TOKEN}", 'jwt="', "GET", "POST", "null", "https://a.example"),
            *("same-origin", "websocket", "1e9999", "\xe9", "%", "a,b", ";"),
        ]
    ),
)
NAMES = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=12),
    st.sampled_from(
        [
            *("AUTHORIZATION", "COOKIE", "X_CONSUMER_ID", "ORIGIN", "SEC_FETCH_SITE"),
            *("ACCESS_CONTROL_REQUEST_METHOD", "UPGRADE", "X_FORWARDED_FOR", "RANGE"),
            *("X_HTTP_METHOD_OVERRIDE", "IF_NONE_MATCH", "CONNECTION", "HOST"),
        ]
    ),
)
TEXTS = st.text(st.characters(max_codepoint=255))
PARTS = ["guarded", "public", "listed", "optional", "unasked", "name", "staff", "own"]
PATHS = st.one_of(
    st.sampled_from(PARTS).map(lambda part: f"/{part}"),
    st.lists(st.one_of(st.sampled_from([*PARTS, "..", ""]), TEXTS)).map("/".join),
    TEXTS,
)
# A server ends the line there; what of it comes decoded is in the path.
IN_LINE = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"))
QUERY = st.one_of(IN_LINE, st.sampled_from([f"jwt={TOKEN}", "jwt=", "&jwt=%", "jwt"]))
METHODS = st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "get", "BREW", "", "\xff"])
OPEN_POLICIES = [
    EVERYWHERE,
    HIDING,
    OPEN_PREFLIGHT,
    Policy(mode="report", hide_credentials=True),
    Policy(anonymous=Consumer(username="nobody"), anonymous_for="any"),
    Policy.kong(run_on_preflight=False),
    Policy.apisix(),
]


@given(
    policy=st.sampled_from(OPEN_POLICIES),
    method=METHODS,
    path=PATHS,
    query=QUERY,
    headers=st.dictionaries(NAMES, VALUES, max_size=6),
    target=st.one_of(st.none(), TEXTS),
)
def test_any_request(
    policy: Policy,
    method: str,
    path: str,
    query: str,
    headers: dict[str, str],
    target: str | None,
) -> None:
    """T29: no request is an exception, or a status of 500 and above."""
    environ = {f"HTTP_{name}": value for name, value in headers.items()}
    if target is not None:
        environ["RAW_URI"] = target
    sent = Sent(method=method, path=path, query=query)
    assert 200 <= send(shop(policy), sent, **environ).status < 500


@given(path=PATHS, query=IN_LINE, headers=st.dictionaries(NAMES, TEXTS, max_size=4))
def test_any_request_without_a_token(
    path: str, query: str, headers: dict[str, str]
) -> None:
    """And none that has no token reaches a guarded view."""
    environ = {f"HTTP_{name}": value for name, value in headers.items()}
    got = send(shop(Policy()), get(path, query=query), **environ)
    assert b"guarded" not in got.body


# Nothing is told

TELLTALE = {
    "expired": mint(exp=1),
    "unknown-key": mint(iss="nobody"),
    "bad-signature": mint(secret="another-secret-of-the-tests-long-enough"),
    "good-but-no-member": TOKEN,
}


@attacks("token", TELLTALE)
def test_token_in_an_answer_or_a_log(
    token: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A refusal has no token and no secret, in the answer or in a record."""
    caplog.set_level(logging.DEBUG)
    got = send(shop(), get("/staff", ("Authorization", f"Bearer {token}")))
    assert got.status in (401, 403)
    told = [got.body.decode(), repr(got.headers), repr(got.outcome)]
    told += [repr(vars(record)) for record in caplog.records]
    assert not [text for text in told if token in text or SECRET in text]
