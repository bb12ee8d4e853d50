import json
import logging
from collections.abc import Callable
from typing import Any

import flask_restful  # type: ignore[import-untyped]
import flask_restx  # type: ignore[import-untyped]
import pytest
from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from jwtgate import Consumer, Exempt, Gate, Policy, Reason
from jwtgate.flask import (
    JWTGate,
    current_claims,
    current_consumer,
    jwt_required,
    public,
)
from tests.kit import KEY, jack, make_gate, mint

BEARER = {"Authorization": f"Bearer {mint(tenant={'id': 7})}"}
GUEST = Consumer(username="guest")
PREFLIGHT = {
    "Origin": "https://app.example",
    "Access-Control-Request-Method": "PUT",
}
MISSING = {"message": Reason.TOKEN_MISSING.text}

proxies = pytest.mark.parametrize(
    "proxy", [current_consumer, current_claims], ids=["consumer", "claims"]
)


def reading(proxy: Any) -> Callable[[], str]:
    """Make a view that reads whether it may or not."""

    def view() -> str:
        return str(proxy.username if proxy is current_consumer else proxy["iss"])

    return view


def app_of(view: Any, gate: Gate | None = None) -> Flask:
    """Make an app of one view, in which only what is decorated is guarded."""
    app = Flask("shop")
    app.config["JWTGATE_GUARD_ALL"] = False
    app.add_url_rule("/", "index", view, methods=["GET", "OPTIONS"])
    JWTGate(gate or make_gate()).init_app(app)
    return app


def get(view: Any, gate: Gate | None = None, **sent: Any) -> TestResponse:
    """Call the view of such an app."""
    return app_of(view, gate).test_client().open("/", **sent)


def seen(read: Callable[[], object], **sent: Any) -> object:
    """Give what a view reads that demands a caller."""
    found: list[object] = []

    @jwt_required(optional=True)
    def view() -> str:
        found.append(read())
        return "app"

    assert get(view, **sent).status_code == 200
    return found[0]


# Who calls


def test_the_consumer() -> None:
    """It is the consumer of the credential, as it is."""
    assert seen(lambda: current_consumer == jack(), headers=BEARER) is True
    assert seen(lambda: current_consumer.custom_id, headers=BEARER) == "495aec6a"


@proxies
def test_a_proxy_of_a_caller_is_true(proxy: object) -> None:
    """So that one can ask whether anybody calls."""
    assert seen(lambda: bool(proxy), headers=BEARER) is True


def test_the_type_of_the_consumer() -> None:
    """The proxy passes for what it stands for."""
    assert seen(lambda: isinstance(current_consumer, Consumer), headers=BEARER) is True


def test_the_claims() -> None:
    """They are those of the token, read-only at every depth."""
    claims = seen(lambda: dict(current_claims), headers=BEARER)
    assert isinstance(claims, dict)
    assert claims["iss"] == KEY
    with pytest.raises(TypeError):
        claims["tenant"]["id"] = 8


def test_the_types() -> None:
    """A type checker knows both, without a cast."""

    def told() -> tuple[str | None, frozenset[str]]:
        consumer: Consumer = current_consumer
        return consumer.username, frozenset(current_claims)

    assert seen(told, headers=BEARER) == ("jack", {"iss", "exp", "tenant"})


def test_the_anonymous_consumer() -> None:
    """Who stands in is who calls."""
    gate = make_gate(policy=Policy(anonymous=GUEST))
    view = jwt_required()(lambda: current_consumer.username)
    assert get(view, gate).text == "guest"


def test_claims_of_the_anonymous_consumer() -> None:
    """There are none: who reads them gets what a caller without a token gets."""
    gate = make_gate(policy=Policy(anonymous=GUEST))
    response = get(jwt_required()(lambda: str(current_claims["iss"])), gate)
    assert (response.status_code, response.json) == (401, MISSING)


def test_claims_of_the_anonymous_consumer_are_false() -> None:
    """So that one can ask for them."""
    gate = make_gate(policy=Policy(anonymous=GUEST))
    view = jwt_required()(lambda: f"{bool(current_claims)} {bool(current_consumer)}")
    assert get(view, gate).text == "False True"


# Nobody


@proxies
def test_a_proxy_of_nobody_is_false(proxy: object) -> None:
    """A view that demands nobody can ask."""
    assert seen(lambda: bool(proxy)) is False


@proxies
def test_asking_refuses_nobody(proxy: object, caplog: pytest.LogCaptureFixture) -> None:
    """A request that is served is not told to the log as a refused one."""
    caplog.set_level(logging.DEBUG, logger="jwtgate")
    assert seen(lambda: bool(proxy)) is False
    assert not caplog.records


@proxies
def test_reading_nobody(proxy: object) -> None:
    """A view that reads unasked is a refusal of the client, and no 500."""
    response = get(jwt_required(optional=True)(reading(proxy)))
    assert response.status == "401 UNAUTHORIZED"
    assert response.data == json.dumps(MISSING, separators=(",", ":")).encode()
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.headers["Cache-Control"] == "no-store"


@proxies
def test_reading_nobody_is_the_refusal_of_a_view(proxy: object) -> None:
    """It has the very headers that a view has that demands a caller."""
    response = get(jwt_required(optional=True)(reading(proxy)))
    other = get(jwt_required()(reading(proxy)))
    assert sorted(response.headers) == sorted(other.headers)
    assert response.data == other.data


