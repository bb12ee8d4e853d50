import json
from base64 import b64encode, urlsafe_b64encode
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import InvalidKey
from jwtgate.jose import VerificationKey, load_key
from jwtgate.jose.disguise import key_form
from jwtgate.masked import Secret
from jwtgate.material import hmac_key, public_key
from tests.kit import public_pem

JWK = {
    "kty": "OKP",
    "crv": "Ed25519",
    # RFC 8037 A.2
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}


def decoded(text: str | bytes) -> VerificationKey:
    """Make an HS256 key of a secret in base64."""
    return hmac_key("HS256", Secret(text), is_base64=True, allow_weak=True)


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("+/+/", b"\xfb\xff\xbf"),
        ("-_-_", b"\xfb\xff\xbf"),
        ("AQIDBA==", b"\1\2\3\4"),
        ("AQIDBA", b"\1\2\3\4"),
        ("AQID", b"\1\2\3"),
    ],
    ids=["standard", "url-safe", "padded", "unpadded", "no padding needed"],
)
def test_base64_of_either_alphabet_is_decoded(text: str, octets: bytes) -> None:
    """Padding is as it must be, or left out whole."""
    assert decoded(text) is load_key("HS256", octets)


@pytest.mark.parametrize(
    "text",
    [
        "+/-_",
        "AQIDBA=",
        "AQIDBA===",
        "AQID=",
        "AQI=DBA=",
        "AQID BA==",
        "AQIDBA==\n",
        " AQIDBA==",
        "AQIDB",
        "=",
        "====",
        "se*cret",
        b"\xff\xff\xff\xff",
    ],
    ids=[
        "mixed alphabets",
        "half the padding",
        "too much padding",
        "needless padding",
        "padding within",
        "blank within",
        "line end",
        "blank before",
        "impossible length",
        "padding alone",
        "much padding alone",
        "foreign character",
        "no ASCII",
    ],
)
def test_what_is_no_base64_is_refused(text: str | bytes) -> None:
    """A lenient reading would make another key than the operator's other systems."""
    with pytest.raises(InvalidKey, match="not base64"):
        decoded(text)


@given(octets=st.binary(min_size=1).filter(lambda octets: key_form(octets) is None))
def test_every_base64_of_octets_makes_the_same_key(octets: bytes) -> None:
    """The alphabet and the padding do not matter."""
    spellings = [b64encode(octets), urlsafe_b64encode(octets)]
    spellings += [text.rstrip(b"=") for text in spellings]
    assert {decoded(text) for text in spellings} == {load_key("HS256", octets)}


@given(text=st.binary() | st.binary(min_size=1).map(b64encode))
def test_no_secret_makes_anything_but_a_key_or_an_invalid_key(text: bytes) -> None:
    """Foreign errors would pass a file's reader."""
    try:
        key = decoded(text)
    except InvalidKey:
        return
    assert key.algorithm == "HS256"


@pytest.mark.parametrize("secret", [None, "plain", b"octets", Secret("")], ids=repr)
def test_an_hs_algorithm_needs_a_masked_secret(secret: object) -> None:
    """What is not masked does not get here."""
    with pytest.raises(InvalidKey, match="HS256 needs a secret"):
        hmac_key("HS256", secret, is_base64=False, allow_weak=True)


def test_the_length_of_a_base64_secret_is_that_of_its_octets() -> None:
    """44 characters of base64 may be 32 octets, and 40 are too few."""
    short = Secret(b64encode(b"s" * 30))
    with pytest.raises(InvalidKey, match="this one has 30"):
        hmac_key("HS256", short, is_base64=True, allow_weak=False)


def test_a_weak_key_may_be_allowed() -> None:
    """Then one octet will do."""
    key = hmac_key("HS256", Secret("s"), is_base64=False, allow_weak=True)
    assert key is load_key("HS256", b"s")


@pytest.mark.parametrize(
    "material",
    [JWK, MappingProxyType(JWK), json.dumps(JWK), json.dumps(JWK).encode()],
    ids=["dict", "mapping", "text", "octets"],
)
def test_a_jwk_may_be_a_mapping_or_a_text(material: object) -> None:
    """Operators have both."""
    assert public_key("EdDSA", material).algorithm == "EdDSA"


def test_a_pem_may_be_a_text_or_octets() -> None:
    """Both make the same key."""
    pem = public_pem("ES256")
    assert public_key("ES256", pem) is public_key("ES256", pem.encode())


NESTED: dict[str, object] = {}
NESTED["x"] = NESTED


@pytest.mark.parametrize(
    "material",
    [None, "", b"", 5, bytearray(b"pem"), "\ud800", {"kty": {1}}, NESTED],
    ids=[
        "None",
        "empty text",
        "no octets",
        "number",
        "bytearray",
        "surrogate",
        "no JSON",
        "circle",
    ],
)
def test_what_cannot_be_a_public_key_is_refused(material: object) -> None:
    """As an InvalidKey, whatever it is."""
    with pytest.raises(InvalidKey, match="ES256 needs a public_key"):
        public_key("ES256", material)
