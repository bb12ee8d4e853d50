from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from jwtgate import Consumer, Gate, MemoryStore, Policy, Route
from jwtgate.testing import Answer, AttackReport, Request, attack_matrix
from jwtgate.testing.requests import Unsendable
from jwtgate.wsgi import JWTGateMiddleware
from tests.kit import ListStore, clock, credential, jack, make_gate
from tests.testing.careless import Environ, app_with


def attacked(app: Any, gate: Gate, **more: Any) -> AttackReport:
    """Attack an app."""
    return attack_matrix(app, "/me", gate, "jack-key", **more)


def shows(environ: Environ, start_response: Any) -> Iterable[bytes]:
    """Show who calls, if somebody does."""
    start_response("200 OK", [])
    consumer = getattr(environ["jwtgate"], "consumer", None)
    return [consumer.username.encode()] if consumer else [b"?"]


@pytest.mark.parametrize(
    ("status", "told"), [(404, "got 404"), (500, "got 500"), (0, "got no answer")]
)
def test_a_good_token_has_to_pass(status: int, told: str) -> None:
    """Or everything would be repelled."""
    report = attacked(lambda _request: status, make_gate())
    assert told in report.problem
    assert report.results == ()


def test_a_client_that_refuses_a_good_token_tests_nothing() -> None:
    """A path that is none, say."""

    def refusing(_request: Request) -> Answer:
        raise Unsendable

    assert "client cannot send" in attacked(refusing, make_gate()).problem


def test_an_app_that_raises_for_a_good_token_tests_nothing() -> None:
    """The report says what it raises."""

    def app(_environ: Environ, _start_response: Any) -> Iterable[bytes]:
        raise LookupError

    assert "a good token got LookupError" in attacked(app, make_gate()).problem


def test_a_view_that_did_not_run_tests_nothing() -> None:
    """What tells of it is broken."""
    gate = make_gate()
    app = app_with(lambda _: None, gate)
    assert "ran() did not tell" in attacked(app, gate, ran=lambda: 0).problem


def test_a_redirect_for_everybody_is_no_view() -> None:
    """To another scheme, say; one for good tokens alone is an answer as any other."""
    gate = make_gate()
    assert "get the same" in attacked(lambda _request: 301, gate).problem

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("303 See Other", [("Location", "/orders")])
        return [environ["jwtgate"].consumer.username.encode()]

    attacked(JWTGateMiddleware(app, gate), gate).assert_safe()


PUBLIC = Gate(
    ListStore(credential()), routes=[Route(path="/me", public=True)], clock=clock
)


@pytest.mark.parametrize(
    ("gate", "told"),
    [
        (PUBLIC, "lets everybody in there: public"),
        (make_gate(policy=Policy(mode="report")), "lets everybody in there: report"),
    ],
    ids=["public", "report"],
)
def test_a_gate_that_asks_nobody_is_no_gate(gate: Gate, told: str) -> None:
    """Of a route that is public, and in report mode."""
    report = attacked(JWTGateMiddleware(shows, gate), gate)
    assert told in report.problem


def test_a_path_that_a_gate_has_no_route_for_is_no_target() -> None:
    """It is 404 for everybody."""
    gate = make_gate()
    gate.replace(replace(gate.settings, unrouted="refuse"))
    report = attacked(JWTGateMiddleware(shows, gate), gate)
    assert report.problem == "the gate has no route for it"


@pytest.mark.parametrize("name", [False, True], ids=["given", "by name"])
def test_whom_a_policy_lets_in_as_nobody_is_no_failure(name: bool) -> None:  # noqa: FBT001 - a case
    """The view has to tell them apart."""
    store = MemoryStore(clock=clock)
    store.create_credential(
        store.create_consumer(username="jack"), key="jack-key", secret="x" * 40
    )
    nobody = store.create_consumer(username="nobody")
    policy = Policy(anonymous="nobody" if name else nobody)
    gate = Gate(store, policy, clock=clock)
    attacked(JWTGateMiddleware(shows, gate), gate).assert_safe()

    def same(_environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [b"hello"]

    report = attacked(JWTGateMiddleware(same, gate), gate)
    assert "take a view that shows who calls" in report.problem


def test_a_hole_beside_somebody_who_stands_in_is_found() -> None:
    """Who gets in as jack is jack."""
    guest = Policy(anonymous=Consumer(username="nobody"))
    gate = make_gate(credential(consumer=jack()), policy=guest)
    app = app_with(lambda e: "jack" if "HTTP_X_USER" in e else None, gate)
    assert {each.name for each in attacked(app, gate).failures} == {
        "identity-of-proxies"
    }


def test_handshakes_have_to_pass_as_well() -> None:
    """With a good token, where the app can be sent any."""

    async def closed(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
            return
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"jack"})

    gate = make_gate()
    report = attacked(closed, gate, websocket="/room")
    assert "a handshake with a good token got 403" in report.problem
    report = attacked(app_with(lambda _: None, gate), gate, websocket="/room")
    assert report.problem == "the client cannot send a good token there"
