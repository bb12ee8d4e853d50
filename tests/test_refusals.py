from typing import Any

import pytest

from jwtgate import Denied, Policy, Reason
from jwtgate.errors import ClaimRejected, MalformedToken, Rejection
from jwtgate.refusals import Refusals

BOTH_CLAIMS = ClaimRejected(
    [
        ("exp", Reason.CLAIM_MISSING),
        ("exp", Reason.EXPIRATION_TOO_FAR),
        ("nbf", Reason.TOKEN_NOT_YET_VALID),
    ]
)


def refused(rejection: Rejection | Reason, policy: Policy | None = None) -> Denied:
    """Make the outcome of a rejection."""
    if isinstance(rejection, Reason):
        rejection = Rejection(rejection)
    return Refusals(policy or Policy(), "gate").of(rejection)


def header(denied: Denied, name: str) -> str | None:
    """Give a header of the response."""
    return dict(denied.response_headers).get(name)


@pytest.mark.parametrize("reason", Reason, ids=lambda each: each.code)
def test_natively_a_refusal_says_its_reason_s_text(reason: Reason) -> None:
    """Status and body come from the one table."""
    denied = refused(reason)
    assert (denied.reason, denied.status, denied.body, denied.claim) == (
        reason,
        reason.status,
        {"message": reason.text},
        None,
    )


@pytest.mark.parametrize("reason", Reason, ids=lambda each: each.code)
def test_no_refusal_may_be_cached(reason: Reason) -> None:
    """The next request may be good."""
    assert header(refused(reason), "Cache-Control") == "no-store"


@pytest.mark.parametrize("reason", Reason, ids=lambda each: each.code)
def test_exactly_a_401_is_challenged(reason: Reason) -> None:
    """RFC 9110 15.5.2."""
    challenged = header(refused(reason), "WWW-Authenticate") is not None
    assert challenged is (reason.status == 401)


@pytest.mark.parametrize("reason", Reason, ids=lambda each: each.code)
def test_exactly_a_503_says_when_to_come_back(reason: Reason) -> None:
    """A failure of ours passes."""
    expected = "5" if reason.our_fault else None
    assert header(refused(reason), "Retry-After") == expected


def test_a_challenge_has_error_and_description() -> None:
    """RFC 6750 3."""
    assert header(refused(Reason.TOKEN_EXPIRED), "WWW-Authenticate") == (
        'Bearer error="invalid_token", error_description="The token has expired"'
    )


def test_a_challenge_without_token_has_no_error() -> None:
    """RFC 6750 3.1."""
    assert header(refused(Reason.TOKEN_MISSING), "WWW-Authenticate") == "Bearer"


def test_a_challenge_has_the_policy_s_realm() -> None:
    """Quoted, with what must be escaped."""
    denied = refused(Reason.TOKEN_MISSING, Policy(realm='a "b" \\'))
    assert header(denied, "WWW-Authenticate") == r'Bearer realm="a \"b\" \\"'


def test_two_tokens_are_an_invalid_request_natively() -> None:
    """Kong says ``invalid_token`` for them."""
    native = header(refused(Reason.TOKENS_DIFFER), "WWW-Authenticate") or ""
    assert 'error="invalid_request"' in native
    kong = header(refused(Reason.TOKENS_DIFFER, Policy.kong()), "WWW-Authenticate")
    assert kong == 'Bearer error="invalid_token"'


def test_apisix_challenges_without_any_error() -> None:
    """The realm is all there is."""
    denied = refused(Reason.TOKEN_EXPIRED, Policy.apisix())
    assert header(denied, "WWW-Authenticate") == 'Bearer realm="jwt"'


def test_a_text_has_the_key_claim_s_name() -> None:
    """The operator chose it, not the sender."""
    denied = refused(Reason.KEY_CLAIM_MISSING, Policy.kong(key_claim="client"))
    assert denied.body == {"message": "No mandatory 'client' in claims"}


@pytest.mark.parametrize(
    ("policy", "status"),
    [(Policy.kong(), 500), (Policy.apisix(), 401), (Policy(), 503)],
    ids=["kong", "apisix", "native"],
)
def test_a_dialect_may_have_another_status(policy: Policy, status: int) -> None:
    """Where the anonymous consumer does not exist."""
    assert refused(Reason.ANONYMOUS_UNKNOWN, policy).status == status


def test_kong_names_the_anonymous_consumer_that_does_not_exist() -> None:
    """The operator gave the name."""
    denied = refused(Reason.ANONYMOUS_UNKNOWN, Policy.kong(anonymous="guest"))
    text = "anonymous consumer guest is configured but doesn't exist"
    assert denied.body == {"message": text}


def test_a_refusal_names_the_claim_it_is_about() -> None:
    """For the app and the log; the text stays."""
    rejection = MalformedToken(Reason.KEY_CLAIM_INVALID, claim="iss")
    denied = refused(rejection)
    assert (denied.claim, denied.body) == (
        "iss",
        {"message": Reason.KEY_CLAIM_INVALID.text},
    )


def test_a_failed_claim_is_told_natively_by_its_text() -> None:
    """The first of several."""
    denied = refused(BOTH_CLAIMS)
    assert (denied.claim, denied.body) == (
        "exp",
        {"message": Reason.CLAIM_MISSING.text},
    )


def test_kong_s_body_has_every_failed_claim_under_its_name() -> None:
    """Of one claim the first failure counts."""
    assert refused(BOTH_CLAIMS, Policy.kong()).body == {
        "exp": "must be a number",
        "nbf": "token not valid yet",
    }


@pytest.mark.parametrize("policy", [Policy(), Policy.kong(), Policy.apisix()], ids=str)
def test_a_claim_of_the_operator_s_own_is_told_by_a_message(policy: Policy) -> None:
    """Only exp and nbf have bodies of their own."""
    denied = refused(ClaimRejected([("aud", Reason.AUDIENCE_MISMATCH)]), policy)
    assert set(denied.body) == {"message"}


def test_a_refusal_belongs_to_its_gate() -> None:
    """Also one about a claim."""
    assert (refused(Reason.INTERNAL).gate, refused(BOTH_CLAIMS).gate) == (
        "gate",
        "gate",
    )


@pytest.mark.parametrize(
    "rejection", [Reason.INTERNAL, BOTH_CLAIMS], ids=["one", "two"]
)
def test_a_body_cannot_be_changed(rejection: Any) -> None:
    """It is shared between requests."""
    body: Any = refused(rejection, Policy.kong()).body
    with pytest.raises(TypeError):
        body["message"] = "x"
