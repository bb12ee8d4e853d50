from typing import Any

import pytest

from jwtgate import Consumer, Policy
from tests.explain.kit import explained, slips
from tests.kit import KEY, NOW, credential, jack, mint

KID_B = {"alg": "HS256", "kid": "b"}


@pytest.mark.parametrize(
    ("policy", "token", "where"),
    [
        (Policy(key_claim="key"), mint(), "iss, in the payload"),
        (Policy(), mint(iss=None, key=KEY), "key, in the payload"),
        (Policy(), mint(iss="someone", sub=KEY), "sub, in the payload"),
        (Policy(), mint(iss=7, app=KEY), "app, in the payload"),
        (
            Policy(),
            mint(iss=None, header={"alg": "HS256", "kid": KEY}),
            "kid, in the h",
        ),
        (Policy.apisix(), mint(), "iss, in the payload"),
    ],
    ids=["iss", "key", "sub", "other", "kid", "apisix"],
)
def test_the_key_under_another_name_is_named(
    policy: Policy, token: str, where: str
) -> None:
    """The policy looks for one claim, and the token has it as another."""
    found = explained(token, policy=policy)
    assert slips(found) == ["key_elsewhere"]
    assert where in found.summary


@pytest.mark.parametrize(
    ("key", "sent"),
    [
        ("https://id.example/", "https://id.example"),
        ("https://id.example", "https://id.example/"),
        ("jack-key", " jack-key "),
        ("jack-key", "Jack-Key"),
    ],
    ids=["slash missing", "slash", "blanks", "case"],
)
def test_a_key_that_almost_is_one_is_named(key: str, sent: str) -> None:
    """Keys are compared exactly."""
    found = explained(mint(iss=sent), credential(key=key))
    assert slips(found) == ["key_nearly"]


def test_a_key_that_is_nobody_s_is_no_slip() -> None:
    """Whatever else is in the token is not, either."""
    assert slips(explained(mint(iss="nobody", sub="nobody else"))) == []


def test_the_kid_of_another_credential_is_named() -> None:
    """The signature says which was meant."""
    found = explained(mint(header=KID_B), credential(kid="a"))
    assert slips(found) == ["kid_wrong"]
    assert '"b", and it was signed with that of kid "a"' in found.summary


def test_an_unknown_kid_is_told_with_those_that_are_known() -> None:
    """A rotation that has not come through."""
    found = explained(mint(header=KID_B, secret="x"), credential(kid="a"))
    assert slips(found) == ["kid_unknown"]
    assert 'kid "a" only' in found.summary


@pytest.mark.parametrize(
    ("token", "saw"),
    [(mint(), "and the signature holds"), (mint(secret="x"), "is disabled.")],
    ids=["holds", "does not"],
)
def test_a_disabled_consumer_is_named(token: str, saw: str) -> None:
    """And whether that is all that is wrong."""
    found = explained(token, credential(consumer=jack(enabled=False)))
    assert slips(found) == ["consumer_disabled"]
    assert saw in found.summary


def test_a_consumer_without_a_username_is_named_by_its_custom_id() -> None:
    """It has one or the other."""
    consumer = Consumer(custom_id="c-1", enabled=False)
    assert (
        '"c-1" is disabled' in explained(mint(), credential(consumer=consumer)).summary
    )


@pytest.mark.parametrize(
    ("policy", "claims", "header", "slip"),
    [
        ({"issuer": ["https://a.example"]}, {"iss": "https://a.example/"}, {}, "iss"),
        ({"audience": ["Shop"]}, {"aud": ["x", 7, "shop"]}, {}, "aud"),
        ({"audience": ["https://shop"]}, {"aud": "http://shop"}, {}, "aud"),
        ({"types": ["at+jwt"]}, {}, {"typ": "AT+JWT"}, "typ"),
    ],
    ids=["slash", "case", "scheme", "type"],
)
def test_a_name_that_almost_is_accepted_is_named(
    policy: Any, claims: dict[str, Any], header: dict[str, str], slip: str
) -> None:
    """Names are compared exactly."""
    row = credential(key=str(claims.get("iss", KEY)))
    token = mint(claims, header={"alg": "HS256", **header})
    found = explained(token, row, policy=Policy(**policy))
    assert slips(found) == [f"{slip}_nearly"]


@pytest.mark.parametrize(
    ("row", "token", "slip"),
    [
        (credential(audience=["shop/"]), mint(aud="shop"), "aud_nearly"),
        (
            credential(types=["at+jwt"]),
            mint(header={"alg": "HS256", "typ": "At+JWT"}),
            "typ_nearly",
        ),
    ],
    ids=["audience", "type"],
)
def test_what_the_credential_demands_is_compared_too(
    row: Any, token: str, slip: str
) -> None:
    """Beside what the policy does."""
    assert slips(explained(token, row)) == [slip]


def test_another_audience_is_no_slip() -> None:
    """It is meant for somebody else; so is one that is missing."""
    policy = Policy(audience=["shop", "/"], types=["at+jwt"], issuer=["a"])
    assert slips(explained(mint(aud="bank"), policy=policy)) == []
    assert slips(explained(mint(nbf=NOW, aud=""), policy=policy)) == []
