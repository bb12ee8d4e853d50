import json

import pytest

from jwtgate import Consumer, Credential
from jwtgate.cli.errors import UsageError
from jwtgate.cli.keymaking import CURVES, make_pair, pem_of, secret_jwk, thumbprint
from jwtgate.issue import issue
from jwtgate.jose import ALGORITHMS

NAMES = [name for name, row in ALGORITHMS.items() if not row.symmetric]


@pytest.mark.parametrize("name", [*NAMES, *CURVES])
def test_a_pair_signs_and_verifies_in_both_notations(name: str) -> None:
    """What a gate holds is the half of what signs."""
    algorithm = CURVES.get(name, name)
    pair = make_pair(name, bits=2048, kid=None)
    for public in (pair.public_pem, pair.public_jwk):
        credential = Credential(
            consumer=Consumer(username="jack"),
            key="jack-key",
            algorithm=algorithm,
            public_key=public,
        )
        for private in (pair.private_pem, json.dumps(pair.private_jwk)):
            assert issue(credential, private_key=pem_of(algorithm, private))


def test_the_kid_is_the_thumbprint() -> None:
    """The same by whoever computes it (RFC 7638)."""
    pair = make_pair("Ed25519", bits=0, kid=None)
    assert pair.public_jwk["kid"] == pair.private_jwk["kid"]
    assert len(pair.public_jwk["kid"]) == 43


def test_thumbprint_of_rfc_8037() -> None:
    """Appendix A.3: the example's key has the example's thumbprint."""
    public = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_public_jwk_has_nothing_private() -> None:
    """No member of the private half is in it."""
    pair = make_pair("RS256", bits=2048, kid="2027")
    assert list(pair.public_jwk) == ["kty", "n", "e", "use", "alg", "kid"]
    assert {"d", "p", "q"} < set(pair.private_jwk)


def test_a_pair_shows_its_public_half_alone() -> None:
    """A traceback may show the value."""
    pair = make_pair("ES256", bits=0, kid=None)
    assert pair.private_jwk["d"] not in repr(pair)
    assert "PRIVATE" not in repr(pair)


def test_a_secret_is_a_jwk_too() -> None:
    """RFC 7518 6.4: octets in base64url; a kid if there is one."""
    jwk = {"kty": "oct", "k": "AAE", "use": "sig", "alg": "HS256"}
    assert secret_jwk("HS256", b"\0\1", None) == jwk
    assert secret_jwk("HS256", b"\0\1", "7") == {**jwk, "kid": "7"}


@pytest.mark.parametrize(
    "jwk",
    [
        "{",
        "{}",
        '{"kty": "oct", "k": "AAE"}',
        json.dumps(dict(make_pair("Ed448", bits=0, kid=None).private_jwk)),
        json.dumps(dict(make_pair("ES256", bits=0, kid=None).public_jwk)),
    ],
    ids=["no JSON", "empty", "a secret", "another kind", "public"],
)
def test_a_jwk_that_does_not_sign_is_usage(jwk: str) -> None:
    """It is not shown, since it may be a private one."""
    with pytest.raises(
        UsageError, match=r"^the JWK is no private key for ES256$"
    ) as no:
        pem_of("ES256", jwk)
    assert no.value.__context__ is None
