from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Annotated, Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx2
import pytest
from fastapi import FastAPI, Header
from fastapi.testclient import TestClient
from flask import Flask

from jwtgate import ConfigurationError, InvalidKey, Policy
from jwtgate.testing import attack_matrix, frozen, with_keypair
from jwtgate.testing.attacks.catalogue import ATTACKS
from jwtgate.wsgi import JWTGateMiddleware
from tests.kit import NOW, SECRET, credential, make_gate, private_pem
from tests.testing.careless import Environ, app_with, two_gate
from tests.testing.frameworks import ATTACKED, fastapi_app, wsgi_app

# Of two lines of one name httpx's transport to WSGI keeps the last, as some servers do.
LOST = {"httpx": {"lines-forged-good"}}


@pytest.mark.parametrize("name", ATTACKED)
def test_a_guarded_app_of_every_framework_is_safe(name: str) -> None:
    """No attack gets in, none breaks it, and nearly all can be made."""
    gate = two_gate()
    with ATTACKED[name](gate) as client:
        report = attack_matrix(client, "/me", gate, "jack-key", other="ann-key")
    assert {each.name for each in report.failures} == LOST.get(name, set())
    assert not report.problem
    made_ = [each for each in report.results if each.verdict != "skipped"]
    assert len(made_) > 150


def test_handshakes_of_fastapi_are_safe() -> None:
    """All three are made."""
    gate = make_gate()
    client = TestClient(fastapi_app(gate))
    report = attack_matrix(client, "/me", gate, "jack-key", websocket="/room")
    report.assert_safe()
    verdicts = {each.name: each.verdict for each in report.results}
    assert verdicts["websocket"] == verdicts["websocket-expired"] == "repelled"


@pytest.mark.parametrize("algorithm", ["PS256", "ES512", "EdDSA"])
def test_a_gate_of_public_keys_is_safe(algorithm: str) -> None:
    """Attacked with the private key."""
    gate = make_gate(credential(algorithm=algorithm))
    app, key = JWTGateMiddleware(wsgi_app, gate), private_pem(algorithm)
    attack_matrix(app, "/me", gate, "jack-key", private_key=key).assert_safe()


def test_a_gate_whose_private_keys_are_elsewhere_is_safe() -> None:
    """Attacked with a key pair of the kit's."""
    gate = make_gate(credential(algorithm="ES256"))
    with with_keypair(gate, "jack-key"):
        app = JWTGateMiddleware(wsgi_app, gate)
        attack_matrix(app, "/me", gate, "jack-key").assert_safe()


def test_a_public_key_alone_makes_no_attacks() -> None:
    """It is said what to do."""
    gate = make_gate(credential(algorithm="ES256"))
    with pytest.raises(InvalidKey, match="with_keypair"):
        attack_matrix(JWTGateMiddleware(wsgi_app, gate), "/me", gate, "jack-key")


STRICT = {
    "every carrier": Policy(query_names=["jwt"], cookie_names=["jwt"]),
    "audience": Policy(audience=["here"], issuer=["jack-key"], types=["at+jwt"]),
    "kong": Policy.kong(claims_to_verify=["exp", "nbf"]),
    "apisix": Policy.apisix(strict=True, required_claims=["exp"]),
    "leeway": Policy(leeway=300),
    "in the header": Policy(key_claim="key", key_claim_in=["header"]),
}


@pytest.mark.parametrize("policy", STRICT.values(), ids=STRICT)
def test_a_gate_of_another_policy_is_safe(policy: Policy) -> None:
    """Tokens are made for it."""
    gate = make_gate(policy=policy)
    app = JWTGateMiddleware(wsgi_app, gate)
    attack_matrix(app, "/me", gate, "jack-key").assert_safe()


def test_what_a_policy_does_not_check_gets_in() -> None:
    """Kong's default looks at no time; who means that says so."""
    gate = make_gate(policy=Policy.kong())
    app = JWTGateMiddleware(wsgi_app, gate)
    report = attack_matrix(app, "/me", gate, "jack-key")
    names = {each.name for each in report.failures}
    assert {"expired", "not-yet-valid", "claims-missing"} <= names
    allowed = attack_matrix(app, "/me", gate, "jack-key", allow=names)
    allowed.assert_safe()
    assert {each.name for each in allowed.results if each.verdict == "allowed"} == names


def test_a_name_that_is_no_attack_cannot_be_allowed() -> None:
    """It would allow nothing."""
    with pytest.raises(ConfigurationError, match="no attack 'alg-nome' to allow"):
        attack_matrix(
            JWTGateMiddleware(wsgi_app, make_gate()),
            "/me",
            make_gate(),
            "jack-key",
            allow=["alg-nome"],
        )


