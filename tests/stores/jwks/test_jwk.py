import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.jose.strictjson import parse_object
from jwtgate.stores.jwks.issuer import ASYMMETRIC
from jwtgate.stores.jwks.jwk import PassedOver, PublishedKey, read_jwk
from tests.stores.jwks.provider import jwk
from tests.stores.jwks.test_issuer import issuer

USUAL = issuer()


def read(algorithm: str = "RS256", **members: Any) -> PublishedKey:
    """Read the JWK of an algorithm, with these members."""
    return read_as_is(jwk(algorithm, **members))


def read_as_is(value: Any, **fields: Any) -> PublishedKey:
    """Read any JSON."""
    octets = json.dumps({"key": value}).encode()
    return read_jwk(parse_object(octets)["key"], issuer(**fields))


def why_not(algorithm: str = "RS256", **members: Any) -> tuple[str, bool]:
    """Tell why it is passed over, and whether that is harmless."""
    with pytest.raises(PassedOver) as caught:
        read(algorithm, **members)
    return str(caught.value), caught.value.harmless


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_alg_binds_the_key(algorithm: str) -> None:
    """To one algorithm."""
    assert read(algorithm, kid="a").algorithms == (algorithm,)


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "EdDSA"])
def test_without_alg_the_curve_tells(algorithm: str) -> None:
    """There is one algorithm for it."""
    assert read(algorithm, alg=None).algorithms == (algorithm,)


def test_without_alg_ed448_is_for_eddsa() -> None:
    """Both curves have one name (RFC 8037 section 3.1)."""
    assert read("Ed448", alg=None).algorithms == ("EdDSA",)


def test_without_alg_an_rsa_key_is_for_what_was_allowed() -> None:
    """RS256, unless the issuer says others."""
    key = jwk("RS256", alg=None)
    assert read_as_is(key).algorithms == ("RS256",)
    allowed = ("PS256", "RS512")
    assert read_as_is(key, algorithms=allowed).algorithms == allowed


def test_a_kid_is_kept() -> None:
    """None where there is none."""
    assert (read(kid="a").kid, read().kid) == ("a", None)


def test_key_from_a_url_nothing_but_the_key_is_taken() -> None:
    """No chain of certificates, and no URL that anybody could follow."""
    found = read(x5c=["x"], x5u="https://evil.example", jku="https://evil.example")
    assert set(found.material) == {"kty", "n", "e"}


@pytest.mark.parametrize(
    "members",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "AKP"},
        {"kty": None},
        {"kty": 5},
        {"kty": ["RSA"]},
        {"use": "enc"},
        {"use": 5},
        {"key_ops": ["encrypt"]},
        {"key_ops": "verify"},
        {"key_ops": {"verify": 1}},
        {"alg": "RSA-OAEP"},
        {"alg": "none"},
        {"alg": "ES256"},
        {"alg": 5},
        {"alg": ["RS256"]},
        {"alg": ""},
    ],
    ids=repr,
)
def test_a_key_for_something_else_is_passed_over(members: dict[str, Any]) -> None:
    """Providers publish keys for encryption, too."""
    assert why_not(**members)[1]


@pytest.mark.parametrize("curve", ["secp256k1", "X25519", 5, None, ["P-256"]], ids=repr)
def test_a_curve_that_no_algorithm_has_is_passed_over(curve: object) -> None:
    """Without alg."""
    assert why_not("ES256", alg=None, crv=curve)[1]


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_key_confusion_a_public_key_is_no_secret(alg: str) -> None:
    """Whatever its alg says."""
    assert why_not(alg=alg)[0] == "it is for no algorithm that is allowed"


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_key_is_never_taken(member: str) -> None:
    """Who publishes it shares it with everybody."""
    why, harmless = why_not(**{member: "AQAB"})
    assert why.startswith("it is a private key")
    assert not harmless


@pytest.mark.parametrize("kid", ["", "a\nb", "k" * 513, 5, ["a"]], ids=repr)
def test_a_kid_that_no_token_could_have_is_passed_over(kid: object) -> None:
    """It is not taken as none."""
    assert why_not(kid=kid) == (
        "its kid is no printable text of 1 to 512 octets",
        False,
    )


def test_a_null_kid_is_none_that_can_be() -> None:
    """It is there, and no text."""
    with pytest.raises(PassedOver):
        read_as_is({**jwk("RS256"), "kid": None})


@pytest.mark.parametrize("value", [None, 5, "RSA", [], ["kty"]], ids=repr)
def test_what_is_no_object_is_passed_over(value: object) -> None:
    """The others live on."""
    with pytest.raises(PassedOver, match="no JSON object"):
        read_as_is(value)


def test_an_algorithm_that_is_not_allowed_is_passed_over() -> None:
    """Though the key is sound."""
    with pytest.raises(PassedOver):
        read_as_is(jwk("ES256"), algorithms=["RS256"])


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=3,
)
MEMBERS = st.sampled_from(["kty", "use", "key_ops", "alg", "kid", "crv", "n", "x", "d"])
TELLING = st.sampled_from(["RSA", "EC", "OKP", "sig", "RS256", "P-256", ["verify"]])


@given(st.dictionaries(MEMBERS, ANYTHING | TELLING))
def test_any_members_are_read_or_passed_over(members: dict[str, Any]) -> None:
    """Nothing else is raised."""
    try:
        found = read_as_is({"kty": "EC", "crv": "P-256", **members})
    except PassedOver:
        return
    assert set(found.algorithms) <= set(ASYMMETRIC)
