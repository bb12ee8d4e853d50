import json

import pytest

from jwtgate.errors import InvalidKey
from jwtgate.jose import load_key
from tests.vectors.published import examples

EXAMPLES = examples("rfc8037")
SIGNED = EXAMPLES["A.4"]


def test_published_signature_holds() -> None:
    """The signature of A.4 holds under the public key of A.2, as A.5 shows."""
    assert SIGNED.key().verify(SIGNED.signature, SIGNED.signing_input)


def test_published_signature_covers_every_octet() -> None:
    """The signature of A.4 does not hold for one octet more."""
    assert not SIGNED.key().verify(SIGNED.signature, SIGNED.signing_input + b"g")


@pytest.mark.parametrize("octet", [0, 31, 32, 63], ids="octet-{}".format)
def test_changed_signature_does_not_hold(octet: int) -> None:
    """The signature of A.4 with one bit flipped in R or in S does not hold."""
    changed = bytearray(SIGNED.signature)
    changed[octet] ^= 1
    assert not SIGNED.key().verify(bytes(changed), SIGNED.signing_input)


def test_private_key_of_a1_is_refused() -> None:
    """The private JWK of A.1 is no verification key, and its d is not shown."""
    with pytest.raises(InvalidKey, match="private JWK") as refused:
        EXAMPLES["A.1"].key()
    assert EXAMPLES["A.1"].jwk["d"] not in str(refused.value)


@pytest.mark.parametrize("section", ["A.6", "A.7"])
def test_key_agreement_key_is_refused(section: str) -> None:
    """The X25519 key of A.6 and the X448 key of A.7 sign nothing."""
    with pytest.raises(InvalidKey):
        load_key("EdDSA", json.dumps(EXAMPLES[section].jwk).encode())
