import copy
import itertools
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import example, given
from hypothesis import strategies as st

from jwtgate.errors import InvalidKey
from jwtgate.jose import load_key
from jwtgate.jose.ec import ECKey, as_der
from tests.kit import public_pem, signature

SIZES = {"ES256": 32, "ES384": 48, "ES512": 66}
# The order of each group, FIPS 186-4 section D.1.2.
ORDERS = {
    "ES256": int(
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16
    ),
    "ES384": int(
        "ffffffffffffffffffffffffffffffffffffffffffffffff"
        "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        16,
    ),
    "ES512": int(
        "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
        "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        16,
    ),
}
TEXT = b"octets"

each_algorithm = pytest.mark.parametrize("algorithm", SIZES)


def key(algorithm: str) -> ECKey:
    """Load the public key of the tests."""
    loaded = load_key(algorithm, public_pem(algorithm).encode())
    assert isinstance(loaded, ECKey)
    return loaded


def signed(algorithm: str) -> tuple[int, int]:
    """Sign, and give r and s."""
    octets, size = signature(algorithm, TEXT, b""), SIZES[algorithm]
    return int.from_bytes(octets[:size], "big"), int.from_bytes(octets[size:], "big")


def written(algorithm: str, r: int, s: int, *, more: int = 0) -> bytes:
    """Write r and s as JWS does, each with so many octets more than it should have."""
    size = SIZES[algorithm] + more
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


# Keys.


@each_algorithm
def test_key_on_its_curve_is_loaded(algorithm: str) -> None:
    """RFC 7518 section 3.4: ES256 is P-256, ES384 is P-384, ES512 is P-521."""
    assert key(algorithm).algorithm == algorithm


@pytest.mark.parametrize(
    ("algorithm", "other"), list(itertools.permutations([*SIZES, "EdDSA", "RS256"], 2))
)
def test_key_of_another_algorithm_is_refused(algorithm: str, other: str) -> None:
    """A P-384 key is for ES384 and for nothing else, and so on."""
    with pytest.raises(InvalidKey, match=f"^{algorithm} needs an? .*public key"):
        load_key(algorithm, public_pem(other).encode())


# Signatures.


@each_algorithm
def test_good_signature_holds(algorithm: str) -> None:
    """R and s in full, one after the other, are a signature."""
    assert key(algorithm).verify(written(algorithm, *signed(algorithm)), TEXT)


@each_algorithm
@pytest.mark.parametrize(
    ("r", "s"), [(0, 0), (0, 1), (1, 0), (1, 1)], ids=["00", "01", "10", "11"]
)
def test_psychic_signature_is_refused(algorithm: str, r: int, s: int) -> None:
    """CVE-2022-21449: r and s of zero hold for any text where they are not checked."""
    assert not key(algorithm).verify(written(algorithm, r, s), TEXT)


@each_algorithm
@pytest.mark.parametrize(
    ("r", "s"), [(0, 1), (1, 0), (1, 1)], ids=["s-is-n", "r-is-n", "both-are-n"]
)
def test_psychic_signature_of_the_order_is_refused(
    algorithm: str, r: int, s: int
) -> None:
    """CVE-2022-21449, second guise: the order of the group is zero modulo itself."""
    n = ORDERS[algorithm]
    forged = written(algorithm, n * r or 1, n * s or 1)
    assert not key(algorithm).verify(forged, TEXT)


@each_algorithm
def test_largest_numbers_are_refused(algorithm: str) -> None:
    """R and s beyond the order are refused."""
    assert not key(algorithm).verify(b"\xff" * 2 * SIZES[algorithm], TEXT)


@pytest.mark.parametrize(("on_r", "on_s"), [(1, 0), (0, 1), (1, 1)])
def test_number_plus_order_is_refused(on_r: int, on_s: int) -> None:
    """In 66 octets there is room for r + n, which must not be a second spelling."""
    (r, s), n = signed("ES512"), ORDERS["ES512"]
    assert not key("ES512").verify(written("ES512", r + n * on_r, s + n * on_s), TEXT)


