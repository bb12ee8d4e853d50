import copy
import hmac
import json
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.errors import InvalidKey
from jwtgate.jose import load_key
from jwtgate.jose.hmac import HMACKey
from tests.kit import SECRET, public_pem
from tests.vectors.published import read

ALGORITHMS = ["HS256", "HS384", "HS512"]
SIZES = {"HS256": 32, "HS384": 48, "HS512": 64}
TEXT = b"octets"

each_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)
each_vector = pytest.mark.parametrize(
    "vector", read("rfc4231"), ids=lambda vector: f"case-{vector['case']}"
)


def key(algorithm: str, secret: bytes = SECRET.encode()) -> HMACKey:
    """Load a secret."""
    loaded = load_key(algorithm, secret)
    assert isinstance(loaded, HMACKey)
    return loaded


@each_algorithm
@each_vector
def test_vector_of_rfc_4231_is_reproduced(
    vector: dict[str, str], algorithm: str
) -> None:
    """Signing gives the MACs of RFC 4231 section 4."""
    made = key(algorithm, bytes.fromhex(vector["key"]))
    mac = bytes.fromhex(vector[algorithm])
    assert made.sign(bytes.fromhex(vector["data"])) == mac


@each_algorithm
@each_vector
def test_vector_of_rfc_4231_holds(vector: dict[str, str], algorithm: str) -> None:
    """The MACs of RFC 4231 section 4 hold."""
    made = key(algorithm, bytes.fromhex(vector["key"]))
    mac = bytes.fromhex(vector[algorithm])
    assert made.verify(mac, bytes.fromhex(vector["data"]))


@each_algorithm
@given(st.binary(min_size=1, max_size=300), st.binary(max_size=300))
def test_own_mac_holds(algorithm: str, secret: bytes, text: bytes) -> None:
    """What the standard library signs at once, halves that are kept verify, twice."""
    made = HMACKey(algorithm, secret)
    mac = hmac.digest(secret, text, f"sha{algorithm[2:]}")
    assert (made.sign(text), made.verify(mac, text)) == (mac, True)
    assert made.verify(mac, text)
    assert not made.verify(mac, text + b"\0")


@each_algorithm
@pytest.mark.parametrize("lacking", [1, 16, 31, 32])
def test_truncated_mac_is_refused(algorithm: str, lacking: int) -> None:
    """Truncation as in RFC 2104 section 5 would make a MAC easy to guess."""
    mac = key(algorithm).sign(TEXT)
    assert not key(algorithm).verify(mac[:-lacking], TEXT)


@each_algorithm
def test_empty_mac_is_refused(algorithm: str) -> None:
    """No MAC at all is not a MAC cut to nothing."""
    assert not key(algorithm).verify(b"", TEXT)


@each_algorithm
@pytest.mark.parametrize("more", [b"\x00", b"=", b" ", b"\n"], ids=ascii)
def test_lengthened_mac_is_refused(algorithm: str, more: bytes) -> None:
    """A MAC with anything after it is refused."""
    assert not key(algorithm).verify(key(algorithm).sign(TEXT) + more, TEXT)


@each_algorithm
@pytest.mark.parametrize("octet", [0, 15, -1])
def test_changed_mac_is_refused(algorithm: str, octet: int) -> None:
    """One bit flipped, and the MAC does not hold."""
    changed = bytearray(key(algorithm).sign(TEXT))
    changed[octet] ^= 0x80
    assert not key(algorithm).verify(bytes(changed), TEXT)


@pytest.mark.parametrize("other", ["HS384", "HS512"])
def test_longer_hash_cut_to_size_is_refused(other: str) -> None:
    """The first 32 octets of another hash's MAC are no HS256."""
    assert not key("HS256").verify(key(other).sign(TEXT)[:32], TEXT)


@each_algorithm
def test_hexadecimal_mac_is_refused(algorithm: str) -> None:
    """A MAC is octets, not their hexadecimal digits."""
    assert not key(algorithm).verify(key(algorithm).sign(TEXT).hex().encode(), TEXT)


def test_mac_of_another_secret_is_refused() -> None:
    """A MAC holds under the secret that made it alone."""
    assert not key("HS256").verify(key("HS256", b"x" * 32).sign(TEXT), TEXT)


@each_algorithm
def test_mac_is_as_long_as_the_hash(algorithm: str) -> None:
    """RFC 7518 section 3.2: the MAC is the whole output."""
    assert len(key(algorithm).sign(TEXT)) == SIZES[algorithm]


# Secrets.


@each_algorithm
def test_empty_secret_is_refused(algorithm: str) -> None:
    """Everybody knows the empty secret."""
    with pytest.raises(InvalidKey, match=r"^the secret is empty$"):
        load_key(algorithm, b"")


@pytest.mark.parametrize(
    ("secret", "form"),
    [
        (public_pem("RS256").encode(), "PEM"),
        (b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKIbDYQ35ApM joe@example.com", "SSH"),
        (json.dumps({"kty": "oct", "k": "c2VjcmV0LXBhcnQ"}).encode(), "JWK"),
    ],
    ids=["PEM", "SSH", "JWK"],
)
@each_algorithm
def test_disguised_key_is_refused(algorithm: str, secret: bytes, form: str) -> None:
    """A public key as HMAC secret lets everyone sign who has it."""
    with pytest.raises(InvalidKey, match=f"a key in {form} form.*as public_key"):
        load_key(algorithm, secret)


def test_refusal_does_not_show_the_secret() -> None:
    """The error names the form of the key, and nothing of it."""
    secret = b'{"kty": "oct", "k": "c2VjcmV0LXBhcnQ"}'
    with pytest.raises(InvalidKey) as refused:
        load_key("HS256", secret)
    assert "c2VjcmV0LXBhcnQ" not in str(refused.value)


@pytest.mark.parametrize("show", [repr, str, ascii, "{}".format])
def test_secret_is_not_shown(show: Callable[[object], str]) -> None:
    """However a key is written, it names its algorithm alone."""
    assert show(key("HS256")) == "<HMACKey HS256>"


def test_key_cannot_be_pickled() -> None:
    """A pickle would hold the secret."""
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(key("HS256"))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copy_of_a_key_is_itself(duplicate: Callable[[object], object]) -> None:
    """It cannot change, so that ``dataclasses.asdict`` of a credential works."""
    assert duplicate(key("HS256")) is key("HS256")


def test_key_has_no_dict() -> None:
    """What walks the attributes of objects, as loggers do, finds none here."""
    assert not hasattr(key("HS256"), "__dict__")
