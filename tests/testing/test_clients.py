import asyncio
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from django.test import AsyncClient
from flask import Flask, request, session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from jwtgate import ConfigurationError, Gate, Policy
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.testing import frozen, signed_in, with_keypair
from tests.kit import NOW, credential, make_gate, private_pem
from tests.testing.careless import two_gate
from tests.testing.frameworks import ATTACKED, CLIENTS, asgi_app, fastapi_app

every_client = pytest.mark.parametrize("made", CLIENTS.values(), ids=CLIENTS)

CARRIERS = {
    "header": Policy(),
    "query": Policy(header_names=[], query_names=["jwt"]),
    "cookie": Policy(header_names=[], cookie_names=["jwt"]),
}


def text_of(response: Any) -> str:
    """Give the text of any framework's response."""
    return str(getattr(response, "text", None) or response.content.decode())


@every_client
def test_each_consumer_has_a_client(made: Callable[[Gate], Any]) -> None:
    """And the first one still sends no token."""
    gate = two_gate()
    with made(gate) as client:
        jack, ann = (signed_in(client, gate, key) for key in ("jack-key", "ann-key"))
        assert "jack" in text_of(jack.get("/me"))
        assert "ann" in text_of(ann.get("/me"))
        assert client.get("/me").status_code == 401
        assert type(jack) is type(client)


@every_client
def test_a_client_that_is_signed_in_may_be_another_s(
    made: Callable[[Gate], Any],
) -> None:
    """The last one counts."""
    gate = two_gate()
    with made(gate) as client:
        jack = signed_in(client, gate, "jack-key")
        ann = signed_in(jack, gate, "ann-key")
        assert "ann" in text_of(ann.get("/me"))
        assert "jack" in text_of(jack.get("/me"))


@every_client
@pytest.mark.parametrize("policy", CARRIERS.values(), ids=CARRIERS)
def test_a_token_goes_where_the_policy_looks(
    made: Callable[[Gate], Any], policy: Policy
) -> None:
    """Beside what the request has there already."""
    gate = make_gate(policy=policy)
    with made(gate) as client:
        jack = signed_in(client, gate, "jack-key")
        assert "jack" in text_of(jack.get("/me"))
        assert "jack" in text_of(jack.get("/me?a=b"))


@every_client
def test_each_request_has_a_fresh_token(made: Callable[[Gate], Any]) -> None:
    """By the gate's clock: none is over."""
    gate = make_gate(policy=Policy(maximum_expiration=60))
    with made(gate) as client, frozen(gate, at=NOW) as clock:
        jack = signed_in(client, gate, "jack-key")
        assert jack.get("/me").status_code == 200
        clock.tick(3600)
        assert jack.get("/me").status_code == 200


@every_client
def test_a_request_that_brings_a_token_keeps_its_own(
    made: Callable[[Gate], Any],
) -> None:
    """So a client that is signed in can send a bad one."""
    gate = make_gate()
    with made(gate) as client:
        jack = signed_in(client, gate, "jack-key")
        bad = jack.get("/me", headers={"Authorization": "Bearer x"})
        assert bad.status_code == 401


def test_claims_and_private_key_may_be_given() -> None:
    """As for a token."""
    gate = make_gate(credential(algorithm="ES256"))
    client = TestClient(fastapi_app(gate))
    key, claims = private_pem("ES256"), {"scope": "b a"}
    jack = signed_in(client, gate, "jack-key", private_key=key, claims=claims)
    assert jack.get("/me").json()["scopes"] == ["a", "b"]
    with with_keypair(gate, "jack-key"):
        assert signed_in(client, gate, "jack-key").get("/me").status_code == 200


def test_the_policy_of_a_route_may_be_given() -> None:
    """For tokens that it takes, and the gate's own does not."""
    policy = Policy(audience=["here"])
    gate = make_gate()
    client = TestClient(fastapi_app(gate))
    assert signed_in(client, gate, "jack-key", policy=policy).get("/me").is_success


def test_a_handshake_has_a_token() -> None:
    """WebSockets of Starlette's client as well."""
    gate = make_gate()
    jack = signed_in(TestClient(fastapi_app(gate)), gate, "jack-key")
    with jack.websocket_connect("/room") as websocket:
        assert websocket.receive_text() == "jack"


def test_a_redirect_is_followed_with_the_token() -> None:
    """Within the site."""

    async def there(request: Request) -> JSONResponse:
        return JSONResponse(request.headers["x-consumer-username"])

    async def here(_request: Request) -> RedirectResponse:
        return RedirectResponse("/there")

    gate = make_gate()
    app = Starlette(routes=[Route("/here", here), Route("/there", there)])
    client = TestClient(JWTGateMiddleware(app, gate))
    assert signed_in(client, gate, "jack-key").get("/here").json() == "jack"


def test_an_asynchronous_client_of_httpx_is_signed_in() -> None:
    """It is no different."""
    gate = make_gate()

    async def ask() -> Any:
        transport = httpx2.ASGITransport(JWTGateMiddleware(asgi_app, gate))
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://x"
        ) as plain:
            return await signed_in(plain, gate, "jack-key").get("/me")

    assert asyncio.run(ask()).text == "jack"


@pytest.mark.parametrize("policy", CARRIERS.values(), ids=CARRIERS)
def test_an_asynchronous_client_of_django_is_signed_in(policy: Policy) -> None:
    """Its scope has the token, beside a cookie and a query."""
    gate = make_gate(policy=policy)

    async def ask(client: AsyncClient) -> Any:
        jack = signed_in(client, gate, "jack-key")
        jack.cookies["a"] = "b"
        return await jack.get("/me", {"c": "d"})

    with ATTACKED["django async"](gate) as client:
        assert asyncio.run(ask(client)).content == b"jack"


@pytest.fixture
def flask_app() -> Flask:
    """Make an app whose view counts visits in a session, and shows cookies."""
    app = Flask(__name__)
    app.secret_key = "of the tests"

    @app.get("/visits")
    def visits() -> str:
        session["visits"] = session.get("visits", 0) + 1
        return f"{session['visits']} {sorted(request.cookies)}"

    return app


def test_cookies_are_not_shared_in_flask(flask_app: Flask) -> None:
    """A session of jack's is none of ann's; what was there before is both's."""
    gate = two_gate()
    client = flask_app.test_client()
    client.get("/visits")
    jack, ann = (signed_in(client, gate, key) for key in ("jack-key", "ann-key"))
    assert jack.get("/visits").text.startswith("2")
    assert jack.get("/visits").text.startswith("3")
    assert ann.get("/visits").text.startswith("2")


def test_cookies_and_contexts_of_flask_work(flask_app: Flask) -> None:
    """A ``with`` block keeps the context of a request, and the token's cookie."""
    gate = make_gate(policy=CARRIERS["cookie"])
    with signed_in(flask_app.test_client(), gate, "jack-key") as jack:
        assert "'jwt'" in jack.get("/visits").text
        assert request.path == "/visits"
        assert "'session'" in jack.get("/visits").text


@pytest.mark.parametrize("name", ["starlette", "django"])
def test_cookies_are_not_shared(name: str) -> None:
    """Nor in the others."""
    gate = two_gate()
    with CLIENTS[name](gate) as client:
        client.cookies["a"] = "1"
        jack = signed_in(client, gate, "jack-key")
        jack.cookies["b"] = "2"
        assert "a" in jack.cookies
        assert "b" not in client.cookies


def test_what_is_no_client_is_an_error() -> None:
    """It tells those that are."""
    with pytest.raises(ConfigurationError, match="a dict is no client"):
        signed_in({}, make_gate(), "jack-key")
