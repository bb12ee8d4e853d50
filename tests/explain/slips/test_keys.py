import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwtgate import Credential, UnusableCredential
from jwtgate.issue import generate_keypair
from jwtgate.jose import base64url
from tests.explain.kit import explained, slips
from tests.kit import KEY, credential, jack, mint, private_key, public_pem, segment

RSA, ES = credential(algorithm="RS256"), credential(algorithm="ES256")


def jwk() -> dict[str, str]:
    """Write the public key of ES256 as JWK."""
    key = private_key("ES256")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    numbers = key.public_key().public_numbers()
    x, y = (base64url.encode(each.to_bytes(32)) for each in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x.decode(), "y": y.decode()}


def rsa_forms() -> list[bytes]:
    """Write the public key of RS256 in every form."""
    key = private_key("RS256")
    assert isinstance(key, RSAPrivateKey)
    return [
        key.public_key().public_bytes(encoding, form)
        for encoding in (Encoding.PEM, Encoding.DER)
        for form in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1)
    ]


@pytest.mark.parametrize("form", range(4), ids=["pem", "pkcs1", "der", "pkcs1-der"])
def test_a_token_forged_with_the_public_key_is_called_an_attack(form: int) -> None:
    """Algorithm confusion, in whatever form the key is written (CVE-2022-29217)."""
    found = explained(mint(secret=rsa_forms()[form]), RSA)
    assert slips(found) == ["public_key_as_secret"]
    assert "how tokens are forged" in found.summary


@pytest.mark.parametrize("end", ["", "\n"], ids=["stripped", "with line end"])
def test_the_attack_is_seen_without_the_line_end_too(end: str) -> None:
    """Who copies a PEM may leave it out."""
    found = explained(mint(secret=public_pem("ES256").strip() + end), ES)
    assert slips(found) == ["public_key_as_secret"]


@pytest.mark.parametrize("as_text", [True, False], ids=["text", "mapping"])
def test_the_attack_is_seen_where_the_key_is_a_jwk(as_text: bool) -> None:  # noqa: FBT001
    """Its PEM can be made by anybody."""
    material = json.dumps(jwk()) if as_text else jwk()
    row = Credential(consumer=jack(), key=KEY, algorithm="ES256", public_key=material)
    found = explained(mint(secret=public_pem("ES256")), row)
    assert slips(found) == ["public_key_as_secret"]


def test_a_shared_secret_for_a_key_pair_is_no_attack() -> None:
    """It is of another algorithm, and that is all."""
    assert slips(explained(mint(), ES)) == []


def test_another_key_is_named() -> None:
    """Whose private key it was is not known."""
    row = Credential(
        consumer=jack(),
        key=KEY,
        algorithm="ES256",
        public_key=generate_keypair("ES256").public_key,
    )
    found = explained(mint(algorithm="ES256"), row)
    assert slips(found) == ["another_key"]


def test_another_key_of_another_algorithm_is_not_named_twice() -> None:
    """Of two credentials, the one of the token's algorithm is meant."""
    rows = [
        credential(algorithm="EdDSA"),
        Credential(
            consumer=jack(),
            key=KEY,
            algorithm="ES256",
            public_key=generate_keypair("ES256").public_key,
        ),
    ]
    assert slips(explained(mint(algorithm="ES256"), *rows)) == ["another_key"]


def test_the_same_key_under_another_algorithm_is_named() -> None:
    """PS256 for a credential of RS256."""
    found = explained(mint(algorithm="PS256"), RSA)
    assert slips(found) == ["another_algorithm"]
    assert "PS256 and the credential RS256" in found.summary


@pytest.mark.parametrize("algorithm", ["RS512", "ES384"], ids=["changed", "curve"])
def test_a_key_that_does_not_fit_is_no_slip(algorithm: str) -> None:
    """Neither another hash under another key, nor another curve."""
    head = {"alg": algorithm}
    token = f"{mint(header=head).rpartition('.')[0]}.c2ln"
    row = RSA if algorithm.startswith("RS") else ES
    assert slips(explained(token, row)) == []


def test_a_signature_in_der_form_is_named() -> None:
    """OpenSSL writes ECDSA signatures so, and JOSE does not."""
    signed = segment({"alg": "ES256"}) + b"." + segment({"iss": KEY})
    key = private_key("ES256")
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    der = key.sign(signed, ec.ECDSA(hashes.SHA256()))
    token = (signed + b"." + segment(der)).decode()
    assert slips(explained(token, ES)) == ["der_signature"]


def test_numbers_too_large_for_the_curve_are_another_key() -> None:
    """They cannot be written in full."""
    large = encode_dss_signature(2**300, 1)
    signed = segment({"alg": "ES256"}) + b"." + segment({"iss": KEY})
    token = (signed + b"." + segment(large)).decode()
    assert slips(explained(token, ES)) == ["another_key"]


def test_the_private_half_in_a_credential_is_named() -> None:
    """A store may say so of a row."""
    row = UnusableCredential(key=KEY, why="public_key holds a private key")
    found = explained(mint(), row)
    assert slips(found) == ["wrong_half"]


def test_a_row_that_is_unusable_for_another_reason_is_not_it() -> None:
    """It says why itself."""
    rows = [UnusableCredential(key=KEY, why="out of reach")]
    assert slips(explained(mint(), *rows)) == []


def test_a_signature_that_cannot_be_read_is_of_no_key() -> None:
    """Nothing is compared with it."""
    token = mint(algorithm="PS256").rpartition(".")[0] + ".?"
    assert slips(explained(token, RSA, ES)) == []
