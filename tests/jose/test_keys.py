import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import (
    dsa,
    ec,
    ed448,
    ed25519,
    rsa,
    x448,
    x25519,
)
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate.errors import InvalidKey
from jwtgate.jose import ALGORITHMS, VerificationKey, load_key
from jwtgate.jose.keys import INTERNED_KEYS
from tests.kit import SECRET, public_pem, signature

ASYMMETRIC = [name for name, row in ALGORITHMS.items() if not row.symmetric]

KINDS: dict[str, PublicKeyTypes] = {
    "RSA": rsa.RSAPublicNumbers(65537, 2**2047 + 1).public_key(),
    "DSA": dsa.DSAPublicNumbers(
        4, dsa.DSAParameterNumbers(2**2047 + 1, 2**255 + 1, 2)
    ).public_key(),
    "P-256": ec.derive_private_key(1, ec.SECP256R1()).public_key(),
    "P-384": ec.derive_private_key(1, ec.SECP384R1()).public_key(),
    "P-521": ec.derive_private_key(1, ec.SECP521R1()).public_key(),
    "secp256k1": ec.derive_private_key(1, ec.SECP256K1()).public_key(),
    "brainpoolP256r1": ec.derive_private_key(1, ec.BrainpoolP256R1()).public_key(),
    "Ed25519": ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key(),
    "Ed448": ed448.Ed448PrivateKey.from_private_bytes(bytes(57)).public_key(),
    "X25519": x25519.X25519PrivateKey.from_private_bytes(bytes(32)).public_key(),
    "X448": x448.X448PrivateKey.from_private_bytes(bytes(56)).public_key(),
}
FITTING = {
    "RSA": ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
    "P-256": ["ES256"],
    "P-384": ["ES384"],
    "P-521": ["ES512"],
    "Ed25519": ["EdDSA"],
    "Ed448": ["EdDSA"],
}
FITTING_PAIRS = [(name, kind) for kind, names in FITTING.items() for name in names]
OTHER_PAIRS = [
    (name, kind)
    for name in ASYMMETRIC
    for kind in KINDS
    if (name, kind) not in FITTING_PAIRS
]


def material(algorithm: str) -> bytes:
    """Give what a credential of this algorithm holds."""
    if ALGORITHMS[algorithm].symmetric:
        return SECRET.encode()
    return public_pem(algorithm).encode()


def pem(kind: str) -> bytes:
    """Write a key of some kind as PEM."""
    return KINDS[kind].public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def loaded(algorithm: str) -> VerificationKey:
    """Load the key of an algorithm."""
    return load_key(algorithm, material(algorithm))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_key_is_bound_to_its_algorithm(algorithm: str) -> None:
    """A key says for which algorithm it was loaded."""
    assert loaded(algorithm).algorithm == algorithm


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_good_signature_holds(algorithm: str) -> None:
    """What was signed with the algorithm and the key is verified."""
    assert loaded(algorithm).verify(signature(algorithm, b"octets", SECRET), b"octets")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_signature_of_other_octets_does_not_hold(algorithm: str) -> None:
    """A signature covers exactly what was signed."""
    assert not loaded(algorithm).verify(signature(algorithm, b"a", SECRET), b"b")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("change", [b"", b"\x00"], ids=["empty", "one-octet"])
def test_signature_of_no_length_does_not_hold(algorithm: str, change: bytes) -> None:
    """Neither no signature at all nor a single octet holds."""
    assert not loaded(algorithm).verify(change, b"octets")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(octets=st.binary(max_size=600), signed=st.binary(max_size=20))
@settings(max_examples=50, deadline=None)
def test_any_signature_is_judged(algorithm: str, octets: bytes, signed: bytes) -> None:
    """Random octets are no signature, and checking them raises nothing."""
    assert loaded(algorithm).verify(octets, signed) is False


@pytest.mark.parametrize(("algorithm", "kind"), FITTING_PAIRS)
def test_fitting_key_is_loaded(algorithm: str, kind: str) -> None:
    """Each algorithm has its type of key, and ECDSA its curve."""
    assert load_key(algorithm, pem(kind)).algorithm == algorithm


@pytest.mark.parametrize(("algorithm", "kind"), OTHER_PAIRS)
def test_key_of_another_kind_is_refused(algorithm: str, kind: str) -> None:
    """A key of another type or on another curve is refused, with what is needed."""
    with pytest.raises(InvalidKey, match=f"^{algorithm} needs an? "):
        load_key(algorithm, pem(kind))


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
@pytest.mark.parametrize("kind", KINDS)
def test_public_key_is_no_hmac_secret(algorithm: str, kind: str) -> None:
    """CVE-2022-29217: who has the public key could sign, were it an HMAC secret."""
    with pytest.raises(InvalidKey, match="in PEM form"):
        load_key(algorithm, pem(kind))


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "None",
        "nOnE",
        "",
        "hs256",
        "HS256 ",
        "ES256K",
        "Ed25519",
        "A128KW",
        "dir",
        "HS256\x00",
        "RS1",
        "../rsa",
        "rsa",
    ],
    ids=ascii,
)
def test_unknown_algorithm_is_refused(name: str) -> None:
    """Only the 13 names load a key, and the error lists them."""
    with pytest.raises(InvalidKey, match=r"one of HS256, HS384, .*, ES512, EdDSA$"):
        load_key(name, SECRET.encode())


# Interning.


@pytest.mark.parametrize("algorithm", ["HS256", "RS256", "ES256", "EdDSA"])
def test_equal_material_gives_the_same_key(algorithm: str) -> None:
    """A store that makes its credentials anew for each request parses no key twice."""
    octets = material(algorithm)
    assert load_key(algorithm, bytes(bytearray(octets))) is load_key(algorithm, octets)


def test_other_material_gives_another_key() -> None:
    """Two secrets are two keys."""
    assert load_key("HS256", b"a" * 32) is not load_key("HS256", b"b" * 32)


@pytest.mark.parametrize("pair", [("HS256", "HS512"), ("RS256", "PS256")], ids=str)
def test_other_algorithm_gives_another_key(pair: tuple[str, str]) -> None:
    """The same material under two algorithms is two keys, each bound to its own."""
    one, other = pair
    keys = [load_key(name, material(one)).algorithm for name in (one, other)]
    assert keys == [one, other]


def test_refusal_is_not_interned() -> None:
    """Bad material is refused every time."""
    for _ in range(2):
        with pytest.raises(InvalidKey, match="empty"):
            load_key("HS256", b"")


def test_table_of_keys_is_bounded() -> None:
    """However many keys a store invents, the table does not grow without end."""
    first = load_key("HS256", b"%032d" % 0)
    for number in range(INTERNED_KEYS):
        load_key("HS256", b"%032d" % (number + 1))
    assert load_key("HS256", b"%032d" % 0) is not first


def test_hmac_needs_no_cryptography() -> None:
    """The module of a family is imported for its first key, and none for HMAC."""
    program = (
        "import sys; from jwtgate.jose.keys import load_key; "
        "load_key('HS256', b'x' * 32); sys.exit('cryptography' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 - constant
