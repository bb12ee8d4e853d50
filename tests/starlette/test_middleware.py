from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.authentication import AuthenticationError, requires
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from jwtgate import (
    Answer,
    Authenticated,
    ConfigurationError,
    Consumer,
    Credential,
    Gate,
    Policy,
    Quota,
    Reason,
)
from jwtgate import Route as GateRoute
from jwtgate.starlette import (
    Caller,
    JWTGateBackend,
    JWTGateMiddleware,
    Refused,
    on_error,
)
from tests.kit import (
    ListStore,
    Sent,
    clock,
    credential,
    make_gate,
    mint,
    scope_of,
    via_asgi,
)

BEARER = {"Authorization": f"Bearer {mint(scope='orders:read')}"}
GUEST = Policy(anonymous=Consumer(username="guest"))
GONE = Answer(status=410, body="gone", content_type="text/plain")
HOURLY = Policy(quota=Quota(rates="2/h", aligned=True))


async def whoami(request: Request) -> JSONResponse:
    """Tell what an endpoint sees."""
    return JSONResponse(
        {
            "name": request.user.display_name,
            "authenticated": request.user.is_authenticated,
            "scopes": request.auth.scopes,
            "header": request.headers.get("x-consumer-username"),
        }
    )


def blocking(request: Request) -> JSONResponse:
    """Tell the same from a thread."""
    return JSONResponse({"name": request.user.display_name})


@requires("orders:read")
async def orders(request: Request) -> Response:
    """Answer whose token grants it."""
    return Response(request.url.path)


@requires("authenticated")
async def members(request: Request) -> Response:
    """Answer whoever has a token."""
    return Response(request.url.path)


async def chat(websocket: WebSocket) -> None:
    """Talk."""
    await websocket.accept()
    await websocket.send_text(websocket.user.display_name)
    await websocket.close()


ROUTES = [
    Route("/", whoami),
    Route("/blocking", blocking),
    Route("/orders", orders),
    Route("/members", members),
    WebSocketRoute("/chat", chat),
    Mount("/api", routes=[Route("/me", whoami), Route("/open", whoami)]),
]


def middleware(gate: Gate) -> Middleware:
    """Guard by our middleware."""
    return Middleware(JWTGateMiddleware, gate=gate)


def backend(gate: Gate, **options: Any) -> Middleware:
    """Guard by Starlette's own middleware."""
    ours = JWTGateBackend(gate, **options)
    return Middleware(AuthenticationMiddleware, backend=ours, on_error=on_error)


GUARDS = {"middleware": middleware, "backend": backend}
both = pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS)


def client(*guards: Middleware, headers: Any = BEARER) -> TestClient:
    """Make a client of an app that is guarded so."""
    app = Starlette(routes=ROUTES, middleware=list(guards))
    return TestClient(app, headers=headers)


# Who calls


@both
def test_the_caller_is_the_user(guard: Any) -> None:
    """An endpoint finds it where those of other backends are."""
    assert client(guard(make_gate())).get("/").json() == {
        "name": "jack",
        "authenticated": True,
        "scopes": ["authenticated", "orders:read"],
        "header": "jack",
    }


@both
def test_the_caller_is_the_user_in_a_thread(guard: Any) -> None:
    """Synchronous endpoints find the same."""
    assert client(guard(make_gate())).get("/blocking").json() == {"name": "jack"}


@both
def test_the_anonymous_consumer_is_the_user(guard: Any) -> None:
    """It is not authenticated, and has no scopes."""
    assert client(guard(make_gate(policy=GUEST)), headers={}).get("/").json() == {
        "name": "guest",
        "authenticated": False,
        "scopes": [],
        "header": "guest",
    }


@both
def test_what_passes_without_identity_is_nobody(guard: Any) -> None:
    """In report mode a request without a token passes as Starlette's nobody."""
    gate = make_gate(policy=Policy(mode="report"))
    forged = {"X-Consumer-Username": "root"}
    assert client(guard(gate), headers=forged).get("/").json() == {
        "name": "",
        "authenticated": False,
        "scopes": [],
        "header": None,
    }


