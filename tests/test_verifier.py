from typing import Any

import pytest

from jwtgate import Credential, Policy, Reason, UnusableCredential
from jwtgate.errors import ClaimRejected, KeyRejected, MalformedToken, Unavailable
from jwtgate.jose.decoy import decoy_key
from jwtgate.verifier import Verifier
from tests.kit import KEY, NOW, credential, mint

OTHER_SECRET = "another-secret-of-the-tests-of-more-than-32-octets"
NATIVE, KONG, APISIX = Policy(), Policy.kong(), Policy.apisix(key_claim="iss")
each_policy = pytest.mark.parametrize(
    "policy", [NATIVE, KONG, APISIX], ids=["native", "kong", "apisix"]
)


def malformed(token: str, policy: Policy) -> Reason:
    """Give why a token cannot be read."""
    with pytest.raises(MalformedToken) as caught:
        Verifier(policy).parse(token.encode())
    return caught.value.reason


def verified(
    *found: Any, token: str | None = None, policy: Policy = NATIVE, now: float = NOW
) -> Credential:
    """Give the credential that verifies a token."""
    verifier = Verifier(policy)
    read = verifier.parse((token or mint()).encode())
    return verifier.verify(found, read, KEY, now)[0]


def unverified(*found: Any, **fields: Any) -> Reason:
    """Give why none of them does."""
    with pytest.raises(KeyRejected) as caught:
        verified(*found, **fields)
    return caught.value.reason


def failures(claims: dict[str, Any], **fields: Any) -> list[tuple[str, Reason]]:
    """Give every claim that refuses."""
    with pytest.raises(ClaimRejected) as caught:
        verified(credential(), token=mint(claims), **fields)
    return list(caught.value.failures)


# Reading


@each_policy
def test_a_token_is_read(policy: Policy) -> None:
    """Nothing of it is trusted yet."""
    token = Verifier(policy).parse(mint(sub="x").encode())
    assert (token.header.alg, token.claims["sub"]) == ("HS256", "x")


NOT_ALLOWED = mint(algorithm="HS384")


@pytest.mark.parametrize("make", [Policy, Policy.kong], ids=["native", "kong"])
def test_an_algorithm_that_is_not_allowed_is_malformed(make: Any) -> None:
    """Before any look-up."""
    reason = malformed(NOT_ALLOWED, make(algorithms=["HS256"]))
    assert reason is Reason.ALGORITHM_UNSUPPORTED


def test_to_apisix_it_is_one_that_differs() -> None:
    """It tells an unknown key before."""
    policy = Policy.apisix(key_claim="iss", algorithms=["HS256"])
    reason = unverified(credential(), token=NOT_ALLOWED, policy=policy)
    assert reason is Reason.ALGORITHM_MISMATCH


BROKEN = f"{mint().rpartition('.')[0]}.*"


def test_kong_looks_at_the_form_of_the_signature_first() -> None:
    """Before any look-up."""
    assert malformed(BROKEN, KONG) is Reason.SIGNATURE_MALFORMED


@pytest.mark.parametrize("policy", [NATIVE, APISIX], ids=["native", "apisix"])
def test_the_form_of_the_signature_is_looked_at_last(policy: Policy) -> None:
    """With the signature itself."""
    reason = unverified(credential(), token=BROKEN, policy=policy)
    assert reason is Reason.SIGNATURE_MALFORMED


@pytest.mark.parametrize("behind", [".", ".e30", "..", f".{mint()}"])
def test_to_kong_what_follows_the_second_dot_is_the_signature(behind: str) -> None:
    """And is none, with a dot in it."""
    assert malformed(mint() + behind, KONG) is Reason.SIGNATURE_MALFORMED


@pytest.mark.parametrize("policy", [NATIVE, APISIX], ids=["native", "apisix"])
def test_a_token_has_two_dots(policy: Policy) -> None:
    """RFC 7515 7.1."""
    assert malformed(mint() + ".e30", policy) is Reason.TOKEN_MALFORMED


# Verifying


