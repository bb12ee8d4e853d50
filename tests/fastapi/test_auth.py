from typing import Annotated, Any

import fastapi
import pytest
import starlette
from fastapi import (
    APIRouter,
    BackgroundTasks,
    Depends,
    FastAPI,
    Header,
    HTTPException,
    Query,
    Request,
    Response,
    Security,
    WebSocket,
)
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from jwtgate import (
    Anonymous,
    Answer,
    Authenticated,
    ConfigurationError,
    Consumer,
    Credential,
    Gate,
    Policy,
    Quota,
    Reason,
    RequestView,
    Route,
    authenticate,
)
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.fastapi import JWTAuth, Refused, install, public
from tests.kit import (
    NOW,
    ListStore,
    Sent,
    clock,
    credential,
    jack,
    make_gate,
    mint,
    via_asgi,
)

Line = tuple[str, str]

BEARER = {"Authorization": f"Bearer {mint()}"}
STAFF = credential(consumer=jack(groups=("staff",)))
GUEST = Policy(anonymous=Consumer(username="guest"))
REPORT = Policy(mode="report")
HOURLY = Policy(quota=Quota(rates="1/h", aligned=True))
BY_QUERY = Policy(query_names=("jwt",))
GONE = Answer(status=410, body="<p>Gone</p>", content_type="text/html")

starlette_version = tuple(map(int, starlette.__version__.split(".")[:2]))
answers_handshakes = pytest.mark.skipif(
    starlette_version < (0, 41), reason="this Starlette answers no handshake"
)
fastapi_version = tuple(map(int, fastapi.__version__.split(".")[:2]))


def app_of(auth: JWTAuth, **options: Any) -> FastAPI:
    """Make an app of endpoints that tell the name of who calls."""
    app = FastAPI(**options)
    Caller = Annotated[Authenticated, Depends(auth)]  # noqa: N806 - a type

    @app.get("/")
    @app.head("/", include_in_schema=False)
    @app.post("/", include_in_schema=False)
    async def waits(caller: Caller) -> str | None:
        return caller.consumer.username

    @app.get("/sync")
    def blocks(caller: Caller) -> str | None:
        return caller.consumer.username

    @app.websocket("/ws")
    async def chats(websocket: WebSocket, caller: Caller) -> None:
        await websocket.accept()
        await websocket.send_text(str(caller.consumer.username))
        await websocket.close()

    return app


def optional_app_of(auth: JWTAuth) -> FastAPI:
    """Make an app whose endpoint tells the kind of who calls."""
    app = FastAPI()

    @app.get("/")
    async def view(
        caller: Annotated[Authenticated | Anonymous | None, Depends(auth)],
    ) -> str:
        return type(caller).__name__

    return app


