import json
from collections.abc import Callable
from typing import Any

import pytest

from jwtgate import Answer, Denied, Policy, Reason
from jwtgate.errors import (
    Barred,
    ClaimRejected,
    MalformedToken,
    Rejection,
    ScopeMissing,
)
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
def test_a_401_and_a_lack_of_rights_are_challenged(reason: Reason) -> None:
    """RFC 9110 15.5.2; RFC 6750 3.1, insufficient_scope."""
    challenged = header(refused(reason), "WWW-Authenticate") is not None
    expected = reason.status == 401 or reason in (
        Reason.CONSUMER_FORBIDDEN,
        Reason.SCOPE_MISSING,
    )
    assert challenged is expected


@pytest.mark.parametrize("reason", Reason, ids=lambda each: each.code)
@pytest.mark.parametrize("policy", [Policy.kong(), Policy.apisix()], ids=str)
def test_a_gateway_challenges_exactly_a_401(policy: Policy, reason: Reason) -> None:
    """Kong's acl and APISIX's consumer-restriction say 403 and no more."""
    denied = refused(reason, policy)
    challenged = header(denied, "WWW-Authenticate") is not None
    assert challenged is (denied.status == 401)


def test_who_may_not_is_told_by_a_challenge() -> None:
    """Another token would do (RFC 6750 3.1)."""
    assert header(refused(Reason.CONSUMER_FORBIDDEN), "WWW-Authenticate") == (
        'Bearer error="insufficient_scope", '
        'error_description="The caller may not use this"'
    )


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


# Answers of an operator

GATEWAYS: dict[str, Callable[..., Policy]] = {
    "native": Policy,
    "kong": Policy.kong,
    "apisix": Policy.apisix,
}
each_gateway = pytest.mark.parametrize("policy", GATEWAYS.values(), ids=GATEWAYS)
BARRING = (Reason.CONSUMER_FORBIDDEN, Reason.QUOTA_EXCEEDED, Reason.TERMINATED)
each_barring = pytest.mark.parametrize("reason", BARRING, ids=lambda each: each.code)


def barred(
    reason: Reason, policy: Callable[..., Policy] = Policy, **answer: Any
) -> Denied:
    """Make the outcome of one who is barred, with an answer if it has fields."""
    own = Answer(**answer) if answer else None
    return refused(Barred(reason, answer=own), policy())


@each_gateway
@each_barring
def test_who_is_barred_is_told_the_usual(
    reason: Reason, policy: Callable[..., Policy]
) -> None:
    """Where the operator says nothing else."""
    usual, told = refused(reason, policy()), barred(reason, policy)
    assert (told.reason, told.status, told.body, told.content) == (
        reason,
        usual.status,
        usual.body,
        usual.content,
    )
    assert told.response_headers == usual.response_headers


@each_gateway
@each_barring
def test_an_answer_has_a_status_of_its_own(
    reason: Reason, policy: Callable[..., Policy]
) -> None:
    """The text stays."""
    denied = barred(reason, policy, status=503)
    assert (denied.status, denied.content) == (503, barred(reason, policy).content)


@each_barring
@pytest.mark.parametrize("gateway", ["native", "kong"])
def test_an_answer_s_message_is_the_message(gateway: str, reason: Reason) -> None:
    """In the usual form."""
    denied = barred(reason, GATEWAYS[gateway], status=403, message='not "you"')
    assert denied.body == {"message": 'not "you"'}
    assert denied.content == b'{"message":"not \\"you\\""}'


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        (Reason.CONSUMER_FORBIDDEN, "message"),
        (Reason.QUOTA_EXCEEDED, "error_msg"),
        (Reason.TERMINATED, "message"),
    ],
)
def test_an_answer_s_message_has_the_gateway_s_form(reason: Reason, name: str) -> None:
    """APISIX's limit-count has another name for it than its other plugins."""
    denied = barred(reason, Policy.apisix, status=403, message="no")
    assert denied.content == f'{{"{name}":"no"}}\n'.encode()


@each_gateway
@each_barring
@pytest.mark.parametrize("body", ["", "<h1>Zo\u00eb</h1>"], ids=["empty", "HTML"])
def test_an_answer_s_body_is_the_whole_body(
    body: str, reason: Reason, policy: Callable[..., Policy]
) -> None:
    """Nothing is put around it."""
    denied = barred(reason, policy, status=503, body=body)
    assert denied.content == body.encode()


def test_an_empty_message_is_a_message() -> None:
    """Only None leaves it to the reason."""
    denied = barred(Reason.TERMINATED, status=403, message="")
    assert denied.body == {"message": ""}


@each_gateway
@each_barring
def test_an_answer_has_a_content_type_of_its_own(
    reason: Reason, policy: Callable[..., Policy]
) -> None:
    """In place of the gateway's, and once."""
    denied = barred(reason, policy, status=403, body="x", content_type="text/html")
    types = [value for name, value in denied.response_headers if name == "Content-Type"]
    assert types == ["text/html"]
    assert header(denied, "Cache-Control") == "no-store"


@each_gateway
def test_an_answer_without_content_type_has_the_gateway_s(
    policy: Callable[..., Policy],
) -> None:
    """As its other answers."""
    denied = barred(Reason.TERMINATED, policy, status=403, body="x")
    assert header(denied, "Content-Type") == policy().dialect.content_type


def test_who_is_barred_gets_the_figures_of_the_quota() -> None:
    """They follow the usual headers."""
    figures = [("X-RateLimit-Limit", "1"), ("Retry-After", "60")]
    denied = refused(Barred(Reason.QUOTA_EXCEEDED, headers=figures))
    assert list(denied.response_headers[-2:]) == figures


