import asyncio
import functools
import inspect
from collections.abc import Callable
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.endpoints import HTTPEndpoint, WebSocketEndpoint
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from jwtgate import (
    ConfigurationError,
    Consumer,
    Exempt,
    Gate,
    Policy,
    Reason,
)
from jwtgate import Route as GateRoute
from jwtgate.starlette import JWTGateMiddleware
from jwtgate.starlette.endpoints import jwt_required
from tests.kit import (
    ListStore,
    Sent,
    clock,
    credential,
    jack,
    make_gate,
    mint,
    scope_of,
)

STAFF = credential(consumer=jack(groups=("staff",)))
GUEST = Consumer(username="guest", groups=("staff",))
FORBIDDEN = f'{{"message":"{Reason.CONSUMER_FORBIDDEN.text}"}}'

staff = jwt_required(groups=["staff"])


@staff
async def waits(request: Request) -> PlainTextResponse:
    """Answer from the event loop."""
    return PlainTextResponse(f"waits {request.user.display_name}")


@staff
def blocks(request: Request) -> PlainTextResponse:
    """Answer from a thread."""
    return PlainTextResponse(f"blocks {request.user.display_name}")


class Methods(HTTPEndpoint):
    """A class with a method that demands a caller, and one that does not."""

    @staff
    async def get(self, request: Request) -> PlainTextResponse:
        """Answer from the event loop."""
        return PlainTextResponse(f"get {request.user.display_name}")

    @staff
    def post(self, request: Request) -> PlainTextResponse:
        """Answer from a thread."""
        return PlainTextResponse(f"post {request.user.display_name}")

    async def put(self, _request: Request) -> PlainTextResponse:
        """Answer anybody."""
        return PlainTextResponse("put")


@staff
class Whole(HTTPEndpoint):
    """A class that demands a caller for every method."""

    async def get(self, request: Request) -> PlainTextResponse:
        """Answer."""
        return PlainTextResponse(f"whole {request.user.display_name}")


class Heir(Whole):
    """A class that inherits the demand."""


@staff
async def chats(websocket: WebSocket) -> None:
    """Talk."""
    await websocket.accept()
    await websocket.send_text(f"chats {websocket.user.display_name}")
    await websocket.close()


@staff
class Chat(WebSocketEndpoint):
    """A class of a WebSocket."""

    async def on_connect(self, websocket: WebSocket) -> None:
        """Talk."""
        await websocket.accept()
        await websocket.send_text(f"chat {websocket.user.display_name}")
        await websocket.close()


class Late(WebSocketEndpoint):
    """A class of a WebSocket that demands a caller for what is sent."""

    encoding = "text"

    @staff
    async def on_receive(self, websocket: WebSocket, data: str) -> None:
        """Send it back."""
        await websocket.send_text(data)


class Early(WebSocketEndpoint):
    """A class of a WebSocket that demands a caller in a method."""

    @staff
    async def on_connect(self, websocket: WebSocket) -> None:
        """Talk."""
        await websocket.accept()
        await websocket.send_text("early")


ROUTES = [
    Route("/waits", waits),
    Route("/blocks", blocks),
    Route("/methods", Methods),
    Route("/whole", Whole),
    Route("/heir", Heir),
    WebSocketRoute("/chats", chats),
    WebSocketRoute("/chat", Chat),
    WebSocketRoute("/late", Late),
    WebSocketRoute("/early", Early),
]


def app_behind(gate: Gate, routes: Any = ROUTES) -> Starlette:
    """Make an app behind a gate."""
    guarding = Middleware(JWTGateMiddleware, gate=gate)
    return Starlette(routes=routes, middleware=[guarding])


def client(
    gate: Gate | None = None, *, routes: Any = ROUTES, extensions: Any = None
) -> TestClient:
    """Make a client of an app behind a gate, the usual one if none is given."""
    app = app_behind(gate or make_gate(), routes)

    async def server(scope: Any, receive: Any, send: Any) -> None:
        if extensions is not None:
            scope = {**scope, "extensions": extensions}
        await app(scope, receive, send)

    return TestClient(server, headers={"Authorization": f"Bearer {mint()}"})


