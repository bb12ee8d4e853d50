import pytest

from jwtgate import Denied, Policy, Reason, RequestView, authenticate
from jwtgate.django.drf import Refused
from jwtgate.django.drf.refused import RefusalCode
from tests.kit import make_gate


def denied(authorization: str = "") -> Denied:
    """Give a refusal."""
    headers = [(b"authorization", authorization.encode())]
    gate = make_gate(policy=Policy(realm="shop"))
    outcome = authenticate(gate, RequestView("GET", headers=headers))
    assert isinstance(outcome, Denied)
    return outcome


def test_refusal_is_kept() -> None:
    """Whoever handles the exception finds the whole refusal."""
    refusal = denied()
    assert Refused(refusal).denied is refusal
    assert RefusalCode.of(refusal).denied is refusal


def test_what_the_frameworks_own_handler_reads() -> None:
    """Status, text and challenge are where it looks for them."""
    refused = Refused(denied())
    assert (refused.status_code, refused.detail) == (401, "A bearer token is required")
    assert refused.auth_header == 'Bearer realm="shop"'
    assert refused.wait == 0


@pytest.mark.parametrize(
    ("authorization", "code"), [("", "refused"), ("Bearer x", "invalid_token")]
)
def test_code_says_no_more_than_the_challenge(authorization: str, code: str) -> None:
    """A project that shows codes to clients tells nobody which keys exist."""
    refusal = denied(authorization)
    assert refusal.reason in (Reason.TOKEN_MISSING, Reason.TOKEN_MALFORMED)
    assert Refused(refusal).get_codes() == code
