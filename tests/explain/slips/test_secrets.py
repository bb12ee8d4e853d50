from base64 import b64encode, urlsafe_b64encode

import pytest

from jwtgate import Credential
from tests.explain.kit import explained, slips
from tests.kit import KEY, SECRET, credential, mint, public_pem

OCTETS = b"\x00\xff" * 32
BASE64 = b64encode(OCTETS).decode()


def of(secret: str | bytes, **fields: object) -> Credential:
    """Make a credential of a secret."""
    return credential(secret=secret, **fields)


@pytest.mark.parametrize(
    ("row", "signed_with", "slip"),
    [
        (of(BASE64), OCTETS, "secret_read_raw"),
        (of(urlsafe_b64encode(OCTETS).rstrip(b"=")), OCTETS, "secret_read_raw"),
        (of(BASE64 + "\n"), OCTETS, "secret_read_raw"),
        (of(BASE64, secret_is_base64=True), BASE64, "secret_read_as_base64"),
        (of(BASE64, secret_is_base64=True), BASE64 + "\n", "secret_read_as_base64"),
        (of(OCTETS.hex()), OCTETS, "secret_read_as_hex"),
        (of(SECRET), b64encode(SECRET.encode()), "secret_wrapped"),
        (of(SECRET), SECRET + "\n", "secret_with_line_end"),
        (of(SECRET), SECRET + "\r\n", "secret_with_line_end"),
        (of(SECRET + "\n"), SECRET, "secret_with_line_end"),
        (of(BASE64, secret_is_base64=True), OCTETS + b"\n", "secret_with_line_end"),
        (of(SECRET), f'"{SECRET}"', "secret_quoted"),
        (of(f"'{SECRET}'"), SECRET, "secret_quoted"),
    ],
    ids=lambda value: value if isinstance(value, str) and "secret_" in value else "",
)
def test_what_a_secret_was_taken_for_is_named(
    row: Credential, signed_with: str | bytes, slip: str
) -> None:
    """By what the signature holds under; the secret is not told."""
    found = explained(mint(secret=signed_with), row)
    assert slips(found) == [slip]
    assert BASE64 not in str(found)
    assert OCTETS.hex() not in str(found)


def test_the_lab_s_tick_is_named() -> None:
    """At jwt.io, 'secret base64 encoded' was ticked for a secret that is none."""
    found = explained(mint(secret=OCTETS), of(BASE64))
    assert "untick 'secret base64 encoded'" in found.summary


def test_another_secret_is_no_slip() -> None:
    """What fits nothing is not guessed at."""
    found = explained(mint(secret="another-secret"))
    assert slips(found) == []
    assert "none of the usual mistakes fits" in found.summary


@pytest.mark.parametrize(
    "row",
    [of(SECRET), of(b64encode(SECRET.encode()), secret_is_base64=True)],
    ids=["raw", "base64"],
)
def test_another_hash_under_the_same_secret_is_named(row: Credential) -> None:
    """A token of HS512 for a credential of HS256."""
    found = explained(mint(algorithm="HS512"), row)
    assert slips(found) == ["another_hash"]
    assert "HS512 and the credential HS256" in found.summary


def test_another_hash_under_another_secret_is_none() -> None:
    """It would not help to sign with the credential's hash."""
    found = explained(mint(algorithm="HS512", secret="x"))
    assert slips(found) == []


def test_a_token_of_a_key_pair_is_compared_with_no_secret() -> None:
    """It has no MAC."""
    row = Credential(
        consumer=credential().consumer,
        key=KEY,
        algorithm="ES256",
        public_key=public_pem("ES256"),
    )
    token = mint(algorithm="RS256", header={"alg": "RS256"})
    assert slips(explained(token, credential(), row)) == []


def test_a_credential_of_another_kid_is_not_looked_at() -> None:
    """The gate would not, either."""
    token = mint(secret=SECRET + "\n", header={"alg": "HS256", "kid": "b"})
    rows = [credential(kid="a"), credential(kid="b", secret="b" * 64)]
    assert slips(explained(token, *rows)) == []


def test_a_signature_that_cannot_be_read_is_compared_with_nothing() -> None:
    """It is of no secret."""
    token = mint(algorithm="HS512").rpartition(".")[0] + ".?"
    assert slips(explained(token)) == []