@both
def test_everything_of_the_outcome_is_at_hand(guard: Any) -> None:
    """The user and the scope have it."""
    seen: dict[str, Any] = {}

    async def view(request: Request) -> Response:
        seen.update(request.scope)
        return Response()

    app = Starlette(routes=[Route("/", view)], middleware=[guard(make_gate())])
    TestClient(app, headers=BEARER).get("/")
    assert isinstance(seen["user"], Caller)
    assert seen["user"].outcome is seen["jwtgate"]
    assert isinstance(seen["jwtgate"], Authenticated)


@both
def test_a_mounted_app_sees_the_caller(guard: Any) -> None:
    """What is mounted is guarded."""
    assert client(guard(make_gate())).get("/api/me").json()["name"] == "jack"
    assert client(guard(make_gate()), headers={}).get("/api/me").status_code == 401


@both
def test_a_background_task_sees_the_caller(guard: Any) -> None:
    """The request keeps it until the end."""
    names: list[str] = []

    async def view(request: Request) -> Response:
        task = BackgroundTask(lambda: names.append(request.user.display_name))
        return Response(background=task)

    app = Starlette(routes=[Route("/", view)], middleware=[guard(make_gate())])
    TestClient(app, headers=BEARER).get("/")
    assert names == ["jack"]


@both
@pytest.mark.parametrize("path", ["/orders", "/members"])
def test_requires_reads_the_scopes(guard: Any, path: str) -> None:
    """Starlette's own decorator asks for those of the token."""
    assert client(guard(make_gate())).get(path).text == path


@both
@pytest.mark.parametrize("path", ["/orders", "/members"])
def test_requires_refuses_the_anonymous_consumer(guard: Any, path: str) -> None:
    """It has no token that could grant a scope."""
    asking = client(guard(make_gate(policy=GUEST)), headers={})
    assert asking.get(path).status_code == 403


# Refusals