@each_policy
def test_the_credential_that_verifies_is_given_back(policy: Policy) -> None:
    """Whichever it is."""
    found = credential(secret=OTHER_SECRET, kid="a"), credential(kid="b")
    assert verified(*found, policy=policy).kid == "b"


def test_the_token_is_given_back_verified() -> None:
    """With the claims that were checked."""
    verifier = Verifier(NATIVE)
    read = verifier.parse(mint(sub="x").encode())
    _, token = verifier.verify([credential()], read, KEY, NOW)
    assert token.claims["sub"] == "x"


@pytest.mark.parametrize("found", [[credential()], (credential(),)], ids=type)
@each_policy
def test_a_credential_of_an_algorithm_that_is_not_allowed_verifies_nothing(
    policy: Policy, found: Any
) -> None:
    """Though the token names it."""
    narrow = Verifier(Policy(algorithms=["HS512"]))
    read = Verifier(policy).parse(mint().encode())
    with pytest.raises(KeyRejected) as caught:
        narrow.verify(found, read, KEY, NOW)
    assert caught.value.reason is Reason.ALGORITHM_MISMATCH


def test_a_credential_that_cannot_be_used_is_a_failure_of_ours() -> None:
    """The token may be good."""
    with pytest.raises(Unavailable):
        verified(UnusableCredential(key=KEY, why="?"))


# The work of a failure


def test_decoys_are_parsed_ahead() -> None:
    """Those of the algorithms that are allowed; no client waits for them."""
    decoy_key.cache_clear()
    Verifier(Policy(algorithms=["HS256", "HS384"]))
    assert decoy_key.cache_info().currsize == 2


@pytest.mark.parametrize("policy", [KONG, APISIX], ids=["kong", "apisix"])
def test_a_gateway_has_no_decoys(policy: Policy) -> None:
    """Its texts tell failures about keys apart."""
    decoy_key.cache_clear()
    Verifier(policy)
    unverified(policy=policy)
    assert decoy_key.cache_info().currsize == 0


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "PS512", "ES384", "EdDSA"])
def test_key_enumeration_an_unknown_key_costs_a_signature_check(algorithm: str) -> None:
    """The decoy of the token's algorithm is used, and no other."""
    verifier = Verifier(NATIVE)
    read = verifier.parse(mint(algorithm=algorithm).encode())
    decoy_key.cache_clear()
    with pytest.raises(KeyRejected):
        verifier.verify([], read, KEY, NOW)
    assert decoy_key.cache_info().currsize == 1


NO_KEY = UnusableCredential(key=KEY, why="no PEM", refuses=True)


@pytest.mark.parametrize(
    "found",
    [(), (credential(enabled=False),), (credential(key="other"),), (NO_KEY,)],
    ids=["none", "disabled", "another key", "none that ever was one"],
)
def test_key_enumeration_a_failure_about_keys_costs_a_signature_check(
    found: tuple[Credential | UnusableCredential, ...],
) -> None:
    """By the decoy of the token's algorithm."""
    verifier = Verifier(NATIVE)
    read = verifier.parse(mint().encode())
    decoy_key.cache_clear()
    with pytest.raises(KeyRejected):
        verifier.verify(found, read, KEY, NOW)
    assert decoy_key.cache_info().currsize == 1


def test_a_bad_signature_is_not_checked_twice() -> None:
    """The work was done."""
    verifier = Verifier(NATIVE)
    read = verifier.parse(mint(secret=OTHER_SECRET).encode())
    decoy_key.cache_clear()
    with pytest.raises(KeyRejected):
        verifier.verify([credential()], read, KEY, NOW)
    assert decoy_key.cache_info().currsize == 0


# Claims


def test_every_claim_that_refuses_is_told() -> None:
    """The first one first."""
    assert failures({"exp": NOW, "nbf": NOW + 1}) == [
        ("exp", Reason.TOKEN_EXPIRED),
        ("nbf", Reason.TOKEN_NOT_YET_VALID),
    ]


