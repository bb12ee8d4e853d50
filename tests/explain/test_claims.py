from typing import Any

import pytest

from jwtgate import Policy
from tests.explain.kit import explained, step
from tests.kit import NOW, credential, mint

LEEWAY = Policy(leeway=5)


@pytest.mark.parametrize(
    ("claims", "policy", "name", "text"),
    [
        ({}, Policy(), "exp", "1800000600 (2027-01-15 08:10:00 UTC): in 10 min"),
        ({"exp": NOW - 3}, Policy(), "exp", "expired 3 s ago"),
        ({"exp": NOW}, Policy(), "exp", "expired just now"),
        ({"exp": NOW - 9}, LEEWAY, "exp", "expired 9 s ago, and the leeway is 5 s"),
        ({"exp": NOW - 3}, LEEWAY, "exp", "3 s ago"),
        ({"exp": None}, Policy(), "exp", "not in the token: must be there"),
        ({"exp": "soon"}, Policy(), "exp", '"soon": must be a number, later than now'),
        ({"exp": 10**400}, Policy(), "exp", "in longer than can be told"),
        ({"nbf": NOW + 7}, Policy(), "nbf", "not valid for another 7 s"),
        ({"nbf": NOW - 7}, Policy(), "nbf", "7 s ago"),
        ({}, Policy(), "nbf", "not in the token"),
        ({}, Policy(required_claims=["sub"]), "sub", "not in the token: must be there"),
        ({"sub": "a"}, Policy(required_claims=["sub"]), "sub", '"a"'),
        ({}, Policy(issuer=["b"]), "iss", '"jack-key": must be one of "b"'),
        ({"aud": "a"}, Policy(audience=["a"]), "aud", '"a"'),
        ({}, Policy(types=["x", "y"]), "typ", '"JWT": must be one of "x", "y"'),
    ],
    ids=range(16),
)
def test_each_claim_is_told_with_limit_and_difference(
    claims: dict[str, Any], policy: Policy, name: str, text: str
) -> None:
    """In words."""
    assert step(explained(mint(claims), policy=policy), name).endswith(text)


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (60, "from now is too far; at most 60 s from now"),
        (600, "in 10 min; at most 600 s from now"),
    ],
    ids=["too far", "allowed"],
)
def test_the_maximum_expiration_is_a_step_of_its_own(limit: float, text: str) -> None:
    """Beside the exp that it is about."""
    found = explained(mint(), policy=Policy(maximum_expiration=limit))
    assert step(found, "maximum_expiration").endswith(text)


def test_the_very_second_of_nbf_is_too_early_for_apisix() -> None:
    """As its dialect says."""
    policy = Policy.apisix(key_claim="iss")
    found = explained(mint(nbf=int(NOW)), policy=policy)
    assert step(found, "nbf").endswith("not valid for another 0 s")


def test_what_is_required_and_judged_is_told_once() -> None:
    """One exp, one line."""
    assert [each.name for each in explained(mint()).steps].count("exp") == 1


def test_the_grace_and_audience_of_the_credential_count() -> None:
    """In place of the policy's, and beside it."""
    row = credential(lifetime_grace_period=60, audience=["shop"], types=["JWT"])
    found = explained(mint(exp=NOW - 9), row, policy=LEEWAY)
    (facts,) = [each.facts for each in found.steps if each.name == "exp"]
    assert (facts["leeway"], facts["seconds"], facts["value"]) == (60, -9.0, NOW - 9)
    assert step(found, "aud") == 'not in the token: must be one of "shop"'
    assert step(found, "typ") == '"JWT"'


def test_claims_of_a_token_whose_signature_fails_are_unverified() -> None:
    """They are judged all the same, and marked."""
    found = explained(mint(secret="x", exp=NOW - 3, nbf=NOW))
    marks = {each.name: each.mark for each in found.steps}
    assert step(found, "exp").endswith("expired 3 s ago (unverified)")
    assert (marks["exp"], marks["nbf"]) == ("bad", "open")


def test_claims_of_a_token_of_an_unknown_key_are_judged_by_the_policy() -> None:
    """There is no credential to judge them by."""
    found = explained(mint(iss="nobody", exp=NOW - 3), policy=LEEWAY)
    assert step(found, "exp").endswith("3 s ago (unverified)")