@both
@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(Policy(realm="shop"), id="native"),
        pytest.param(Policy.kong(), id="kong"),
        pytest.param(Policy.apisix(), id="apisix"),
        pytest.param(Policy(error_response="<p>No</p>"), id="own body"),
        pytest.param(Policy(anonymous=GUEST.anonymous, termination=GONE), id="gone"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_refusal_is_the_gate_s(guard: Any, policy: Policy, method: str) -> None:
    """Status, headers and body are those that any app behind the gate gives."""
    expected = via_asgi(make_gate(policy=policy), Sent(method=method))
    asking = client(guard(make_gate(policy=policy)), headers={})
    response = asking.request(method, "/")
    assert response.status_code == expected.status
    assert dict(response.headers) == expected.headers
    assert response.content == expected.body


@both
@pytest.mark.parametrize("status", [200, 204, 205, 304, 503])
def test_a_termination_is_answered(guard: Any, status: int) -> None:
    """Whatever its status is."""
    policy = Policy(termination=Answer(status=status))
    response = client(guard(make_gate(policy=policy))).get("/")
    assert response.status_code == status


def test_another_s_error_is_answered_as_starlette_does() -> None:
    """A backend around ours may have refusals of its own."""
    response = on_error(Request(scope_of(Sent())), AuthenticationError("no"))
    assert (response.status_code, response.body) == (400, b"no")


def test_a_refusal_tells_its_reason() -> None:
    """An ``on_error`` of one's own can go by it; its text is the slug."""
    seen: list[Any] = []

    def own(_connection: Any, error: AuthenticationError) -> Response:
        seen.append(error)
        return Response("no", 401)

    guard = Middleware(
        AuthenticationMiddleware, backend=JWTGateBackend(make_gate()), on_error=own
    )
    assert client(guard, headers={}).get("/").text == "no"
    assert isinstance(seen[0], Refused)
    assert seen[0].denied.reason is Reason.TOKEN_MISSING
    assert str(seen[0]) == "token_missing"


class Blocking:
    """A store for synchronous code alone."""

    def find(self, key: str, kid: str | None = None) -> list[Credential]:
        """Find by key."""
        return [credential(key=key, kid=kid)]


@pytest.mark.parametrize(
    "mount",
    [lambda gate: JWTGateMiddleware(Starlette(), gate), JWTGateBackend],
    ids=GUARDS,
)
def test_a_store_that_blocks_is_an_error_at_construction(mount: Any) -> None:
    """What would stop the event loop is said when the app is mounted."""
    with pytest.raises(ConfigurationError, match=r"in_thread\(store\)"):
        mount(Gate(Blocking()))


# The middleware


def test_the_lifespan_passes() -> None:
    """The app starts and stops."""
    with client(middleware(make_gate())) as asking:
        assert asking.get("/").status_code == 200


def test_the_middleware_tells_what_is_left_of_a_quota() -> None:
    """The response has the figures."""
    response = client(middleware(make_gate(policy=HOURLY))).get("/")
    assert response.headers["x-ratelimit-remaining"] == "1"


def test_a_public_route_of_the_gate_passes() -> None:
    """The middleware decides before Starlette routes, so the gate's routes say so."""
    gate = Gate(ListStore(), routes=[GateRoute(path="/api/open", public=True)])
    asking = client(middleware(gate), headers={})
    assert asking.get("/api/open").json()["authenticated"] is False
    assert asking.get("/api/me").status_code == 401


def test_a_websocket_has_a_user() -> None:
    """A handshake with a good token is the app's to accept."""
    with client(middleware(make_gate())).websocket_connect("/chat") as session:
        assert session.receive_text() == "jack"


def test_a_refused_websocket_is_answered_by_the_middleware() -> None:
    """With the denial extension the client gets the response of any request."""
    asking = client(middleware(make_gate()), headers={})
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        asking.websocket_connect("/chat"),
    ):
        pytest.fail("accepted")
    assert refused.value.status_code == 401
    assert refused.value.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("inner", GUARDS.values(), ids=GUARDS)
def test_one_gate_mounted_twice_verifies_once(inner: Any) -> None:
    """An outcome of the same gate is reused: the store is asked once."""
    store = ListStore(credential())
    gate = Gate(store, clock=clock)
    response = client(middleware(gate), inner(gate)).get("/")
    assert response.json()["name"] == "jack"
    assert len(store.asked) == 1


# The backend


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, (200, ""), id="no token"),
        pytest.param(BEARER, (200, "jack"), id="good token"),
    ],
)
def test_a_token_may_be_optional(headers: Any, expected: tuple[int, str]) -> None:
    """A request without one passes as nobody."""
    asking = client(backend(make_gate(), optional=True), headers=headers)
    response = asking.get("/")
    assert (response.status_code, response.json()["name"]) == expected


def test_a_bad_token_is_refused_where_one_is_optional() -> None:
    """Who shows a token is held to it."""
    asking = client(
        backend(make_gate(), optional=True), headers={"Authorization": "Bearer a.b.c"}
    )
    assert asking.get("/").status_code == 401


def test_a_backend_gives_a_websocket_a_user() -> None:
    """A handshake with a good token is the app's to accept."""
    with client(backend(make_gate())).websocket_connect("/chat") as session:
        assert session.receive_text() == "jack"


def test_starlette_closes_a_websocket_as_if_it_had_ended_well() -> None:
    """Its own middleware knows no other code; the app does not run."""
    asking = client(backend(make_gate()), headers={})
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        asking.websocket_connect("/chat"),
    ):
        pytest.fail("accepted")
    assert closed.value.code == 1000


def test_a_backend_cannot_tell_what_is_left_of_a_quota() -> None:
    """Starlette's middleware adds no header to a response."""
    response = client(backend(make_gate(policy=HOURLY))).get("/")
    assert "x-ratelimit-remaining" not in response.headers
