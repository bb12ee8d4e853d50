from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from jwtgate.jose import base64url
from tests.doctor.cases import JILL, KEYS, SECRETS, credential, settings
from tests.doctor.conftest import Found
from tests.kit import NOW, private_key, public_pem


@pytest.mark.parametrize("code", KEYS)
def test_weak_secret_is_found(code: str, found: Found) -> None:
    """What is weak about a secret or a key has its code."""
    assert found(KEYS[code][0], code)


@pytest.mark.parametrize("code", KEYS)
def test_sound_secret_is_not(code: str, found: Found) -> None:
    """What is not weak in that way is not told of."""
    assert not found(KEYS[code][1], code)


def test_published_secret_in_base64_is_found(found: Found) -> None:
    """Writing it in base64 hides it from nobody."""
    row = credential(secret="c2VjcmV0", secret_is_base64=True, allow_weak_secret=True)
    assert found(settings(row), "JG301")


def test_secret_shared_in_another_spelling_is_found(found: Found) -> None:
    """Two are the same if the HMAC is keyed with the same octets."""
    spelled = credential(
        1,
        secret=b64encode(SECRETS[0].encode()).decode(),
        secret_is_base64=True,
        consumer=JILL,
    )
    (one,) = found(settings(credential(), spelled), "JG305")
    assert one.what == (
        "is the same as the credential 'key-0' of jack.secret, of another consumer"
    )


def test_key_shared_as_jwk_is_found(found: Found) -> None:
    """A PEM and a JWK of one key are one key."""
    pem = credential(algorithm="ES256", public_key=public_pem("ES256").encode())
    jwk = credential(1, algorithm="ES256", public_key=public_jwk(), consumer=JILL)
    assert found(settings(pem, jwk), "JG306")


@pytest.mark.parametrize("fields", [{"enabled": False}, {"retire_after": NOW}])
def test_credential_that_verifies_nothing_is_not_looked_at(
    fields: dict[str, Any], found: Found
) -> None:
    """What is disabled or retired needs no new secret."""
    row = credential(secret="secret", allow_weak_secret=True, **fields)
    assert not found(settings(row), "JG301")


def test_short_secret_says_how_short(found: Found) -> None:
    """The lengths are told, and nothing else of it."""
    (one,) = found(KEYS["JG303"][0], "JG303")
    assert one.what == "has 32 octets, and HS512 wants 64"


def public_jwk() -> dict[str, str]:
    """Give the key of ES256 as a JWK."""
    key = private_key("ES256").public_key()
    assert isinstance(key, EllipticCurvePublicKey)
    numbers = key.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": base64url.encode(numbers.x.to_bytes(32, "big")).decode(),
        "y": base64url.encode(numbers.y.to_bytes(32, "big")).decode(),
    }
