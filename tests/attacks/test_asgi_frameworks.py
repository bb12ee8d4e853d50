"""Attacks on what FastAPI and Starlette do between the gate and an endpoint."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from fastapi import Body, Depends, FastAPI, Header
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from jwtgate import Anonymous, Authenticated, Consumer, Gate, Policy
from jwtgate import Route as GateRoute
from jwtgate.fastapi import JWTAuth, Refused, install, public
from jwtgate.starlette import (
    JWTGateBackend,
    JWTGateMiddleware,
    jwt_required,
    on_error,
)
from tests.attacks.harness import attacks
from tests.kit import (
    NOW,
    ListStore,
    Sent,
    clock,
    credential,
    make_gate,
    mint,
    scope_of,
)

App = Callable[[Any, Any, Any], Any]

FORGED = "mallory-the-admin"
TOKEN = mint()
BEARER = ("Authorization", f"Bearer {TOKEN}")
CARRIERS = Policy(query_names=("jwt",), cookie_names=("jwt",))
HIDING = Policy(query_names=("jwt",), cookie_names=("jwt",), hide_credentials=True)
GUEST = Consumer(username="guest")


@dataclass
class Told:
    """What a client is told."""

    status: int = 0
    body: bytes = b""
    accepted: bool = False


def ask(app: App, scope: Any, body: bytes = b"") -> Told:
    """Send a request, or open a WebSocket."""
    told = Told()
    kind = "http.request" if scope["type"] == "http" else "websocket.connect"

    async def receive() -> Any:
        return {"type": kind, "body": body}

    async def send(message: Any) -> None:
        told.status = message.get("status", told.status)
        told.body += message.get("body", b"")
        told.accepted |= message["type"] == "websocket.accept"

    asyncio.run(app(scope, receive, send))
    return told


def seen_by(request: Request) -> str:
    """Tell everything that an endpoint can see of a request."""
    return repr(
        [
            list(request.headers.items()),
            request.headers.raw,
            request.scope["headers"],
            request.scope["query_string"],
            request.query_params,
            request.cookies,
            str(request.url),
        ]
    )


# Apps, each guarded in its own way, that answer with all that they see.


def _by_dependency(gate: Gate, **demands: Any) -> FastAPI:
    app, auth = FastAPI(), JWTAuth(gate, **demands)

    @app.post("/{path:path}")
    async def view(
        request: Request,
        _caller: Annotated[Authenticated | Anonymous | None, Depends(auth)],
        _body: Annotated[Any, Body()],
        x_consumer_username: Annotated[list[str] | None, Header()] = None,
        under: Annotated[
            str | None, Header(alias="x_consumer_username", convert_underscores=False)
        ] = None,
        jwt: str | None = None,
    ) -> str:
        return repr([seen_by(request), x_consumer_username, under, jwt])

    return app


def _by_optional_dependency(gate: Gate) -> FastAPI:
    return _by_dependency(gate, optional=True)


def _by_guard(gate: Gate) -> FastAPI:
    app = FastAPI(dependencies=[Depends(JWTAuth(gate, unless_public=True))])

    @app.post("/{path:path}")
    def view(path: str, request: Request, _body: Annotated[Any, Body()]) -> str:
        return path + seen_by(request)

    return app


def _by_guard_of_public(gate: Gate) -> FastAPI:
    app = FastAPI(dependencies=[Depends(JWTAuth(gate, unless_public=True))])

    @app.post("/{path:path}")
    @public
    def view(path: str, request: Request, _body: Annotated[Any, Body()]) -> str:
        return path + seen_by(request)

    return app


async def _view(request: Request) -> JSONResponse:
    return JSONResponse(seen_by(request))


def _starlette(view: Any, *guards: Middleware) -> Starlette:
    routes = [Route("/{path:path}", view, methods=["POST"])]
    return Starlette(routes=routes, middleware=list(guards))


def _by_middleware(gate: Gate) -> Starlette:
    return _starlette(_view, Middleware(JWTGateMiddleware, gate=gate))


def _by_backend(gate: Gate) -> Starlette:
    backend = JWTGateBackend(gate)
    guard = Middleware(AuthenticationMiddleware, backend=backend, on_error=on_error)
    return _starlette(_view, guard)


def _by_decorator(gate: Gate) -> Starlette:
    # The decorator takes in report mode what the middleware has given.
    view = jwt_required(groups=["staff"])(_view)
    return _starlette(view, Middleware(JWTGateMiddleware, gate=gate))


DEMANDING: dict[str, Callable[[Gate], App]] = {
    "dependency": _by_dependency,
    "guard": _by_guard,
    "middleware": _by_middleware,
    "backend": _by_backend,
}
APPS = {
    **DEMANDING,
    "optional": _by_optional_dependency,
    "public": _by_guard_of_public,
}
every_app = pytest.mark.parametrize("make", APPS.values(), ids=APPS)
every_demanding_app = pytest.mark.parametrize("make", DEMANDING.values(), ids=DEMANDING)


def post(app: App, *lines: tuple[str, str], **fields: Any) -> Told:
    """Send a request with a JSON body, of which FastAPI reads the headers first."""
    headers = [("Content-Type", "application/json"), *lines]
    return ask(app, scope_of(Sent("POST", headers=headers, **fields)), b"{}")


# Forged identity

SPELLINGS = {
    name: (name, FORGED)
    for name in (
        "X-Consumer-Username",
        "x_consumer_username",
        "X-Consumer_Username",
        "X-CONSUMER-ID",
        "X_Consumer_Groups",
        "X-Credential-Identifier",
        "X_Credential-Username",
        "X-Anonymous-Consumer",
        "X_AUTHENTICATED_GROUPS",
    )
}


@every_app
@attacks("forged", SPELLINGS)
def test_forged_identity_headers(make: Any, forged: tuple[str, str]) -> None:
    """No endpoint sees what a client says of itself, in no way it may ask for it."""
    told = post(make(make_gate()), forged, BEARER, forged)
    assert told.status == 200
    assert FORGED.encode() not in told.body


REPORTING = {**APPS, "decorator": _by_decorator}


@pytest.mark.parametrize("make", REPORTING.values(), ids=REPORTING)
@attacks("lines", {"no-token": (), "token": (BEARER,)})
def test_forged_identity_headers_in_report_mode(make: Any, lines: Any) -> None:
    """What passes without identity has none."""
    app = make(make_gate(policy=Policy(mode="report")))
    told = post(app, ("X_Consumer_Username", FORGED), *lines)
    assert told.status == (401 if make is _by_dependency and not lines else 200)
    assert FORGED.encode() not in told.body


def test_an_identity_that_is_taken_back() -> None:
    """Report mode leaves no name on a request that a decorator would refuse."""
    app = _by_decorator(make_gate(policy=Policy(mode="report")))
    assert b"jack" not in post(app, BEARER).body


@pytest.mark.parametrize("make", [_by_optional_dependency, _by_guard_of_public])
def test_forged_identity_headers_without_a_token(make: Any) -> None:
    """Where nobody has to call, nobody is named."""
    told = post(make(make_gate()), ("X-Consumer-Username", FORGED))
    assert told.status == 200
    assert FORGED.encode() not in told.body


@every_demanding_app
def test_a_forged_identity_is_no_token(make: Any) -> None:
    """Headers alone let nobody in."""
    told = post(make(make_gate()), ("X-Consumer-Username", "jack"))
    assert told.status == 401


# Tokens that are to be hidden


@every_demanding_app
@attacks(
    "fields",
    {
        "header": {"lines": [BEARER]},
        "query": {"query": f"a=1&jwt={TOKEN}&b=2"},
        "encoded-query": {"query": f"%6Awt={TOKEN}"},
        "cookie": {"lines": [("Cookie", f"a=1; jwt={TOKEN}; b=2")]},
        "all": {
            "lines": [BEARER, ("Cookie", f"jwt={TOKEN}")],
            "query": f"jwt={TOKEN}",
        },
    },
)
def test_a_hidden_token_is_hidden(make: Any, fields: Any) -> None:
    """It is in no header, cookie, parameter or URL that an endpoint can read."""
    own = ("Sec-Fetch-Site", "same-origin")
    lines = fields.get("lines", [])
    told = post(
        make(make_gate(policy=HIDING)), own, *lines, query=fields.get("query", "")
    )
    assert told.status == 200
    assert TOKEN.encode() not in told.body


# Requests that frameworks read in different ways

OTHER = mint(sub="other")


@every_demanding_app
@attacks(
    "fields",
    {
        "two-authorizations": {"lines": [BEARER, ("Authorization", f"Bearer {OTHER}")]},
        "equal-authorizations": {"lines": [BEARER, BEARER]},
        "joined-authorization": {
            "lines": [("Authorization", f"Bearer {TOKEN}, Bearer {TOKEN}")]
        },
        "two-cookies": {"lines": [("Cookie", f"jwt={TOKEN}; jwt={OTHER}")]},
        "two-cookie-lines": {
            "lines": [("Cookie", f"jwt={TOKEN}"), ("Cookie", f"jwt={OTHER}")]
        },
        "two-parameters": {"query": f"jwt={TOKEN}&jwt={OTHER}"},
        "header-and-parameter": {"lines": [BEARER], "query": f"jwt={OTHER}"},
        "empty-token": {"lines": [("Authorization", "Bearer ")]},
        "octets": {"lines": [("Authorization", "Bearer \xff\x00.\x85.\xa0")]},
    },
)
def test_tokens_that_disagree(make: Any, fields: Any) -> None:
    """The raw request is judged, whatever copy the framework would show."""
    app = make(make_gate(policy=CARRIERS))
    own = ("Sec-Fetch-Site", "same-origin")
    told = post(app, own, *fields.get("lines", []), query=fields.get("query", ""))
    assert told.status == 401


RAW = st.binary(max_size=40)
# Servers refuse others in a query; Starlette's own URL fails on them.
ASCII = st.text(st.characters(max_codepoint=127), max_size=40).map(str.encode)
LINES = st.lists(
    st.tuples(
        st.sampled_from(
            [b"authorization", b"cookie", b"host", b"origin", b"x-consumer-id", b""]
        ),
        RAW | st.just(BEARER[1].encode()),
    ),
    max_size=6,
)
INSTALLED = _by_dependency(make_gate(policy=HIDING))
install(INSTALLED)
MADE = {
    **{name: make(make_gate(policy=HIDING)) for name, make in APPS.items()},
    "installed": INSTALLED,
}


@pytest.mark.parametrize("app", MADE.values(), ids=MADE)
@given(lines=LINES, query=ASCII, path=st.text(max_size=10))
def test_no_octets_are_a_failure_of_ours(
    app: App, lines: Any, query: bytes, path: str
) -> None:
    """Whatever a client sends, the answer is below 500."""
    scope = {
        **scope_of(Sent("POST", "/" + path)),
        "headers": lines,
        "query_string": query,
    }
    assert 200 <= ask(app, scope, b"{}").status < 500


def test_header_spoofing_towards_what_answers_a_refusal() -> None:
    """An exception handler that names the caller in a log reads no forged name."""
    app = _by_dependency(make_gate())
    seen: list[str | None] = []

    @app.exception_handler(Refused)
    async def told(request: Request, _: Exception) -> JSONResponse:
        seen.append(request.headers.get("x-consumer-id"))
        return JSONResponse({}, 401)

    client_says = ask(
        app, scope_of(Sent("POST", headers=[("X-Consumer-ID", "evil")])), b""
    )
    assert (client_says.status, seen) == (401, [None])


# Paths


@every_demanding_app
def test_a_mount_makes_no_path_public(make: Any) -> None:
    """A route of the gate is about the path below the mount, wherever the guard is."""
    public = GateRoute(path="/admin/open", public=True)
    gate = Gate(ListStore(credential()), routes=[public])
    app = Starlette(routes=[Mount("/admin", app=make(gate))])
    assert post(app, path="/admin/open").status == 401


@every_demanding_app
@pytest.mark.parametrize(("path", "status"), [("/orders", 401), ("/orders/open", 400)])
def test_mount_spoofing_a_root_with_a_slash(make: Any, path: str, status: int) -> None:
    """Daphne takes the root from the client; frameworks cut off no such slash."""
    routes = [GateRoute(path=each, public=True) for each in ("/", "/open")]
    gate = Gate(ListStore(credential()), routes=routes)
    headers = [("Content-Type", "application/json")]
    scope = {**scope_of(Sent("POST", path, headers=headers)), "root_path": "/orders/"}
    assert ask(make(gate), scope, b"{}").status == status


# Who may not


ANYBODY = Policy(anonymous=GUEST, anonymous_for="any")


@pytest.mark.parametrize("name", ["authenticated", "admin"])
def test_scopes_of_a_token_that_was_refused(name: str) -> None:
    """Who stands in for a refused token has none of its scopes."""

    @requires(name)
    async def view(request: Request) -> JSONResponse:
        return JSONResponse(request.user.display_name)

    late = mint(exp=int(NOW) - 1, scope="authenticated admin")
    gate = make_gate(policy=ANYBODY)
    app = _starlette(view, Middleware(JWTGateMiddleware, gate=gate))
    assert post(app, ("Authorization", f"Bearer {late}")).status == 403


def test_a_preflight_is_no_caller() -> None:
    """What the gate exempts is refused by an endpoint that demands a caller."""
    app, auth = FastAPI(), JWTAuth(make_gate(policy=Policy(run_on_preflight=False)))

    @app.options("/", dependencies=[Depends(auth)])
    async def view() -> str:
        return "secret"

    lines = (("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT"))
    assert ask(app, scope_of(Sent("OPTIONS", headers=lines))).status == 401


def test_an_outcome_of_another_gate() -> None:
    """A guard further out vouches for its own gate alone."""
    inner = _by_dependency(Gate(ListStore(), clock=clock))
    app = JWTGateMiddleware(inner, make_gate())
    assert post(app, BEARER).status == 401


# WebSocket


async def _accept(websocket: WebSocket) -> None:
    await websocket.accept()


def _socket_by_dependency(gate: Gate) -> App:
    app = FastAPI()
    auth = JWTAuth(gate)

    @app.websocket("/")
    async def view(
        websocket: WebSocket, _caller: Annotated[Authenticated, Depends(auth)]
    ) -> None:
        await websocket.accept()

    return app


def _socket_by_middleware(gate: Gate) -> App:
    guard = Middleware(JWTGateMiddleware, gate=gate)
    return Starlette(routes=[WebSocketRoute("/", _accept)], middleware=[guard])


def _socket_by_backend(gate: Gate) -> App:
    guard = Middleware(AuthenticationMiddleware, backend=JWTGateBackend(gate))
    return Starlette(routes=[WebSocketRoute("/", _accept)], middleware=[guard])


SOCKETS = {
    "dependency": _socket_by_dependency,
    "middleware": _socket_by_middleware,
    "backend": _socket_by_backend,
}


@pytest.mark.parametrize("make", SOCKETS.values(), ids=SOCKETS)
@pytest.mark.parametrize(
    ("origin", "accepted"),
    [("https://app.example", True), ("https://evil.example", False)],
    ids=["own", "evil"],
)
@pytest.mark.parametrize("extensions", [{}, {"websocket.http.response": {}}])
def test_cross_site_websocket_hijacking(
    make: Any, origin: str, extensions: Any, *, accepted: bool
) -> None:
    """A handshake with a cookie alone must come from the site itself."""
    lines = (
        ("Cookie", f"jwt={TOKEN}"),
        ("Origin", origin),
        ("Host", "app.example"),
    )
    scope = {
        **scope_of(Sent(headers=lines, scheme="wss")),
        "type": "websocket",
        "extensions": extensions,
        "subprotocols": [],
    }
    app = make(make_gate(policy=CARRIERS))
    assert ask(app, scope).accepted is accepted
