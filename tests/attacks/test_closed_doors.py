import asyncio
from typing import Any

import pytest

from jwtgate import Access, Answer, Gate, Policy, Route
from jwtgate.asgi import JWTGateMiddleware as ASGIGate
from jwtgate.settings import Settings
from jwtgate.wsgi import JWTGateMiddleware as WSGIGate
from tests.kit import BOTH, ListStore, Sent, clock, credential, mint

GONE = Answer(status=410, message="Gone")
STORE = ListStore(credential())

each_server = pytest.mark.parametrize("server", BOTH)


def closed(*routes: Route) -> Gate:
    """Make a gate that answers on routes alone, as those of the gateways' files."""
    return Gate.of(Settings(store=STORE, routes=routes, unrouted="refuse"), clock=clock)


@each_server
@pytest.mark.parametrize(
    ("policy", "status"),
    [
        (Policy(termination=GONE), 410),
        (Policy(access=Access(allow_groups=["staff"])), 401),
    ],
    ids=["termination", "access"],
)
def test_another_case_of_a_guarded_path_opens_no_route_that_is_shut(
    policy: Policy, status: int, server: str
) -> None:
    """It comes to the shut one, which is the one that is written."""
    gate = closed(
        Route(path="/api", prefix=True),
        Route(path="/", prefix=True, public=True, policy=policy),
    )
    got = BOTH[server](gate, Sent.bearer(mint(), path="/API/x"))
    assert (got.status, got.app_ran) == (status, False)


@each_server
def test_another_case_of_a_guarded_path_is_guarded_beside_an_open_route(
    server: str,
) -> None:
    """It comes to the guarded one, since an app may take it for that."""
    gate = closed(
        Route(path="/api", prefix=True), Route(path="/", prefix=True, public=True)
    )
    assert BOTH[server](gate, Sent(path="/API/x")).status == 401


READS = Policy(access=Access(allow_methods={"jack": ["GET"]}))


def test_a_method_that_is_changed_between_two_gates_is_judged_anew_in_wsgi() -> None:
    """As by what reads X-HTTP-Method-Override."""
    gate = Gate(STORE, READS, clock=clock)
    seen: list[str] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(environ["REQUEST_METHOD"])
        start_response("200 OK", [])
        return []

    inner = WSGIGate(app, gate)

    def override(environ: Any, start_response: Any) -> Any:
        environ["REQUEST_METHOD"] = "DELETE"
        return inner(environ, start_response)

    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "HTTP_AUTHORIZATION": f"Bearer {mint()}",
    }
    b"".join(
        WSGIGate(override, gate)(environ, lambda status, _: statuses.append(status))  # type: ignore[arg-type]
    )
    assert (statuses, seen) == (["403 Forbidden"], [])


def test_a_method_that_is_changed_between_two_gates_is_judged_anew_in_asgi() -> None:
    """The same."""
    gate = Gate(STORE, READS, clock=clock)
    sent: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        raise AssertionError(scope["method"])

    inner = ASGIGate(app, gate)

    async def override(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "method": "DELETE"}, receive, send)

    async def receive() -> Any:
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"authorization", f"Bearer {mint()}".encode())],
    }
    asyncio.run(ASGIGate(override, gate)(scope, receive, send))
    assert sent[0]["status"] == 403


def test_a_path_of_a_server_that_breaks_pep_3333_is_refused_where_routes_are() -> None:
    """Nobody can say which path the app takes it for."""
    gate = closed(Route(path="/admin/*"), Route(path="/", prefix=True, public=True))
    statuses: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/adm\u0131n/x"}

    def app(_environ: Any, _start_response: Any) -> list[bytes]:
        raise AssertionError

    b"".join(
        WSGIGate(app, gate)(environ, lambda status, _: statuses.append(status))  # type: ignore[arg-type]
    )
    assert statuses == ["400 Bad Request"]