def test_tokens_are_of_the_gate_s_time() -> None:
    """Also where that stands still in another year."""
    gate = make_gate()
    with frozen(gate, at=NOW / 2):
        app = JWTGateMiddleware(wsgi_app, gate)
        attack_matrix(app, "/me", gate, "jack-key").assert_safe()


def test_method_headers_and_body_are_sent() -> None:
    """What a view needs to answer a good token."""
    gate = make_gate()

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        needed = environ["REQUEST_METHOD"], environ.get("HTTP_X_TENANT")
        body = environ["wsgi.input"].read()
        fits = needed == ("POST", "shop") and body == b"{}"
        start_response("201 Created" if fits else "422 Unprocessable", [])
        return [environ["jwtgate"].consumer.username.encode()]

    report = attack_matrix(
        JWTGateMiddleware(app, gate),
        "/orders",
        gate,
        "jack-key",
        method="POST",
        headers={"X-Tenant": "shop"},
        body=b"{}",
    )
    report.assert_safe()
    assert report.target == "POST /orders"


@pytest.mark.parametrize("path", ["/", "/a/b/", "/a?b=c&d"])
def test_a_path_of_any_kind_is_attacked(path: str) -> None:
    """With its query."""
    gate, queries = make_gate(), set[str]()

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        queries.add(environ["QUERY_STRING"])
        return wsgi_app(environ, start_response)

    attack_matrix(JWTGateMiddleware(app, gate), path, gate, "jack-key").assert_safe()
    assert queries == {path.partition("?")[2]}


def test_a_view_that_tells_when_it_runs_is_asked() -> None:
    """Here the app runs it first, and then looks for a token."""
    gate, runs = make_gate(), list[int]()
    inner = app_with(lambda _: None, gate)

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        runs.append(1)
        return inner(environ, start_response)

    report = attack_matrix(app, "/me", gate, "jack-key", ran=lambda: len(runs))
    assert {"no-token", "preflight", "path-dots"} <= {
        each.name for each in report.failures
    }


def test_there_are_more_than_sixty_attacks() -> None:
    """Each tells what it tests."""
    assert len(ATTACKS) > 180
    assert all(attack.about for attack in ATTACKS)


# Apps of frameworks that are broken as apps are.


def test_a_flask_app_that_forgot_its_gate() -> None:
    """The extension was made, and no app was given to it."""
    app = Flask(__name__)
    app.add_url_rule("/me", "me", lambda: "jack")
    report = attack_matrix(app.test_client(), "/me", make_gate(), "jack-key")
    names = {each.name for each in report.failures}
    assert {"no-token", "alg-none", "expired", "wrong-key", "head"} <= names


def test_a_fastapi_app_that_believes_a_header() -> None:
    """It was behind a gateway once."""
    app = FastAPI()

    @app.get("/me")
    def me(x_consumer_username: Annotated[str, Header()] = "") -> str:
        return x_consumer_username

    report = attack_matrix(TestClient(app), "/me", make_gate(), "jack-key")
    assert "identity-as-they-are" in {each.name for each in report.failures}


def test_a_fastapi_app_that_breaks_on_garbage() -> None:
    """What its own decoding raises is a 500 to anybody."""
    app = FastAPI()

    @app.get("/me")
    def me(authorization: Annotated[str, Header()] = "") -> str:
        scheme, token = authorization.split(" ")
        return scheme + token.split(".")[2]

    report = attack_matrix(TestClient(app), "/me", make_gate(), "jack-key")
    failed = {each.name for each in report.failures if each.verdict == "failed"}
    assert {"no-token", "bearer-two-words", "scheme-none", "token-garbage"} <= failed
    told = {each.name: each.answer for each in report.results}
    assert told["no-token"] == "500 ValueError"
    assert told["token-garbage"] == "500 IndexError"


def test_a_report_shows_no_secret() -> None:
    """Nor a token, of apps that are broken as well."""
    gate = make_gate()
    report = attack_matrix(app_with(lambda _: "jack", gate), "/me", gate, "jack-key")
    assert report.failures
    assert SECRET not in repr(report) + str(report)
    assert "eyJ" not in repr(report) + str(report)


# Over a socket, through a client of httpx.


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def _served(app: Any) -> Iterator[str]:
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_server_is_attacked_over_its_socket() -> None:
    """What the client will not send is skipped."""
    gate = make_gate()
    app = JWTGateMiddleware(wsgi_app, gate)
    with _served(app) as url, httpx2.Client(base_url=url) as client:
        report = attack_matrix(client, "/me", gate, "jack-key")
    report.assert_safe()
    skipped = {each.name for each in report.results if each.answer == "not sendable"}
    assert {"bearer-nul", "bearer-line-feed"} <= skipped
    assert len(skipped) < 20