def test_an_answer_belongs_to_its_gate() -> None:
    """As every refusal."""
    assert barred(Reason.TERMINATED, status=403).gate == "gate"


def test_an_answer_s_body_cannot_be_changed() -> None:
    """As every refusal's."""
    body: Any = barred(Reason.TERMINATED, status=403, message="no").body
    with pytest.raises(TypeError):
        body["message"] = "x"


# The body of every refusal of a token


@each_gateway
@pytest.mark.parametrize(
    "reason",
    [reason for reason in Reason if reason.status == 401],
    ids=lambda each: each.code,
)
def test_a_body_may_stand_for_every_401(
    reason: Reason, policy: Callable[..., Policy]
) -> None:
    """Source: APISIX's error_response."""
    denied = refused(reason, policy(error_response='{"error":"Zo\u00eb"}'))
    assert denied.content == '{"error":"Zo\u00eb"}'.encode()


def test_that_body_stands_for_one_about_a_claim_too() -> None:
    """Kong's has the claim's name in it."""
    denied = refused(BOTH_CLAIMS, Policy.kong(error_response="no"))
    assert denied.content == b"no"


@each_gateway
@pytest.mark.parametrize(
    "reason",
    [reason for reason in Reason if reason.status not in (401, 503)],
    ids=lambda each: each.code,
)
def test_that_body_stands_for_nothing_else(
    reason: Reason, policy: Callable[..., Policy]
) -> None:
    """It says that a token is no good."""
    denied = refused(reason, policy(error_response="no"))
    assert json.loads(denied.content) == dict(denied.body)


@each_barring
def test_that_body_stands_for_nobody_who_is_barred(reason: Reason) -> None:
    """Whatever status the operator chose for them."""
    policy = Policy(error_response="no")
    denied = refused(Barred(reason, answer=Answer(status=401)), policy)
    assert denied.content != b"no"


@each_gateway
def test_that_body_changes_neither_status_nor_headers(
    policy: Callable[..., Policy],
) -> None:
    """The challenge stays."""
    usual = refused(Reason.TOKEN_EXPIRED, policy())
    denied = refused(Reason.TOKEN_EXPIRED, policy(error_response="no"))
    assert (denied.status, denied.response_headers) == (401, usual.response_headers)


@each_barring
@pytest.mark.parametrize("content_type", [None, "text/html"])
def test_natively_an_answer_of_401_is_challenged(
    content_type: str | None, reason: Reason
) -> None:
    """RFC 9110 15.5.2; by one challenge, without an error of a token's."""
    denied = barred(
        reason, lambda: Policy(realm="a"), status=401, content_type=content_type
    )
    challenges = [
        value for name, value in denied.response_headers if name == "WWW-Authenticate"
    ]
    assert challenges == ['Bearer realm="a"']


@each_barring
@pytest.mark.parametrize("gateway", ["kong", "apisix"])
def test_a_gateway_s_answer_of_401_is_not_challenged(
    gateway: str, reason: Reason
) -> None:
    """Its other plugins have no challenge."""
    denied = barred(reason, GATEWAYS[gateway], status=401)
    assert header(denied, "WWW-Authenticate") is None


# Scopes that a view needs

SCOPES = ScopeMissing(["read", "write:all"])


def test_a_lack_of_scopes_is_challenged_with_those_that_are_needed() -> None:
    """RFC 6750 3: the scope attribute, the names with a blank between."""
    denied = refused(SCOPES, Policy(realm="a"))
    assert header(denied, "WWW-Authenticate") == (
        'Bearer realm="a", error="insufficient_scope", '
        'error_description="The token does not grant this", scope="read write:all"'
    )


@each_gateway
def test_a_lack_of_scopes_is_a_403(policy: Callable[..., Policy]) -> None:
    """In every dialect by the same text, which names no scope."""
    denied = refused(SCOPES, policy())
    assert (denied.reason, denied.status, denied.claim) == (
        Reason.SCOPE_MISSING,
        403,
        None,
    )
    assert denied.body == {"message": "The token does not grant this"}


@pytest.mark.parametrize("gateway", ["kong", "apisix"])
def test_a_gateway_challenges_no_lack_of_scopes(gateway: str) -> None:
    """Its 403 has no challenge, nor does its body name scopes."""
    denied = refused(SCOPES, GATEWAYS[gateway](realm="a"))
    assert header(denied, "WWW-Authenticate") is None
    assert b"read" not in denied.content


@each_gateway
def test_scopes_change_nothing_else(policy: Callable[..., Policy]) -> None:
    """Content type, caching and body are those of any such refusal."""
    denied = refused(SCOPES, policy())
    usual = refused(Reason.SCOPE_MISSING, policy())
    assert denied.response_headers[-2:] == usual.response_headers[-2:]
    assert (denied.content, denied.gate) == (usual.content, "gate")


@each_gateway
def test_a_body_for_every_401_is_none_for_a_lack_of_scopes(
    policy: Callable[..., Policy],
) -> None:
    """It says that a token is no good, and this one is."""
    denied = refused(SCOPES, policy(error_response="no"))
    assert denied.content != b"no"


def test_two_views_of_one_policy_name_their_own_scopes() -> None:
    """Nothing of one answer is kept for the next."""
    policy = Policy()
    first = refused(ScopeMissing(["read"]), policy)
    second = refused(ScopeMissing(["write"]), policy)
    assert 'scope="read"' in (header(first, "WWW-Authenticate") or "")
    assert 'scope="write"' in (header(second, "WWW-Authenticate") or "")
    plain = header(refused(Reason.SCOPE_MISSING, policy), "WWW-Authenticate") or ""
    assert "scope=" not in plain
