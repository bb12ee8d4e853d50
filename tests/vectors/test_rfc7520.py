import pytest

from jwtgate.errors import MalformedToken
from jwtgate.jose import parse_compact
from jwtgate.jose.hmac import HMACKey
from jwtgate.reason import Reason
from tests.vectors.published import Published, examples

EXAMPLES = examples("rfc7520")
SIGNED = list(EXAMPLES.values())


@pytest.mark.parametrize("example", SIGNED, ids=str)
def test_published_signature_holds(example: Published) -> None:
    """The signatures of sections 4.1 to 4.4 hold under the keys of section 3."""
    assert example.key().verify(example.signature, example.signing_input)


@pytest.mark.parametrize("example", SIGNED, ids=str)
def test_published_signature_covers_every_octet(example: Published) -> None:
    """A signature of section 4 does not hold for one octet less."""
    assert not example.key().verify(example.signature, example.signing_input[:-1])


@pytest.mark.parametrize("example", SIGNED, ids=str)
def test_changed_signature_does_not_hold(example: Published) -> None:
    """A signature of section 4 whose first bit is flipped does not hold."""
    changed = bytes([example.signature[0] ^ 0x80]) + example.signature[1:]
    assert not example.key().verify(changed, example.signing_input)


def test_hmac_of_4_4_is_reproduced() -> None:
    """Signing the input of 4.4 with its key gives the signature of 4.4."""
    key = EXAMPLES["4.4"].key()
    assert isinstance(key, HMACKey)
    assert key.sign(EXAMPLES["4.4"].signing_input) == EXAMPLES["4.4"].signature


@pytest.mark.parametrize("example", SIGNED, ids=str)
def test_plain_text_payload_is_no_jwt(example: Published) -> None:
    """The payload of section 4 is a sentence, which is no Claims Set."""
    with pytest.raises(MalformedToken) as refused:
        parse_compact(example.token.encode())
    assert refused.value.reason is Reason.PAYLOAD_MALFORMED
