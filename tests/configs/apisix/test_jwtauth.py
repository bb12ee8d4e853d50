import pytest

from jwtgate import Policy
from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.apisix.jwtauth import JWTAuth, read_jwt_auth
from tests.configs.apisix.files import context, problems_in

AT = ("routes", 0, "plugins", "jwt-auth")


def test_the_defaults_are_those_of_apisix() -> None:
    """A policy made of them is that of the dialect alone."""
    jwt_auth = read_jwt_auth({}, AT, context())
    assert jwt_auth == JWTAuth()
    assert Policy.apisix(**JWTAuth().settings()) == Policy.apisix(
        header_names=("authorization",)
    )


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"header": "x-token"}, {"header_names": ("x-token",)}),
        ({"query": "token"}, {"query_names": ("token",)}),
        ({"cookie": "token"}, {"cookie_names": ("token",)}),
        ({"hide_credentials": True}, {"hide_credentials": True}),
        ({"key_claim_name": "iss"}, {"key_claim": "iss"}),
        ({"realm": "Shop (a) [b]"}, {"realm": "Shop (a) [b]"}),
        ({"anonymous_consumer": "nobody"}, {"anonymous": "nobody"}),
        ({"claims_to_verify": ["nbf"]}, {"claims_to_verify": ("nbf",)}),
        ({"claims_to_verify": []}, {"claims_to_verify": ()}),
        ({"_meta": {"error_response": "no"}}, {"error_response": "no"}),
        ({"store_in_ctx": True, "unknown": 1}, {}),
    ],
)
def test_each_attribute_is_carried_over(
    block: dict[str, object], expected: dict[str, object]
) -> None:
    """And what is no attribute is ignored, as there."""
    jwt_auth = read_jwt_auth(block, AT, context())
    assert jwt_auth is not None
    settings = {**JWTAuth().settings(), **expected}
    assert jwt_auth.settings() == settings


def test_claims_that_are_listed_are_required() -> None:
    """Whatever APISIX's documentation says."""
    jwt_auth = read_jwt_auth({"claims_to_verify": ["exp"]}, AT, context())
    assert jwt_auth is not None
    policy = Policy.apisix(**jwt_auth.settings())
    assert (policy.claims_to_verify, policy.required_claims) == (("exp",), ("exp",))


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ({"header": 1}, 'property "header" validation failed: wrong type'),
        ({"realm": ""}, 'property "realm" validation failed: string too short'),
        ({"realm": "a" * 129}, 'property "realm" validation failed: string too long'),
        ({"realm": 'a"b'}, 'property "realm" validation failed: failed to match'),
        ({"realm": "a\\b"}, 'property "realm" validation failed: failed to match'),
        ({"realm": "a\tb"}, 'property "realm" validation failed: failed to match'),
        ({"realm": "é"}, 'property "realm" validation failed: failed to match'),
        ({"key_claim_name": ""}, 'property "key_claim_name" validation failed'),
        ({"anonymous_consumer": ""}, 'property "anonymous_consumer" validation fail'),
        ({"hide_credentials": "yes"}, 'property "hide_credentials" validation failed'),
        ({"store_in_ctx": 1}, 'property "store_in_ctx" validation failed'),
        ({"claims_to_verify": ["iat"]}, 'property "claims_to_verify" validation fail'),
        ({"claims_to_verify": ["exp", "exp"]}, 'property "claims_to_verify" valid'),
        ({"_meta": 1}, 'property "_meta" validation failed'),
        ({"header": ""}, 'property "header" validation failed: no request can have'),
        ({"header": "a b"}, 'property "header" validation failed: no request can have'),
        ({"header": "X-Consumer-ID"}, 'property "header" validation failed: no req'),
        ({"query": ""}, 'property "query" validation failed: no request can have'),
        ({"query": "a\n"}, 'property "query" validation failed: no request can have'),
        ({"cookie": "a;b"}, 'property "cookie" validation failed: no request can have'),
    ],
)
def test_what_apisix_would_not_take_is_invalid(
    block: dict[str, object], why: str
) -> None:
    """So are names that no request can have here."""
    with pytest.raises(InvalidEntry) as caught:
        read_jwt_auth(block, AT, context())
    assert str(caught.value).startswith(why)


def test_a_disabled_block_is_none() -> None:
    """It guards nothing, and its references need not lead anywhere."""
    given = context()
    block = {"realm": "$env://NONE", "_meta": {"disable": True}}
    assert read_jwt_auth(block, AT, given) is None
    assert not problems_in(given)


def test_references_are_resolved() -> None:
    """In any text."""
    given = context({"REALM": "shop"})
    jwt_auth = read_jwt_auth({"realm": "$ENV://REALM"}, AT, given)
    assert jwt_auth == JWTAuth(realm="shop")


def test_a_reference_that_leads_nowhere_is_a_problem() -> None:
    """APISIX would look for a claim of this very name."""
    given = context()
    read_jwt_auth({"key_claim_name": "$env://NONE"}, AT, given)
    (problem,) = problems_in(given)
    assert problem.startswith(
        "routes[0].plugins.jwt-auth.key_claim_name: $env://NONE is not set"
    )


def test_a_reference_in_what_is_no_attribute_is_none() -> None:
    """It is not read."""
    given = context()
    assert read_jwt_auth({"x": "$env://NONE"}, AT, given) == JWTAuth()
    assert not problems_in(given)