def answering(view: Callable[..., Any], **fields: Any) -> Any:
    """Ask one endpoint, as jack."""
    return client(routes=[Route("/", view)], **fields).get("/")


HTTP = {
    "async function": ("GET", "/waits", "waits jack"),
    "sync function": ("GET", "/blocks", "blocks jack"),
    "async method": ("GET", "/methods", "get jack"),
    "sync method": ("POST", "/methods", "post jack"),
    "class": ("GET", "/whole", "whole jack"),
    "subclass": ("GET", "/heir", "whole jack"),
}
every_endpoint = pytest.mark.parametrize(
    ("method", "path", "text"), HTTP.values(), ids=HTTP
)


# HTTP


@every_endpoint
def test_who_meets_the_demand_is_answered(method: str, path: str, text: str) -> None:
    """The endpoint runs, with its own arguments."""
    assert client(make_gate(STAFF)).request(method, path).text == text


@every_endpoint
def test_who_does_not_is_refused(method: str, path: str, text: str) -> None:
    """The response is that of the gate."""
    response = client().request(method, path)
    assert (response.status_code, response.text) == (403, FORBIDDEN)
    assert text not in response.text


def test_an_endpoint_that_demands_nothing_is_not_narrowed() -> None:
    """A decorated method says nothing of another."""
    assert client().put("/methods").text == "put"


def test_a_refusal_of_head_has_no_body() -> None:
    """The answer to HEAD has the headers of GET and nothing else."""
    response = client().head("/waits")
    assert response.status_code == 403
    assert response.headers["content-length"] == str(len(FORBIDDEN))
    assert response.content == b""


