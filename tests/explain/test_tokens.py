import pytest

from jwtgate import Policy, Reason
from tests.explain.kit import explained, step
from tests.kit import KEY, mint

IN_HEADER = {"alg": "HS256", "iss": KEY}


def test_header_and_claims_are_shown_as_decoded() -> None:
    """In words, and for programs."""
    found = explained(mint(sub="x" * 300))
    facts = {each.name: each.facts for each in found.steps}
    assert facts["header"] == {"alg": "HS256", "typ": "JWT"}
    assert facts["claims"]["iss"] == KEY
    assert len(facts["claims"]["sub"]) == 200


@pytest.mark.parametrize(
    ("token", "policy", "text"),
    [
        (mint(), Policy(), '"jack-key", by "iss" in the payload'),
        (
            mint(iss=None, header=IN_HEADER),
            Policy(),
            '"jack-key", by "iss" in the header',
        ),
        (mint(iss=None), Policy(), 'the token has no "iss" in its payload or header'),
        (mint(), Policy.apisix(), 'the token has no "key" in its payload'),
        (mint(iss=[]), Policy(), '"iss" is no text, or an empty one'),
        (mint(header={**IN_HEADER, "iss": "b"}), Policy(), '"iss" is not the same in'),
    ],
    ids=["payload", "header", "missing", "apisix", "invalid", "conflict"],
)
def test_the_key_is_told_with_its_place(token: str, policy: Policy, text: str) -> None:
    """Or why there is none."""
    assert step(explained(token, policy=policy), "key").startswith(text)


def test_what_follows_a_refusal_of_the_form_is_told_too() -> None:
    """An algorithm that is not allowed hides neither key nor times."""
    found = explained(
        mint(algorithm="HS512", exp=1), policy=Policy(algorithms=["HS256"])
    )
    assert found.reason is Reason.ALGORITHM_UNSUPPORTED
    assert step(found, "key").startswith('"jack-key"')
    assert "expired" in step(found, "exp")
    assert "does not hold" not in step(found, "credential")
