import pytest

from jwtgate.errors import InvalidKey, KeyRejected, MalformedToken
from jwtgate.jose import load_key, parse_compact, verify
from jwtgate.jose.hmac import HMACKey
from jwtgate.reason import Reason
from tests.vectors.published import Published, examples

EXAMPLES = examples("rfc7515")
SIGNED = [example for example in EXAMPLES.values() if example.jwk]
JWTS = [example for example in SIGNED if example.section != "A.4"]


@pytest.mark.parametrize("example", SIGNED, ids=str)
def test_published_signature_holds(example: Published) -> None:
    """The signatures of appendix A hold under the keys of appendix A."""
    assert example.key().verify(example.signature, example.signing_input)


@pytest.mark.parametrize("example", SIGNED, ids=str)
def test_published_signature_covers_every_octet(example: Published) -> None:
    """A signature of appendix A does not hold for one octet more."""
    assert not example.key().verify(example.signature, example.signing_input + b"A")


@pytest.mark.parametrize("example", SIGNED, ids=str)
def test_changed_signature_does_not_hold(example: Published) -> None:
    """A signature of appendix A whose last bit is flipped does not hold."""
    changed = example.signature[:-1] + bytes([example.signature[-1] ^ 1])
    assert not example.key().verify(changed, example.signing_input)


@pytest.mark.parametrize("example", JWTS, ids=str)
def test_published_token_is_verified(example: Published) -> None:
    """The tokens of A.1 to A.3 give the Claims Set that the RFC shows."""
    token = verify(parse_compact(example.token.encode()), example.key())
    assert token.claims == {
        "iss": "joe",
        "exp": 1300819380,
        "http://example.com/is_root": True,
    }


def test_hmac_of_a1_is_reproduced() -> None:
    """Signing the input of A.1 with its key gives the signature of A.1."""
    key = EXAMPLES["A.1"].key()
    assert isinstance(key, HMACKey)
    assert key.sign(EXAMPLES["A.1"].signing_input) == EXAMPLES["A.1"].signature


def test_payload_of_a4_is_no_jwt() -> None:
    """The payload of A.4 is the word Payload, which is no Claims Set."""
    with pytest.raises(MalformedToken) as refused:
        parse_compact(EXAMPLES["A.4"].token.encode())
    assert refused.value.reason is Reason.PAYLOAD_MALFORMED


@pytest.mark.parametrize("example", SIGNED, ids=str)
def test_unsecured_token_of_a5_is_refused(example: Published) -> None:
    """The unsecured JWS of A.5 is refused under every key of appendix A."""
    unsecured = parse_compact(EXAMPLES["A.5"].token.encode())
    with pytest.raises(KeyRejected) as refused:
        verify(unsecured, example.key())
    assert refused.value.reason is Reason.ALGORITHM_MISMATCH


def test_no_key_has_the_algorithm_of_a5() -> None:
    """There is no key for the algorithm none."""
    with pytest.raises(InvalidKey, match="algorithm must be one of"):
        load_key("none", b"")


def test_negative_example_of_appendix_e_is_refused() -> None:
    """The token of appendix E asks for an extension nobody understands."""
    with pytest.raises(MalformedToken) as refused:
        parse_compact(EXAMPLES["E"].token.encode())
    assert refused.value.reason is Reason.EXTENSION_UNSUPPORTED