@pytest.mark.parametrize("code", [401, HTTPException, RuntimeError, Exception], ids=str)
def test_error_handlers_of_the_app(code: Any) -> None:
    """They have no part in such a refusal."""
    app = app_of(jwt_required(optional=True)(reading(current_consumer)))
    app.register_error_handler(code, lambda _: ("eaten", 418))
    assert app.test_client().get("/").json == MISSING


@pytest.mark.parametrize("rest", [flask_restful, flask_restx], ids=["restful", "restx"])
def test_reading_nobody_in_a_resource(rest: Any) -> None:
    """An API says the same."""

    class Orders(rest.Resource):  # type: ignore[misc]
        @jwt_required(optional=True)
        def get(self) -> dict[str, Any]:
            return {"name": current_consumer.username}

    app = app_of(lambda: "app")
    rest.Api(app, prefix="/api").add_resource(Orders, "/orders")
    response = app.test_client().get("/api/orders")
    assert (response.status_code, response.json) == (401, MISSING)
    assert response.headers["WWW-Authenticate"] == "Bearer"


@proxies
def test_report_mode(proxy: object) -> None:
    """Who would be refused has no identity to read."""
    gate = make_gate(policy=Policy(mode="report"))
    bad = {"Authorization": "Bearer x.y.z"}
    response = get(jwt_required()(reading(proxy)), gate, headers=bad)
    assert response.status_code == 401
    assert response.json == {"message": Reason.TOKEN_MALFORMED.text}


def test_report_mode_is_false() -> None:
    """A view can ask before it reads."""
    gate = make_gate(policy=Policy(mode="report"))
    view = jwt_required()(lambda: f"{bool(current_consumer)}")
    assert get(view, gate).text == "False"


def test_a_preflight() -> None:
    """Nobody calls in a preflight that the gate lets pass."""
    app = Flask("shop")
    app.add_url_rule("/", "x", reading(current_consumer), methods=["OPTIONS"])
    gate = make_gate(policy=Policy(run_on_preflight=False))
    JWTGate(gate).init_app(app)
    assert app.test_client().options("/", headers=PREFLIGHT).status_code == 401


# Errors of the programmer


def error_of(view: Any, *, init: bool = True) -> str:
    """Give the error of a view that reads what is not there."""
    app = app_of(view) if init else Flask("shop")
    if not init:
        app.add_url_rule("/", "index", view)
    app.testing = True
    with pytest.raises(RuntimeError) as raised:
        app.test_client().get("/", headers=BEARER)
    assert not isinstance(raised.value, HTTPException)
    return str(raised.value)


@proxies
def test_no_extension(proxy: object) -> None:
    """Without a gate, the error says how to have one."""
    text = error_of(reading(proxy), init=False)
    assert "call JWTGate(gate).init_app(app)" in text
    assert "@jwt_required()" in text


@proxies
@pytest.mark.parametrize("decorate", [public, lambda view: view], ids=["public", "no"])
def test_a_public_view(proxy: object, decorate: Callable[[Any], Any]) -> None:
    """On a public view it says that nobody was asked, and both ways to ask."""
    text = error_of(decorate(reading(proxy)))
    assert "since the view, or the gate's route to it, is public" in text
    assert "@jwt_required()" in text
    assert "@jwt_required(optional=True)" in text


@proxies
def test_no_token_in_an_error(proxy: object) -> None:
    """The error has nothing of what was sent."""
    token = BEARER["Authorization"].removeprefix("Bearer ")
    assert token not in error_of(public(reading(proxy)))


@proxies
def test_outside_of_a_request(proxy: Any) -> None:
    """There Flask's own error says so, and the proxy is false."""
    assert not proxy
    with pytest.raises(RuntimeError, match="outside of request context"):
        assert proxy.items


@proxies
def test_a_look_at_nobody(proxy: object) -> None:
    """A debugger may look at it anywhere."""
    assert repr(proxy) == "<LocalProxy unbound>"


@proxies
def test_a_request_that_was_not_decided(proxy: Any) -> None:
    """In a context that a test made, no hook has run."""
    with (
        app_of(reading(proxy)).test_request_context("/", headers=BEARER),
        pytest.raises(RuntimeError, match="nobody was asked"),
    ):
        assert proxy.items


# Hooks


@pytest.fixture
def hooked() -> Flask:
    """Give a guarded app whose hook after a request asks who called."""
    app = Flask("shop")
    app.add_url_rule("/", "index", lambda: "app")
    JWTGate(make_gate()).init_app(app)

    @app.after_request
    def told(response: Response) -> Response:
        known = bool(current_consumer)
        response.headers["X-Who"] = f"{current_consumer.username if known else None}"
        return response

    return app


@pytest.mark.parametrize(
    ("headers", "who"), [(BEARER, "jack"), ({}, "None")], ids=["jack", "nobody"]
)
def test_a_hook_that_asks(hooked: Flask, headers: dict[str, str], who: str) -> None:
    """After a refusal, too, it can ask."""
    response = hooked.test_client().get("/", headers=headers)
    assert response.headers["X-Who"] == who
    assert response.status_code == (200 if headers else 401)


# Behind another gate


def test_the_outcome_of_a_gate_further_out() -> None:
    """What a middleware around the app decided is who calls."""
    gate = make_gate()
    with Flask("shop").test_request_context() as context:
        context.request.environ["jwtgate"] = Exempt("preflight", None, gate)
        assert bool(current_consumer) is False
        with pytest.raises(HTTPException):
            assert current_consumer.username