def test_a_missing_scope_is_told_in_the_challenge() -> None:
    """The client learns which to ask for (RFC 6750 section 3)."""

    @jwt_required(scopes=["orders:read"])
    def view(_request: Request) -> None:
        """Never run."""

    challenge = answering(view).headers["www-authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="orders:read"' in challenge


def test_decorators_add_up() -> None:
    """All that is demanded has to hold."""
    view = jwt_required(consumers=["jill"])(waits)
    assert answering(view, gate=make_gate(STAFF)).status_code == 403


@pytest.mark.parametrize("outermost", [True, False])
def test_requires_of_starlette_keeps_working(*, outermost: bool) -> None:
    """Above and below, on the scopes of the token."""

    async def view(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.user.display_name)

    ours, theirs = jwt_required(), requires("admin")
    decorated = theirs(ours(view)) if outermost else ours(theirs(view))
    assert answering(decorated).status_code == 403


def test_an_asynchronous_endpoint_stays_one() -> None:
    """Starlette would run it in a thread else."""
    assert inspect.iscoroutinefunction(waits)
    assert not inspect.iscoroutinefunction(blocks)


def test_an_endpoint_keeps_its_name() -> None:
    """Metadata stay, which reverse look-ups use."""
    assert (waits.__name__, waits.__doc__) == ("waits", "Answer from the event loop.")


def test_an_endpoint_may_be_a_partial_function() -> None:
    """It is called with what it lacks."""
    view = staff(functools.partial(_greeting, word="hello"))
    assert answering(view, gate=make_gate(STAFF)).text == "hello"


def _greeting(_request: Request, word: str) -> PlainTextResponse:
    return PlainTextResponse(word)


def test_keywords_are_looked_at() -> None:
    """The request is found among them."""
    request = Request({"type": "http", "headers": [], "method": "GET"})
    with pytest.raises(ConfigurationError, match="no gate decided"):
        blocks(request=request)


def test_no_request_among_the_arguments() -> None:
    """The mistake is named."""
    with pytest.raises(ConfigurationError, match="no Request or WebSocket"):
        blocks(cast("Request", "request"))


def test_no_gate_further_out() -> None:
    """The missing step is named."""
    app = Starlette(routes=ROUTES)
    with pytest.raises(ConfigurationError, match="JWTGateMiddleware"):
        TestClient(app).get("/waits")


def test_demands_that_nobody_could_satisfy() -> None:
    """They are an error where they are written."""
    with pytest.raises(ConfigurationError, match="groups is empty"):
        jwt_required(groups=[])


# Outcomes without a token


def test_an_anonymous_caller_may_meet_a_demand() -> None:
    """By its groups, as any consumer."""
    gate = make_gate(policy=Policy(anonymous=GUEST))
    asking = client(gate)
    del asking.headers["authorization"]
    assert asking.get("/waits").text == "waits guest"


def test_an_anonymous_caller_is_not_authenticated() -> None:
    """A view may want a token."""
    view = jwt_required(authenticated=True)(blocks)
    asking = client(
        make_gate(policy=Policy(anonymous=GUEST)), routes=[Route("/", view)]
    )
    del asking.headers["authorization"]
    assert asking.get("/").status_code == 401


def test_nobody_calls_on_a_public_route() -> None:
    """Who is demanded there is lacking."""
    gate = Gate(ListStore(), routes=[GateRoute(path="/waits", public=True)])
    assert client(gate).get("/waits").status_code == 401


def test_nobody_may_call_where_a_caller_is_optional() -> None:
    """The endpoint runs without identity."""

    @jwt_required(optional=True)
    async def view(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(request.user.is_authenticated))

    gate = Gate(ListStore(), routes=[GateRoute(path="/", public=True)])
    assert answering(view, gate=gate).text == "False"


def test_report_mode_lets_pass_without_identity() -> None:
    """Neither the user nor a header tells who called."""
    seen: dict[str, Any] = {}

    @staff
    def view(request: Request) -> PlainTextResponse:
        seen.update(request.scope)
        return PlainTextResponse(request.headers.get("x-consumer-username", "nobody"))

    gate = make_gate(policy=Policy(mode="report"))
    assert answering(view, gate=gate).text == "nobody"
    assert isinstance(seen["jwtgate"], Exempt)
    assert not seen["user"].is_authenticated


# WebSocket

SOCKETS = {"function": ("/chats", "chats jack"), "class": ("/chat", "chat jack")}
every_socket = pytest.mark.parametrize(("path", "text"), SOCKETS.values(), ids=SOCKETS)


@every_socket
def test_a_websocket_that_meets_the_demand(path: str, text: str) -> None:
    """The endpoint runs."""
    with client(make_gate(STAFF)).websocket_connect(path) as session:
        assert session.receive_text() == text


@every_socket
def test_a_websocket_that_does_not_is_answered(path: str, text: str) -> None:
    """With the denial extension the client gets the response of any request."""
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client().websocket_connect(path),
    ):
        pytest.fail(text)
    assert (refused.value.status_code, refused.value.text) == (403, FORBIDDEN)


@every_socket
def test_a_websocket_is_closed_where_it_cannot_be_answered(
    path: str, text: str
) -> None:
    """Without the extension a close is all there is."""
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        client(extensions={}).websocket_connect(path),
    ):
        pytest.fail(text)
    assert closed.value.code == 1008


def test_a_method_refuses_before_the_websocket_is_accepted() -> None:
    """The server is told to close, and ends it."""
    told = [{"type": "websocket.connect"}, {"type": "websocket.disconnect"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return told.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {**scope_of(Sent.bearer(mint(), path="/early")), "type": "websocket"}
    asyncio.run(app_behind(make_gate())(scope, receive, send))
    assert [(each["type"], each["code"]) for each in sent] == [
        ("websocket.close", 1008)
    ]


def test_a_message_may_demand_more_than_the_connection() -> None:
    """A WebSocket that was accepted is closed."""
    with client().websocket_connect("/late") as session:
        session.send_text("hello")
        assert session.receive()["code"] == 1008


def test_a_message_of_who_may_send_it() -> None:
    """The method runs for every message."""
    with client(make_gate(STAFF)).websocket_connect("/late") as session:
        session.send_text("hello")
        assert session.receive_text() == "hello"


def test_nothing_is_verified_twice() -> None:
    """An endpoint narrows what was decided; it asks no store."""
    store = ListStore(STAFF)
    client(Gate(store, clock=clock)).get("/waits")
    assert len(store.asked) == 1