def guarded_app_of(auth: JWTAuth) -> FastAPI:
    """Make an app that is guarded as a whole, with a public endpoint."""
    app = FastAPI(dependencies=[Depends(auth)])

    @app.get("/")
    async def view(request: Request) -> str:
        return type(request.scope["jwtgate"]).__name__

    @app.get("/open")
    @public
    async def opened(request: Request) -> str:
        return type(request.scope["jwtgate"]).__name__

    @app.websocket("/ws")
    async def chats(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    return app


def client(
    auth: JWTAuth, headers: Any = BEARER, *, make: Any = app_of, **options: Any
) -> TestClient:
    """Make a client of an app, with a good token unless told otherwise."""
    return TestClient(make(auth, **options), headers=headers)


def auth(policy: Policy | None = None, **options: Any) -> JWTAuth:
    """Make the dependency of a gate with this policy."""
    return JWTAuth(make_gate(policy=policy), **options)


def scoped(scope: Any) -> dict[str, str]:
    """Make a token's header that grants scopes."""
    return {"Authorization": f"Bearer {mint(scope=scope)}"}


# Who calls


@pytest.mark.parametrize("path", ["/", "/sync"])
def test_an_endpoint_is_told_who_calls(path: str) -> None:
    """Synchronous or not, its parameter is the outcome."""
    assert client(auth()).get(path).json() == "jack"


def test_a_websocket_is_told_who_calls() -> None:
    """The same object is for both."""
    with client(auth()).websocket_connect("/ws") as session:
        assert session.receive_text() == "jack"


def test_head_is_answered() -> None:
    """As any method."""
    assert client(auth()).head("/").status_code == 200


def test_the_outcome_is_on_the_request_too() -> None:
    """Where the middleware puts it."""
    asking = client(auth(unless_public=True), make=guarded_app_of)
    assert asking.get("/").json() == "Authenticated"


def test_identity_headers_are_parameters() -> None:
    """An endpoint may read them, since the client's are gone."""
    app, ours = FastAPI(), auth()

    @app.get("/", dependencies=[Depends(ours)])
    async def view(x_consumer_username: Annotated[str, Header()]) -> str:
        return x_consumer_username

    forged = {**BEARER, "X-Consumer-Username": "root"}
    assert TestClient(app, headers=forged).get("/").json() == "jack"


def test_a_router_may_demand_a_caller() -> None:
    """For all of its endpoints."""
    router = APIRouter(prefix="/api", dependencies=[Depends(auth())])

    @router.get("/me")
    async def view() -> str:
        return "me"

    app = FastAPI()
    app.include_router(router)
    assert TestClient(app, headers=BEARER).get("/api/me").json() == "me"
    assert TestClient(app).get("/api/me").status_code == 401


def test_a_mounted_app_may_demand_a_caller() -> None:
    """The gate's routes are about the whole path."""
    gate = Gate(
        ListStore(credential()),
        routes=[Route(path="/api/open", public=True)],
        clock=clock,
    )
    outer = FastAPI()
    outer.mount("/api", guarded_app_of(JWTAuth(gate, unless_public=True)))
    asking = TestClient(outer)
    assert asking.get("/api/").status_code == 401
    assert asking.get("/api/", headers=BEARER).json() == "Authenticated"


def test_a_background_task_sees_who_calls() -> None:
    """It is a value like any other."""
    app, ours, names = FastAPI(), auth(), list[str | None]()

    @app.get("/")
    def view(
        caller: Annotated[Authenticated, Depends(ours)], tasks: BackgroundTasks
    ) -> None:
        tasks.add_task(names.append, caller.consumer.username)

    TestClient(app, headers=BEARER).get("/")
    assert names == ["jack"]


def test_a_dependency_may_use_another() -> None:
    """An app's own user is made of who calls."""
    app, ours = FastAPI(), auth()

    def user(caller: Annotated[Authenticated, Depends(ours)]) -> str:
        return f"user {caller.consumer.username}"

    @app.get("/")
    async def view(name: Annotated[str, Depends(user)]) -> str:
        return name

    assert TestClient(app, headers=BEARER).get("/").json() == "user jack"


def test_a_dependency_can_be_overridden() -> None:
    """In tests of an app, by any caller."""
    ours = auth()
    app = app_of(ours)
    token = BEARER["Authorization"].encode()
    request = RequestView("GET", headers=[(b"authorization", token)])
    caller = authenticate(make_gate(), request)
    app.dependency_overrides[ours] = lambda: caller
    assert TestClient(app).get("/").json() == "jack"


def test_a_dependency_with_scopes_can_be_overridden() -> None:
    """One override is for every list of scopes."""
    app, ours = FastAPI(), auth()

    @app.get("/")
    async def view(caller: Annotated[str, Security(ours, scopes=["a"])]) -> str:
        return caller

    app.dependency_overrides[ours] = lambda: "fake"
    assert TestClient(app).get("/").json() == "fake"


# Verified once


def asked(make: Any) -> int:
    """Count how often the store is asked for one request that passes."""
    store = ListStore(credential())
    response = TestClient(make(Gate(store, clock=clock)), headers=BEARER).get("/")
    assert response.status_code == 200
    return len(store.asked)


def test_two_dependencies_of_one_gate_verify_once() -> None:
    """What one decided is reused by the other."""

    def make(gate: Gate) -> FastAPI:
        guard = JWTAuth(gate, unless_public=True)
        return app_of(JWTAuth(gate), dependencies=[Depends(guard)])

    assert asked(make) == 1


def test_behind_a_middleware_nothing_is_verified_again() -> None:
    """What the middleware of the same gate decided is reused."""
    assert asked(lambda gate: JWTGateMiddleware(app_of(JWTAuth(gate)), gate)) == 1


def test_a_dependency_without_a_gate_has_the_middleware_s() -> None:
    """The gate need not be at hand where endpoints are written."""
    assert asked(lambda gate: JWTGateMiddleware(app_of(JWTAuth(None)), gate)) == 1


def test_a_dependency_without_any_gate() -> None:
    """The missing step is named."""
    with pytest.raises(ConfigurationError, match=r"JWTAuth\(gate\) will do"):
        client(JWTAuth(None)).get("/")


def test_another_gate_decides_afresh() -> None:
    """What one gate let through says nothing to another."""
    other = JWTAuth(Gate(ListStore(), clock=clock))
    app = JWTGateMiddleware(app_of(other), make_gate())
    assert TestClient(app, headers=BEARER).get("/").status_code == 401


class Blocking:
    """A store for synchronous code alone."""

    def find(self, key: str, kid: str | None = None) -> list[Credential]:
        """Find by key."""
        return [credential(key=key, kid=kid)]


def test_a_store_that_blocks_is_an_error_at_construction() -> None:
    """What would stop the event loop is said before the first request."""
    with pytest.raises(ConfigurationError, match=r"in_thread\(store\)"):
        JWTAuth(Gate(Blocking()))


# Who need not call


@pytest.mark.parametrize(
    ("policy", "headers", "expected"),
    [
        pytest.param(None, BEARER, "Authenticated", id="token"),
        pytest.param(None, {}, "NoneType", id="no token"),
        pytest.param(GUEST, {}, "Anonymous", id="anonymous"),
        pytest.param(REPORT, {}, "NoneType", id="report"),
        pytest.param(
            REPORT, {"Authorization": "Bearer x"}, "NoneType", id="bad token, report"
        ),
    ],
)
def test_a_caller_may_be_optional(policy: Any, headers: Any, expected: str) -> None:
    """The parameter is one of three."""
    asking = client(auth(policy, optional=True), headers, make=optional_app_of)
    assert asking.get("/").json() == expected


def test_a_bad_token_is_refused_where_one_is_optional() -> None:
    """Who shows a token is held to it."""
    bad = {"Authorization": "Bearer a.b.c"}
    asking = client(auth(optional=True), bad, make=optional_app_of)
    assert asking.get("/").status_code == 401


@pytest.mark.parametrize("policy", [GUEST, REPORT], ids=["anonymous", "report"])
def test_an_endpoint_that_wants_a_token_gets_one(policy: Policy) -> None:
    """Nobody stands in for who would have to be Authenticated."""
    assert client(auth(policy), {}).get("/").status_code == 401


def test_the_anonymous_consumer_may_be_welcome() -> None:
    """Where a token is not demanded, a caller is."""
    asking = client(auth(GUEST, authenticated=False), {}, make=optional_app_of)
    assert asking.get("/").json() == "Anonymous"


# The guard of an app


@pytest.mark.parametrize(
    ("policy", "headers", "expected"),
    [
        pytest.param(None, BEARER, "Authenticated", id="token"),
        pytest.param(GUEST, {}, "Anonymous", id="anonymous"),
        pytest.param(REPORT, {}, "Exempt", id="report"),
    ],
)
def test_a_guard_lets_pass_whom_the_gate_does(
    policy: Any, headers: Any, expected: str
) -> None:
    """It demands nothing beyond."""
    asking = client(auth(policy, unless_public=True), headers, make=guarded_app_of)
    assert asking.get("/").json() == expected


def test_a_guard_refuses() -> None:
    """Every endpoint that is not public."""
    asking = client(auth(unless_public=True), {}, make=guarded_app_of)
    assert asking.get("/").status_code == 401


def test_a_guard_refuses_a_websocket() -> None:
    """Routes of both kinds are guarded."""
    asking = client(auth(unless_public=True), {}, make=guarded_app_of)
    with pytest.raises(WebSocketDisconnect), asking.websocket_connect("/ws"):
        pytest.fail("accepted")


def test_a_public_endpoint_passes() -> None:
    """Nobody is asked for a token."""
    asking = client(auth(unless_public=True), {}, make=guarded_app_of)
    assert asking.get("/open").json() == "Exempt"


def test_a_public_endpoint_of_a_router_passes() -> None:
    """However it was put into the app."""
    router = APIRouter()

    @router.get("/open")
    @public
    def opened() -> str:
        return "open"

    app = FastAPI(dependencies=[Depends(auth(unless_public=True))])
    app.include_router(router, prefix="/v1")
    assert TestClient(app).get("/v1/open").json() == "open"


def test_what_the_middleware_found_stays_on_a_public_endpoint() -> None:
    """A guard takes no identity away that a gate further out has given."""
    gate = make_gate()
    app = guarded_app_of(JWTAuth(gate, unless_public=True))
    asking = TestClient(JWTGateMiddleware(app, gate), headers=BEARER)
    assert asking.get("/open").json() == "Authenticated"


def test_a_public_endpoint_may_ask_for_itself() -> None:
    """Its own dependency demands all the same."""
    gate = make_gate()
    app = FastAPI(dependencies=[Depends(JWTAuth(gate, unless_public=True))])
    own = JWTAuth(gate)

    @app.get("/")
    @public
    async def view(_caller: Annotated[Authenticated, Depends(own)]) -> None:
        """Never run."""

    assert TestClient(app).get("/").status_code == 401


@pytest.mark.parametrize("demands", [{}, {"groups": ["staff"]}], ids=["none", "staff"])
def test_a_guard_of_a_public_route(demands: Any) -> None:
    """A route of the gate that is public passes a guard that demands nothing more."""
    gate = Gate(ListStore(), routes=[Route(path="/", public=True)])
    ours = JWTAuth(gate, unless_public=True, **demands)
    status = client(ours, {}, make=guarded_app_of).get("/").status_code
    assert status == (401 if demands else 200)


# Demands


@pytest.mark.parametrize(
    "demands",
    [
        pytest.param({"consumers": ["jack"]}, id="consumers"),
        pytest.param({"groups": ["staff", "boss"]}, id="groups"),
        pytest.param({"scopes": ["a"]}, id="scopes"),
        pytest.param({"when": lambda claims: claims["tenant"] == 7}, id="when"),
    ],
)
def test_a_dependency_may_demand_more(demands: Any) -> None:
    """The words are those of every framework."""
    ours = JWTAuth(make_gate(STAFF), **demands)
    token = {"Authorization": f"Bearer {mint(scope='a', tenant=7)}"}
    assert client(ours, token).get("/").status_code == 200
    jill = JWTAuth(make_gate(credential(consumer=jack(username="jill"))), **demands)
    assert client(jill).get("/").status_code == 403


def scopes_app_of(auth: JWTAuth) -> FastAPI:
    """Make an app whose endpoint demands scopes, some of them by a dependency."""
    app = FastAPI()

    def user(caller: Annotated[Authenticated, Security(auth, scopes=["me"])]) -> str:
        return str(caller.consumer.username)

    @app.get("/")
    async def view(name: Annotated[str, Security(user, scopes=["items"])]) -> str:
        return name

    return app


@pytest.mark.parametrize("scope", ["items me", ["me", "items"]], ids=["text", "list"])
def test_scopes_are_granted_by_the_token(scope: Any) -> None:
    """As a text or as a list."""
    asking = client(auth(), scoped(scope), make=scopes_app_of)
    assert asking.get("/").json() == "jack"


@pytest.mark.parametrize("scope", ["items", "me", "", None, 7, ["items me"]])
def test_every_scope_has_to_be_granted(scope: Any) -> None:
    """Those that dependencies further out demand, too."""
    response = client(auth(), scoped(scope), make=scopes_app_of).get("/")
    assert response.status_code == 403
    challenge = response.headers["www-authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="items me"' in challenge


def test_scopes_add_to_those_of_the_dependency() -> None:
    """Each is named once."""
    ours = auth(scopes=["me", "all"])
    response = client(ours, scoped("x"), make=scopes_app_of).get("/")
    assert 'scope="me all items"' in response.headers["www-authenticate"]


def test_a_guard_may_be_narrowed_by_scopes() -> None:
    """A guard that demands nothing else takes them, too."""
    guard = auth(unless_public=True)
    app = FastAPI(dependencies=[Security(guard, scopes=["a"])])

    @app.get("/")
    async def view() -> str:
        return "view"

    assert TestClient(app, headers=scoped("a")).get("/").json() == "view"
    assert TestClient(app, headers=BEARER).get("/").status_code == 403


def test_demands_that_nobody_could_satisfy() -> None:
    """They are an error where they are written."""
    with pytest.raises(ConfigurationError, match="groups is empty"):
        auth(groups=[])


# Refusals


def test_a_refusal_is_in_the_style_of_fastapi() -> None:
    """The text is the detail; status and headers are those of every adapter."""
    response = client(auth(), {}).get("/")
    expected = via_asgi(make_gate(), Sent())
    assert response.json() == {"detail": expected.message["message"]}
    assert response.status_code == expected.status
    for name in ("www-authenticate", "cache-control", "content-type"):
        assert response.headers[name] == expected.headers[name]


LATE = {"Authorization": f"Bearer {mint(exp=int(NOW) - 1)}"}


@pytest.mark.parametrize(
    ("policy", "headers", "status", "detail"),
    [
        pytest.param(Policy.kong(), {}, 401, "Unauthorized", id="kong"),
        pytest.param(
            Policy.kong(claims_to_verify=("exp",)),
            LATE,
            401,
            {"exp": "token expired"},
            id="kong, by claim",
        ),
        pytest.param(
            Policy.apisix(), {}, 401, "Missing JWT token in request", id="apisix"
        ),
        pytest.param(Policy(error_response="No"), {}, 401, "No", id="own body"),
        pytest.param(Policy(termination=GONE), BEARER, 410, "<p>Gone</p>", id="answer"),
        pytest.param(
            Policy(termination=Answer(status=410, message="Gone")),
            BEARER,
            410,
            "Gone",
            id="message",
        ),
        pytest.param(
            Policy(termination=Answer(status=503, body="")), BEARER, 503, "", id="empty"
        ),
    ],
)
def test_the_detail_is_what_the_gate_says(
    policy: Policy, headers: Any, status: int, detail: Any
) -> None:
    """The text alone where there is one, else the whole of it."""
    response = client(auth(policy), headers).get("/")
    assert (response.status_code, response.json()) == (status, {"detail": detail})
    assert response.headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("installed", [True, False], ids=["installed", "default"])
def test_a_refusal_without_content(status: int, *, installed: bool) -> None:
    """A response that has none has none."""
    app = app_of(auth(Policy(termination=Answer(status=status))))
    if installed:
        install(app)
    response = TestClient(app, headers=BEARER).get("/")
    assert (response.status_code, response.content) == (status, b"")


def test_who_is_over_the_quota_learns_when_to_come_back() -> None:
    """The headers of a refusal are all there."""
    asking = client(auth(HOURLY))
    assert asking.get("/").headers["x-ratelimit-remaining"] == "0"
    response = asking.get("/")
    assert response.status_code == 429
    assert response.headers["retry-after"] == "3600"
    assert response.headers["x-ratelimit-limit"] == "1"


class Breaks:
    """A store that fails."""

    async def afind(self, key: str, kid: str | None = None) -> list[Credential]:
        """Fail."""
        raise OSError(key, kid)


def test_a_store_that_fails_is_a_503() -> None:
    """A failure of ours is never a 401."""
    response = client(JWTAuth(Gate(Breaks(), clock=clock))).get("/")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "5"


def test_a_refusal_is_an_exception_with_its_reason() -> None:
    """A handler of one's own can go by it."""
    app, reasons = app_of(auth()), list[Reason]()

    @app.exception_handler(Refused)
    async def answer(_request: Request, refused: Refused) -> Response:
        reasons.append(refused.denied.reason)
        return Response(status_code=refused.status_code)

    assert TestClient(app).get("/").status_code == 401
    assert reasons == [Reason.TOKEN_MISSING]
    assert issubclass(Refused, HTTPException)


def test_a_refusal_is_in_the_state() -> None:
    """A middleware of the app may log it."""
    app, seen = app_of(auth()), list[Any]()

    @app.middleware("http")
    async def log(request: Request, call_next: Any) -> Any:
        request.state.begun = NOW
        response = await call_next(request)
        seen.append(request.state.jwtgate.reason)
        return response

    TestClient(app).get("/")
    assert seen == [Reason.TOKEN_MISSING]


POLICIES = {
    "native": Policy(realm="shop"),
    "kong": Policy.kong(),
    "apisix": Policy.apisix(),
    "own body": Policy(error_response="<p>No</p>"),
    "answer": Policy(anonymous=GUEST.anonymous, termination=GONE),
    "no content": Policy(anonymous=GUEST.anonymous, termination=Answer(status=204)),
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_an_installed_handler_answers_as_the_middleware(
    policy: Policy, method: str
) -> None:
    """Status, headers and body are the same to the byte."""
    app = app_of(auth(policy))
    install(app)
    expected = via_asgi(make_gate(policy=policy), Sent(method=method))
    response = TestClient(app).request(method, "/")
    assert response.status_code == expected.status
    assert dict(response.headers) == expected.headers
    assert response.content == expected.body


def test_a_handler_comes_before_the_first_request() -> None:
    """Starlette would ignore it later; it does not without a word."""
    app = app_of(auth())
    TestClient(app).get("/")
    with pytest.raises(RuntimeError, match="after an application has started"):
        install(app)


# The response


def test_a_response_tells_what_is_left_of_a_quota() -> None:
    """The figures of who passes."""
    response = client(auth(HOURLY)).get("/")
    assert response.headers["x-ratelimit-limit"] == "1"
    assert response.headers["x-ratelimit-remaining"] == "0"


def test_nobody_is_counted_once_for_a_request() -> None:
    """By several dependencies, behind a middleware of the same gate."""
    public_route = Route(path="/*", public=True, policy=HOURLY)
    gate = Gate(ListStore(), routes=[public_route], clock=clock)
    guard = Depends(JWTAuth(gate, unless_public=True))
    app = FastAPI(dependencies=[guard, Depends(JWTAuth(gate, optional=True))])
    app.get("/")(lambda: "fine")
    asking = TestClient(JWTGateMiddleware(app, gate))
    assert [asking.get("/").status_code for _ in range(2)] == [200, 429]


def test_a_token_in_the_query_is_not_for_caches() -> None:
    """The response gets no-store (RFC 6750 section 2.3)."""
    response = client(auth(BY_QUERY), {}).get("/", params={"jwt": mint()})
    assert response.headers["cache-control"] == "no-store"


def test_headers_are_added_once() -> None:
    """By several dependencies and by a middleware of one gate."""
    gate = make_gate(policy=BY_QUERY)
    guard = Depends(JWTAuth(gate, unless_public=True))
    app = JWTGateMiddleware(app_of(JWTAuth(gate), dependencies=[guard]), gate)
    response = TestClient(app).get("/", params={"jwt": mint()})
    assert response.headers.get_list("cache-control") == ["no-store"]


def test_an_endpoint_may_set_a_header_itself() -> None:
    """What it says of its own limits stands alone."""
    app, ours = FastAPI(), auth(HOURLY)

    @app.get("/", dependencies=[Depends(ours)])
    async def view(response: Response) -> None:
        response.headers["X-RateLimit-Limit"] = "7"

    response = TestClient(app, headers=BEARER).get("/")
    assert response.headers.get_list("x-ratelimit-limit") == ["7"]


def by_middleware(app: FastAPI, gate: Gate) -> Any:
    """Put an app behind the middleware."""
    return JWTGateMiddleware(app, gate)


def by_install(app: FastAPI, _gate: Gate) -> Any:
    """Install the answers of the middleware."""
    install(app)
    return app


@pytest.mark.parametrize(
    ("serve", "told"),
    [(by_middleware, True), (by_install, True), (lambda app, _: app, False)],
    ids=["middleware", "installed", "dependency alone"],
)
@pytest.mark.parametrize("path", ["/response", "/error"])
def test_a_response_of_one_s_own(serve: Any, path: str, *, told: bool) -> None:
    """FastAPI itself adds to what an endpoint returns as a value, to nothing else."""
    gate = make_gate(policy=HOURLY)
    app = FastAPI(dependencies=[Depends(JWTAuth(gate, unless_public=True))])

    @app.get("/response")
    async def own() -> Response:
        return Response()

    @app.get("/error")
    async def error() -> None:
        raise HTTPException(404)

    response = TestClient(serve(app, gate), headers=BEARER).get(path)
    assert ("x-ratelimit-limit" in response.headers) is told


# WebSocket


def without_extension(app: FastAPI) -> Any:
    """Serve an app by a server that cannot answer a handshake."""

    async def server(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "extensions": {}}, receive, send)

    return server


@answers_handshakes
@pytest.mark.parametrize(
    ("installed", "member"), [(False, "detail"), (True, "message")], ids=str
)
def test_a_refused_websocket_is_answered(member: str, *, installed: bool) -> None:
    """With the denial extension the client gets the response of any request."""
    app = app_of(auth())
    if installed:
        install(app)
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        TestClient(app).websocket_connect("/ws"),
    ):
        pytest.fail("accepted")
    assert refused.value.status_code == 401
    assert refused.value.json() == {member: Reason.TOKEN_MISSING.text}
    assert refused.value.headers["www-authenticate"] == "Bearer"


@answers_handshakes
@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("installed", [True, False], ids=["installed", "default"])
def test_a_websocket_refused_without_content(status: int, *, installed: bool) -> None:
    """The answer ends all the same."""
    app = app_of(auth(Policy(termination=Answer(status=status))))
    if installed:
        install(app)
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        TestClient(app, headers=BEARER).websocket_connect("/ws"),
    ):
        pytest.fail("accepted")
    assert (refused.value.status_code, refused.value.content) == (status, b"")


