import json
from typing import Any, assert_never

import pytest

from jwtgate import (
    Anonymous,
    Authenticated,
    Consumer,
    Denied,
    Exempt,
    Outcome,
    Reason,
)
from jwtgate.jose.claims import parse_claims
from tests.kit import credential, jack


def authenticated(**claims: Any) -> Authenticated:
    """Make an outcome with these claims."""
    read = parse_claims(json.dumps(claims).encode())
    return Authenticated(jack(), credential().view, read, read, (), (), 0)


CALLER = authenticated(sub="user-1")
DENIED = Denied(Reason.TOKEN_MISSING, None, 401, {"message": "x"}, b"{}", (), 0)
ANONYMOUS = Anonymous(Consumer(username="guest"), Reason.TOKEN_MISSING, (), (), 0)


def test_the_subject_is_the_sub_claim() -> None:
    """RFC 7519 4.1.2."""
    assert authenticated(sub="user-1").subject == "user-1"


@pytest.mark.parametrize("claims", [{}, {"sub": 5}, {"sub": None}], ids=repr)
def test_a_subject_that_is_no_text_is_none(claims: dict[str, Any]) -> None:
    """Views may rely on its type."""
    assert authenticated(**claims).subject is None


@pytest.mark.parametrize("exp", [5, 5.5])
def test_the_expiry_is_the_exp_claim(exp: float) -> None:
    """Fractions are kept."""
    assert authenticated(exp=exp).expires_at == exp


@pytest.mark.parametrize("claims", [{}, {"exp": True}, {"exp": "5"}], ids=repr)
def test_an_expiry_that_is_no_number_is_none(claims: dict[str, Any]) -> None:
    """A policy may let tokens without exp pass."""
    assert authenticated(**claims).expires_at is None


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": "read write"}, {"read", "write"}),
        ({"scope": "  read  read "}, {"read"}),
        ({"scope": ""}, set()),
        (
            {"scope": "read\twrite\x1fadmin\u00a0x y"},
            {"read\twrite\x1fadmin\u00a0x", "y"},
        ),
        ({"scope": ["read", "write"]}, {"read", "write"}),
        ({"scope": ["read", 5]}, {"read"}),
        ({"scp": ["read"]}, {"read"}),
        ({"scp": "read"}, {"read"}),
        ({"scope": "read", "scp": "write"}, {"read"}),
        ({"scope": 5}, set()),
        ({"scope": None, "scp": "write"}, set()),
        ({"scope": {"read": True}}, set()),
        ({}, set()),
    ],
    ids=repr,
)
def test_scopes_are_those_of_the_scope_claim(
    claims: dict[str, Any], scopes: set[str]
) -> None:
    """RFC 8693 4.2, else ``scp``; a text with blanks, or an array."""
    assert authenticated(**claims).scopes == scopes


def test_an_exempt_request_has_no_headers() -> None:
    """No identity, and nothing for the response."""
    exempt = Exempt("preflight", None, 0)
    assert (exempt.request_headers, exempt.response_headers) == ((), ())


def test_nothing_is_hidden_of_an_exempt_request() -> None:
    """A gate further in would take it for one without a token."""
    hiding = Exempt("report", DENIED, 0).hiding
    assert hiding.header(b"Authorization", b"Bearer x") == b"Bearer x"


def test_an_exempt_request_may_be_told_what_is_left_of_a_quota() -> None:
    """On a public route that has one."""
    exempt = Exempt("public", None, 0, (("X-RateLimit-Remaining", "1"),))
    assert exempt.response_headers == (("X-RateLimit-Remaining", "1"),)


@pytest.mark.parametrize("why", ["public", "preflight", "report", "optional"])
def test_an_exempt_request_tells_why(why: Any) -> None:
    """And what decided, for a gate further in."""
    exempt = Exempt(why, None, "gate", (), "guard")
    assert (exempt.why, exempt.would) == (why, None)
    assert (exempt.gate, exempt.guard) == ("gate", "guard")


@pytest.mark.parametrize(
    ("outcome", "consumer"),
    [
        (CALLER, CALLER.consumer),
        (ANONYMOUS, ANONYMOUS.consumer),
    ],
    ids=["authenticated", "anonymous"],
)
def test_an_outcome_with_a_consumer_is_written_as_its_id(
    outcome: Outcome, consumer: Consumer
) -> None:
    """Templates and logs may have it; it shows nothing that was sent."""
    assert str(outcome) == consumer.id


def name(outcome: Outcome) -> str:
    """Match an outcome, as apps do; the type checker sees that no case is left."""
    match outcome:
        case Authenticated():
            return "authenticated"
        case Anonymous():
            return "anonymous"
        case Exempt():
            return "exempt"
        case Denied():
            return "denied"
    assert_never(outcome)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (authenticated(), "authenticated"),
        (ANONYMOUS, "anonymous"),
        (Exempt("report", DENIED, 0), "exempt"),
        (DENIED, "denied"),
    ],
    ids=["authenticated", "anonymous", "exempt", "denied"],
)
def test_an_outcome_is_one_of_four(outcome: Outcome, expected: str) -> None:
    """There is no fifth."""
    assert name(outcome) == expected


def test_a_credential_s_view_leads_to_no_secret() -> None:
    """Apps print what they get."""
    assert "secret" not in repr(authenticated())