def test_claims_are_checked_after_the_signature() -> None:
    """A forged token learns nothing of them."""
    token = mint(exp=1, secret=OTHER_SECRET)
    assert unverified(credential(), token=token) is Reason.SIGNATURE_INVALID


def test_the_policy_s_leeway_counts_for_credentials_without_their_own() -> None:
    """In seconds."""
    token, policy = mint(exp=NOW - 9), Policy(leeway=10)
    assert verified(credential(), token=token, policy=policy).key == KEY


@pytest.mark.parametrize(("grace", "passes"), [(0, False), (5, False), (10, True)])
def test_a_credential_s_own_grace_period_wins(grace: float, *, passes: bool) -> None:
    """Also 0."""
    row = credential(lifetime_grace_period=grace)
    token, policy = mint(exp=NOW - 9), Policy(leeway=9.5)
    try:
        verified(row, token=token, policy=policy)
    except ClaimRejected:
        assert not passes
    else:
        assert passes


TIMED_KONG = Policy.kong(claims_to_verify=["exp"])


@pytest.mark.parametrize(
    ("policy", "passes"),
    [(NATIVE, False), (TIMED_KONG, True), (APISIX, True)],
    ids=["native", "kong", "apisix"],
)
def test_a_gateway_s_time_is_cut_to_seconds(policy: Policy, *, passes: bool) -> None:
    """Natively fractions count."""
    token = mint(exp=NOW + 0.5)
    try:
        verified(credential(), token=token, policy=policy, now=NOW + 0.9)
    except ClaimRejected:
        assert not passes
    else:
        assert passes


RETIRING = credential(retire_after=NOW + 0.5)


def test_that_time_is_the_credentials_too() -> None:
    """One reading of the clock for all that is compared with it."""
    assert unverified(RETIRING, now=NOW + 0.9) is Reason.CREDENTIAL_RETIRED
    assert verified(RETIRING, policy=KONG, now=NOW + 0.9) is RETIRING


# What the credential demands


def own_failures(token: str, policy: Policy = NATIVE, **fields: Any) -> Any:
    """Give what refuses a token under a credential of these fields."""
    with pytest.raises(ClaimRejected) as caught:
        verified(credential(**fields), token=token, policy=policy)
    return caught.value.failures


def test_a_token_for_another_audience_than_the_credential_s_is_refused() -> None:
    """Beside a policy that demands none."""
    refused = own_failures(mint(aud="other"), audience=["api"])
    assert refused == (("aud", Reason.AUDIENCE_MISMATCH),)


def test_a_token_of_another_type_than_the_credential_s_is_refused() -> None:
    """An ID token is no access token."""
    refused = own_failures(mint(), types=["at+jwt"])
    assert refused == (("typ", Reason.TYPE_MISMATCH),)


def test_a_token_as_its_credential_demands_passes() -> None:
    """One of the audiences, one of the types."""
    row = credential(audience=["x", "api"], types=["at+jwt", "JWT"])
    assert verified(row, token=mint(aud=["api"])) is row


def test_what_policy_and_credential_demand_must_both_hold() -> None:
    """The credential's does not replace the policy's."""
    policy = Policy(audience=["shop"])
    assert own_failures(mint(aud="api"), policy, audience=["api"])
    assert own_failures(mint(aud="shop"), policy, audience=["api"])


def test_failures_of_policy_and_credential_are_told_together() -> None:
    """The policy's first, in its order, and none twice."""
    policy = Policy(audience=["shop"])
    fields = {"audience": ["api"], "types": ["at+jwt"]}
    assert own_failures(mint(exp=1, aud="x"), policy, **fields) == (
        ("exp", Reason.TOKEN_EXPIRED),
        ("aud", Reason.AUDIENCE_MISMATCH),
        ("typ", Reason.TYPE_MISMATCH),
    )


def test_a_forged_token_learns_nothing_of_what_a_credential_demands() -> None:
    """The signature comes first."""
    token = mint(aud="other", secret=OTHER_SECRET)
    row = credential(audience=["api"])
    assert unverified(row, token=token) is Reason.SIGNATURE_INVALID