@pytest.mark.parametrize("installed", [True, False], ids=["installed", "default"])
@pytest.mark.parametrize(
    ("status", "code"), [(403, 1008), (429, 1013), (503, 1011)], ids=str
)
def test_a_refused_websocket_is_closed_where_it_cannot_be_answered(
    status: int, code: int, *, installed: bool
) -> None:
    """The code tells whether to try again."""
    app = app_of(auth(Policy(termination=Answer(status=status))))
    if installed:
        install(app)
    asking = TestClient(without_extension(app), headers=BEARER)
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        asking.websocket_connect("/ws"),
    ):
        pytest.fail("accepted")
    assert closed.value.code == code


def test_a_websocket_that_another_dependency_accepted_is_closed() -> None:
    """Servers take no response any more: it would be an error of the app."""
    app = FastAPI()

    async def accepted(websocket: WebSocket) -> None:
        await websocket.accept()

    @app.websocket("/ws", dependencies=[Depends(accepted), Depends(auth())])
    async def ws(_websocket: WebSocket) -> None:
        pytest.fail("let in")

    with (
        pytest.raises(WebSocketDisconnect) as closed,
        TestClient(app).websocket_connect("/ws") as session,
    ):
        session.receive_text()
    assert closed.value.code == 1008


def test_an_older_starlette_closes_a_refused_websocket() -> None:
    """Nobody gets in, whichever way the client is told."""
    asking = client(auth(), {})
    with pytest.raises(WebSocketDisconnect), asking.websocket_connect("/ws"):
        pytest.fail("accepted")


