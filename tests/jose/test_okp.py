import copy
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jwtgate.errors import InvalidKey
from jwtgate.jose import base64url, load_key
from jwtgate.jose.okp import OKPKey
from tests.kit import public_pem, signature

# The order of the group and the octets of S: RFC 8032 sections 5.1 and 5.2.
GROUPS = {
    "Ed25519": (2**252 + 27742317777372353535851937790883648493, 32),
    "Ed448": (
        2**446 - 13818066809895115352007386748515426880336692474882178609894547503885,
        57,
    ),
}
TEXT = b"octets"

each_curve = pytest.mark.parametrize("curve", GROUPS)


def key(curve: str) -> OKPKey:
    """Load the public key of the tests on a curve."""
    loaded = load_key("EdDSA", public_pem(curve).encode())
    assert isinstance(loaded, OKPKey)
    return loaded


def signed(curve: str) -> bytes:
    """Sign with the private key on a curve."""
    return signature(curve, TEXT, b"")


@each_curve
def test_both_curves_are_eddsa(curve: str) -> None:
    """RFC 8037 section 3.1: EdDSA is the name for Ed25519 and for Ed448."""
    assert key(curve).algorithm == "EdDSA"


@each_curve
def test_good_signature_holds(curve: str) -> None:
    """What the private key signed holds under the public key."""
    assert key(curve).verify(signed(curve), TEXT)


@each_curve
def test_signature_of_other_octets_is_refused(curve: str) -> None:
    """A signature covers exactly what was signed."""
    assert not key(curve).verify(signed(curve), TEXT + b"x")


@each_curve
def test_malleable_signature_is_refused(curve: str) -> None:
    """RFC 8032 section 8.4: S plus the group's order must not hold as well."""
    order, size = GROUPS[curve]
    octets = signed(curve)
    raised = int.from_bytes(octets[size:], "little") + order
    forged = octets[:size] + raised.to_bytes(size, "little")
    assert not key(curve).verify(forged, TEXT)


@each_curve
@pytest.mark.parametrize("size", [0, 1, 32, 57, 63, 64, 65, 113, 114, 115, 128])
def test_signature_of_another_length_is_refused(curve: str, size: int) -> None:
    """A good signature that is cut or filled up to another length is refused."""
    octets = signed(curve)
    held = key(curve).verify(octets[:size].ljust(size, b"\x00"), TEXT)
    assert held is (size == len(octets))


@each_curve
@pytest.mark.parametrize("octet", [0, 31, 40, -1], ids=str)
def test_changed_signature_is_refused(curve: str, octet: int) -> None:
    """One bit of R or S flipped, and the signature does not hold."""
    changed = bytearray(signed(curve))
    changed[octet] ^= 1
    assert not key(curve).verify(bytes(changed), TEXT)


@pytest.mark.parametrize("pair", [("Ed25519", "Ed448"), ("Ed448", "Ed25519")], ids=str)
def test_signature_of_the_other_curve_is_refused(pair: tuple[str, str]) -> None:
    """The name EdDSA does not let one curve stand in for the other."""
    one, other = pair
    assert not key(one).verify(signed(other), TEXT)


def test_ed448_vector_holds() -> None:
    """The first vector of RFC 8032 section 7.4 holds: an empty text under Ed448."""
    public = Ed448PublicKey.from_public_bytes(
        bytes.fromhex(
            "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d"
            "80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180"
        )
    )
    published = bytes.fromhex(
        "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f03"
        "4f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d"
        "345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d958"
        "08ff2e652600"
    )
    assert OKPKey("EdDSA", public).verify(published, b"")


@pytest.mark.parametrize("private", [X25519PrivateKey, X448PrivateKey])
def test_key_agreement_key_is_refused(
    private: type[X25519PrivateKey | X448PrivateKey],
) -> None:
    """X25519 and X448 keys agree on secrets and sign nothing."""
    pem = (
        private.generate()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(InvalidKey, match="needs an Ed25519 or Ed448 public key"):
        load_key("EdDSA", pem)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "ES512"])
def test_key_of_another_family_is_refused(algorithm: str) -> None:
    """Neither an RSA key nor one of ECDSA is an EdDSA key."""
    with pytest.raises(InvalidKey, match="needs an Ed25519 or Ed448 public key"):
        load_key("EdDSA", public_pem(algorithm).encode())


SMALL_ORDER = {
    "Ed25519-identity": (1, 32),
    "Ed25519-order-2": (2**255 - 20, 32),
    "Ed25519-order-4": (0, 32),
    "Ed25519-order-8": (
        0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
        32,
    ),
    "Ed25519-order-8-too": (
        0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
        32,
    ),
    "Ed25519-order-4-unreduced": (2**255 - 19, 32),
    "Ed25519-identity-unreduced": (2**255 - 18, 32),
    "Ed448-identity": (1, 57),
    "Ed448-order-2": (2**448 - 2**224 - 2, 57),
    "Ed448-order-4": (0, 57),
}


@pytest.mark.parametrize("sign_of_x", [0, 0x80], ids=["x-even", "x-odd"])
@pytest.mark.parametrize(("y", "size"), SMALL_ORDER.values(), ids=list(SMALL_ORDER))
def test_point_of_small_order_is_refused(y: int, size: int, sign_of_x: int) -> None:
    """Under such a key one signature holds for many texts, and anyone can make it."""
    octets = bytearray(y.to_bytes(size, "little"))
    octets[-1] |= sign_of_x
    jwk = {"kty": "OKP", "crv": "Ed25519" if size == 32 else "Ed448"}
    x = base64url.encode(bytes(octets)).decode()
    with pytest.raises(InvalidKey, match=r"small order|cannot be read"):
        load_key("EdDSA", json.dumps({**jwk, "x": x}).encode())


def test_points_of_order_8_are_on_the_curve() -> None:
    """Their multiple by 8 is the identity: what the table says is what they are."""
    p, d = 2**255 - 19, -121665 * pow(121666, -1, 2**255 - 19)
    for name in ("Ed25519-order-8", "Ed25519-order-8-too"):
        y = SMALL_ORDER[name][0]
        square_of_x = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        # Doubling gives y' = (y^2 + x^2) / (2 - y^2 + x^2), and y' = 0 has order 4.
        assert (y * y + square_of_x) % p == 0


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copy_of_a_key_is_itself(duplicate: Callable[[object], object]) -> None:
    """A key cannot change, so one will do; its material cannot always be copied."""
    key = load_key("EdDSA", public_pem("EdDSA").encode())
    assert duplicate(key) is key
