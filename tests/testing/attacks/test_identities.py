"""Forged identities get in where an app believes a header of the client."""

from collections.abc import Iterable
from typing import Any

import pytest

from jwtgate import Authenticated, Policy, authenticate
from jwtgate._environ import request_of
from jwtgate.testing import attack_matrix
from jwtgate.testing.attacks.identities import ATTACKS
from jwtgate.wsgi import JWTGateMiddleware
from tests.kit import make_gate
from tests.testing.careless import Environ, got_in

EVERY = {attack.name for attack in ATTACKS}
ALONE = {
    name for name in EVERY if name.startswith("identity-") and "beside" not in name
}
BESIDE = {name for name in EVERY if "beside" in name}


def test_believing_an_identity_header() -> None:
    """CVE-2025-64484: in whatever spelling servers fold into one."""
    names = got_in(lambda environ: environ.get("HTTP_X_CONSUMER_USERNAME"))
    assert names == (EVERY - {"identity-of-proxies"}) - {
        *("identity-with-a-blank", "identity-beside-token-with-a-blank"),
    }


def test_believing_a_name_with_a_blank() -> None:
    """Some strip it off, behind the gate."""
    names = got_in(lambda environ: environ.get("HTTP_X_CONSUMER_USERNAME "))
    assert names == {"identity-with-a-blank", "identity-beside-token-with-a-blank"}


def test_believing_another_proxy() -> None:
    """There is none that would take the client's away."""
    names = got_in(lambda environ: environ.get("HTTP_X_FORWARDED_USER"))
    assert names == {"identity-of-proxies"}


@pytest.mark.parametrize(
    "policy", [Policy(), Policy(query_names=["jwt"], header_names=[])]
)
def test_beside_a_token_the_answer_tells_who_was_believed(policy: Policy) -> None:
    """A status of success is right then; in whichever carrier the token is."""
    gate = make_gate(policy=policy)

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        passes = isinstance(authenticate(gate, request_of(environ)), Authenticated)
        status = "200 OK" if passes else "401 Unauthorized"
        start_response(status, [("X-User", environ.get("HTTP_X_CONSUMER_ID", "-"))])
        return [b"jack"]

    report = attack_matrix(app, "/me", gate, "jack-key")
    names = {each.name for each in report.failures}
    assert names == BESIDE - {"identity-beside-token-with-a-blank"}


def test_a_gate_takes_them_away() -> None:
    """The same app behind the middleware."""
    gate = make_gate()

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [environ["HTTP_X_CONSUMER_USERNAME"].encode()]

    report = attack_matrix(JWTGateMiddleware(app, gate), "/me", gate, "jack-key")
    report.assert_safe()


def test_every_attack_was_tried_above() -> None:
    """With a token and without."""
    assert ALONE | BESIDE == EVERY