@each_algorithm
def test_negated_signature_holds(algorithm: str) -> None:
    """(r, n - s) holds as well: ECDSA is malleable, so no list may go by signature."""
    r, s = signed(algorithm)
    assert key(algorithm).verify(written(algorithm, r, ORDERS[algorithm] - s), TEXT)


@each_algorithm
def test_swapped_numbers_are_refused(algorithm: str) -> None:
    """R comes first."""
    r, s = signed(algorithm)
    assert not key(algorithm).verify(written(algorithm, s, r), TEXT)


@each_algorithm
def test_der_signature_is_refused(algorithm: str) -> None:
    """JWS does not write signatures as X.509 does (RFC 7518 section 3.4)."""
    assert not key(algorithm).verify(encode_dss_signature(*signed(algorithm)), TEXT)


@each_algorithm
@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 95, 96, 97, 131, 132, 133, 264])
def test_signature_of_another_length_is_refused(algorithm: str, size: int) -> None:
    """A good signature that is cut or filled up to another length is refused."""
    octets = written(algorithm, *signed(algorithm))
    held = key(algorithm).verify(octets[:size].ljust(size, b"\x00"), TEXT)
    assert held is (size == len(octets))


@each_algorithm
@pytest.mark.parametrize("zeros", [1, 2, 64], ids=str)
def test_padded_second_number_is_refused(algorithm: str, zeros: int) -> None:
    """Zeros before s alone leave both numbers what they are, and are refused."""
    octets, size = written(algorithm, *signed(algorithm)), SIZES[algorithm]
    padded = octets[:size] + bytes(zeros) + octets[size:]
    assert not key(algorithm).verify(padded, TEXT)


@each_algorithm
@pytest.mark.parametrize("more", [1, 2, 34], ids=str)
def test_padded_numbers_are_refused(algorithm: str, more: int) -> None:
    """Zeros before r and s do not make a second spelling."""
    padded = written(algorithm, *signed(algorithm), more=more)
    assert not key(algorithm).verify(padded, TEXT)


@pytest.mark.parametrize(
    ("algorithm", "curve"),
    [
        ("ES256", ec.SECP256R1()),
        ("ES384", ec.SECP384R1()),
        ("ES512", ec.SECP521R1()),
    ],
)
def test_signature_of_another_key_is_refused(
    algorithm: str, curve: ec.EllipticCurve
) -> None:
    """A signature holds under the key that made it alone."""
    octets = written(algorithm, *signed(algorithm))
    other = ECKey(algorithm, ec.derive_private_key(2, curve).public_key())
    assert not other.verify(octets, TEXT)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[int, int, int]:
    """Draw the octets of a number, and two numbers, short ones as often as long."""
    size = draw(st.sampled_from(sorted(SIZES.values())))
    lengths = st.integers(0, 8 * size)
    numbers = lengths.flatmap(lambda bits: st.integers(0, 2**bits - 1))
    return size, draw(numbers), draw(numbers)


@given(pairs())
@example((32, 0, 0))
@example((32, 0x7F, 0x80))
@example((66, 2**528 - 1, 2**528 - 1))
def test_numbers_are_written_for_openssl_as_its_own_writer_does(
    drawn: tuple[int, int, int],
) -> None:
    """Any two numbers give one DER: no leading zeros, and none is negative."""
    size, r, s = drawn
    octets = r.to_bytes(size, "big") + s.to_bytes(size, "big")
    assert as_der(octets, size) == encode_dss_signature(r, s)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copy_of_a_key_is_itself(duplicate: Callable[[object], object]) -> None:
    """A key cannot change, so one will do; its material cannot always be copied."""
    key = load_key("ES256", public_pem("ES256").encode())
    assert duplicate(key) is key