# OpenAPI


def operation(auth: JWTAuth, *, make: Any = app_of) -> Any:
    """Give the first operation of an app, and all of its schemes."""
    described = make(auth).openapi()
    [operation, *_] = described["paths"]["/"].values()
    return operation, described["components"]["securitySchemes"]


def test_the_scheme_is_in_openapi() -> None:
    """The docs page can ask for a token, and send it."""
    described, schemes = operation(auth())
    assert described["security"] == [{"JWTAuth": []}]
    assert schemes == {
        "JWTAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }


def test_further_carriers_are_alternatives() -> None:
    """Each of them is enough."""
    policy = Policy(query_names=("jwt",), cookie_names=("session",))
    described, schemes = operation(auth(policy, scheme_name="Token"))
    names = ["Token", "Token-query-jwt", "Token-cookie-session"]
    assert described["security"] == [{name: []} for name in names]
    assert list(schemes) == names
    assert schemes["Token-cookie-session"]["in"] == "cookie"


def test_carriers_are_no_parameters_of_an_endpoint() -> None:
    """OpenAPI lists none besides the schemes."""
    described, _ = operation(auth(BY_QUERY))
    assert "parameters" not in described


@pytest.mark.skipif(
    fastapi_version < (0, 123), reason="this FastAPI lists the scopes of OAuth2 alone"
)
def test_scopes_are_in_openapi() -> None:
    """Those of the endpoint, with every alternative."""
    described, _ = operation(auth(BY_QUERY), make=scopes_app_of)
    assert [sorted(*each.values()) for each in described["security"]] == [
        ["items", "me"],
        ["items", "me"],
    ]


def test_a_request_that_passes_has_the_parameters_it_came_with() -> None:
    """A carrier takes nothing from an endpoint."""
    app, ours = FastAPI(), auth(BY_QUERY)

    @app.get("/", dependencies=[Depends(ours)])
    async def view(jwt: Annotated[str, Query()]) -> int:
        return len(jwt)

    assert TestClient(app).get("/", params={"jwt": mint()}).json() == len(mint())
