import base64

import jwt
import pytest

from benchmarks.tokens import ALGORITHMS, floor, token, verifying_key


def test_the_payload_is_of_95_octets() -> None:
    """As those who compare by such a token have it."""
    payload = token("HS256").split(".")[1]
    assert len(base64.urlsafe_b64decode(payload + "==")) == 95


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_tokens_are_signed_with_the_key_that_verifies_them(algorithm: str) -> None:
    """What is measured is a good token."""
    key = verifying_key(algorithm)
    assert jwt.decode(token(algorithm), key, algorithms=[algorithm])


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_the_floor_checks_a_signature_that_holds(algorithm: str) -> None:
    """It would raise otherwise; what fails early would be no floor."""
    assert floor(algorithm)() is None


def test_the_floor_of_an_hmac_computes_it() -> None:
    """One call, over the octets that the signature covers."""
    given = token("HS256")
    last = base64.urlsafe_b64decode(given.rpartition(".")[2] + "=")
    assert floor("HS256", given)() == last
