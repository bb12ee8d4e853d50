import json
from typing import Any

import pytest

from jwtgate import ConfigurationError, Policy
from jwtgate.jose import base64url
from jwtgate.testing.forging import Forge, segment
from tests.kit import KEY, NOW, credential, jack, make_gate, private_pem
from tests.testing.test_clocks import passes


def test_a_good_token_has_the_key_claim_and_ends() -> None:
    """That is all that the strict defaults demand."""
    forge = Forge(make_gate(), "jack-key")
    assert forge.claims() == {"iss": KEY, "exp": NOW + 86400}
    assert forge.header() == {"alg": "HS256", "typ": "JWT"}


POLICIES: dict[str, tuple[Policy, dict[str, object]]] = {
    "kong": (Policy.kong(claims_to_verify=["exp", "nbf"]), {}),
    "apisix": (Policy.apisix(), {}),
    "issuer": (Policy(key_claim="key", issuer=["us", "them"]), {}),
    "audience": (Policy(audience=["a", "b"]), {"audience": ["c"]}),
    "audience of the credential": (Policy(), {"audience": ["c"]}),
    "types": (Policy(types=["at+jwt", "x+jwt"]), {"types": ["x+jwt"]}),
    "type of the credential": (Policy(), {"types": ["x+jwt"]}),
    "required": (Policy(required_claims=["exp", "nbf", "iat", "jti", "sub", "x"]), {}),
    "maximum": (Policy(maximum_expiration=60.5), {}),
    "in the header": (Policy(key_claim="kid", key_claim_in=["header"]), {}),
    "kid": (Policy(), {"kid": "2027"}),
    "lifetime": (Policy(), {"token_lifetime": 5}),
    "consumer by a claim": (Policy(), {"consumer_claim": "sub"}),
    "no name": (Policy(required_claims=["sub"]), {"consumer": jack(username=None)}),
}


@pytest.mark.parametrize(("policy", "fields"), POLICIES.values(), ids=POLICIES)
def test_a_good_token_satisfies_its_policy(
    policy: Policy, fields: dict[str, object]
) -> None:
    """Whatever that demands."""
    if policy.key_claim == "kid":
        fields = {"key": "jack-key"}
    gate = make_gate(credential(**fields), policy=policy)
    assert passes(gate, Forge(gate, "jack-key").seal())


def test_a_key_claim_of_the_header_alone_is_written_there() -> None:
    """Not in the payload, where it would be no attack to leave it out."""
    policy = Policy(key_claim="key", key_claim_in=["header"])
    forge = Forge(make_gate(policy=policy), "jack-key")
    assert forge.header()["key"] == KEY
    assert "key" not in forge.claims()


def test_members_may_be_others() -> None:
    """Those of good tokens, and more."""
    forge = Forge(make_gate(), "jack-key")
    assert forge.claims(exp=1, x=2) == {"iss": KEY, "exp": 1, "x": 2}
    assert forge.header(alg=None)["alg"] is None


def test_the_grace_is_the_credential_s_or_the_policy_s() -> None:
    """As for the gate."""
    policy = Policy(leeway=30)
    assert Forge(make_gate(policy=policy), "jack-key").grace == 30
    own = credential(lifetime_grace_period=5)
    assert Forge(make_gate(own, policy=policy), "jack-key").grace == 5


def test_the_policy_of_a_route_may_be_given() -> None:
    """A gate has more than one."""
    forge = Forge(make_gate(), "jack-key", policy=Policy(audience=["here"]))
    assert forge.claims()["aud"] == "here"


def test_parts_are_written_as_they_are() -> None:
    """Octets that are no JSON, and a signature of anybody."""
    forge = Forge(make_gate(), "jack-key")
    head, payload, signature = forge.seal(b"{", {"a": 1}, lambda _: b"x").split(".")
    assert base64url.decode(head.encode()) == b"{"
    assert json.loads(base64url.decode(payload.encode())) == {"a": 1}
    assert signature.encode() == segment(b"x")


def test_a_private_key_may_be_given() -> None:
    """For a credential whose public key the gate has."""
    gate = make_gate(credential(algorithm="ES256"))
    forge = Forge(gate, "jack-key", private_key=private_pem("ES256"))
    assert passes(gate, forge.seal())


def test_nobody_has_no_forge() -> None:
    """It is told when it is made."""
    with pytest.raises(ConfigurationError, match="no consumer and no key"):
        Forge(make_gate(), "nobody")


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (["payload", "header"], (None, "x")),
        (["payload"], (None, "x")),
        (["header"], ("x", None)),
    ],
)
def test_another_key_is_named_where_the_policy_looks(
    places: list[Any], expected: object
) -> None:
    """First."""
    policy = Policy(key_claim="key", key_claim_in=places)
    header, claims = Forge(make_gate(policy=policy), "jack-key").naming("x")
    assert (header.get("key"), claims.get("key")) == expected
