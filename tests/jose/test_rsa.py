import copy
import hashlib
import itertools
import json
from base64 import b64encode
from collections.abc import Callable
from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
)

from jwtgate.errors import InvalidKey
from jwtgate.jose import base64url, load_key
from jwtgate.jose.generations import Generations
from jwtgate.jose.rsa import RSAKey
from tests.kit import private_key, public_pem, signature

RSA_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]
LEADING_ZERO = 2**2040  # one signature of 2048 bits in 256 is below
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017 9.2


def key(algorithm: str) -> RSAKey:
    """Load the public key of the tests for an algorithm."""
    loaded = load_key(algorithm, public_pem("RS256").encode())
    assert isinstance(loaded, RSAKey)
    return loaded


def public_key(*, bits: int = 2048, e: int = 65537) -> rsa.RSAPublicKey:
    """Make a key of exactly so many bits; nobody has to sign with it."""
    return rsa.RSAPublicNumbers(e, 2 ** (bits - 1) + 1).public_key()


def pem(public: rsa.RSAPublicKey) -> bytes:
    """Write a public key as PEM."""
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def jwk(n: int, e: int) -> bytes:
    """Write a public key as JWK, whatever its numbers."""
    octets = {"n": n.to_bytes(1024, "big").lstrip(b"\x00"), "e": e.to_bytes(256, "big")}
    members = {name: base64url.encode(value).decode() for name, value in octets.items()}
    return json.dumps({"kty": "RSA", **members}).encode()


@cache
def signed_below(algorithm: str, bound: int) -> tuple[bytes, bytes]:
    """Find a text whose signature, as a number, is below a bound."""
    texts = (str(number).encode() for number in itertools.count())
    pairs = ((signature(algorithm, text, b""), text) for text in texts)
    return next(pair for pair in pairs if int.from_bytes(pair[0], "big") < bound)


# Keys.


@pytest.mark.parametrize("algorithm", RSA_ALGORITHMS)
@pytest.mark.parametrize("bits", [2048, 2049, 3072, 4096, 8192])
def test_size_within_the_bounds_is_loaded(algorithm: str, bits: int) -> None:
    """RSA keys have 2048 bits (RFC 7518 section 3.3) to 8192 bits."""
    assert load_key(algorithm, pem(public_key(bits=bits))).algorithm == algorithm


@pytest.mark.parametrize("algorithm", ["RS256", "PS512"])
@pytest.mark.parametrize("bits", [1024, 2040, 2047, 8193, 16384])
def test_size_outside_the_bounds_is_refused(algorithm: str, bits: int) -> None:
    """A weak key, or one whose checks cost too much, is refused with its size."""
    with pytest.raises(InvalidKey, match=f"2048 to 8192 bits, and this one has {bits}"):
        load_key(algorithm, pem(public_key(bits=bits)))


@pytest.mark.parametrize("other", ["ES256", "EdDSA", "Ed448"])
def test_key_of_another_family_is_refused(other: str) -> None:
    """Neither a key of ECDSA nor one of EdDSA is an RSA key."""
    with pytest.raises(InvalidKey, match="RS256 needs an RSA public key"):
        load_key("RS256", public_pem(other).encode())


@pytest.mark.parametrize("e", [3, 17, 65537, 2**32 + 1])
def test_odd_exponent_is_loaded(e: int) -> None:
    """The exponent is odd and 3 or more."""
    assert load_key("RS256", pem(public_key(e=e))).algorithm == "RS256"


@pytest.mark.parametrize("e", [0, 1, 2, 4, 65536])
def test_bad_exponent_of_a_jwk_is_refused(e: int) -> None:
    """With e = 1 every text would be its own signature; an even e has no inverse."""
    with pytest.raises(InvalidKey):
        load_key("RS256", jwk(2**2047 + 1, e))


@pytest.mark.parametrize("e", [0, 1, 2, 4])
def test_bad_exponent_of_a_pem_is_refused(e: int) -> None:
    """What a JWK may not say a PEM may not say either."""
    der = public_key(e=3).public_bytes(Encoding.DER, PublicFormat.PKCS1)
    body = b64encode(der[:-1] + bytes([e]))  # the exponent is the last octet
    label = b"RSA PUBLIC KEY-----"
    with pytest.raises(InvalidKey):
        load_key("RS256", b"-----BEGIN %s\n%s\n-----END %s" % (label, body, label))


def test_exponent_of_more_than_64_bits_is_refused() -> None:
    """One as long as the modulus makes a check cost hundreds of usual ones."""
    with pytest.raises(InvalidKey, match="below 2\\*\\*64"):
        load_key("RS256", jwk(2**3071 + 1, 2**2000 + 1))


def test_even_modulus_is_refused() -> None:
    """No product of two odd primes is even."""
    with pytest.raises(InvalidKey, match="must be odd"):
        load_key("RS256", jwk(2**2047 + 2, 65537))


def test_exponent_beyond_the_modulus_is_refused() -> None:
    """An exponent is less than its modulus."""
    with pytest.raises(InvalidKey):
        load_key("RS256", jwk(2**2047 + 1, 2**2047 + 3))


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_check_under_an_impossible_modulus_raises_nothing(algorithm: str) -> None:
    """A modulus nobody can have made lets no signature hold, and breaks nothing."""
    loaded = load_key(algorithm, pem(public_key()))
    assert not loaded.verify(bytes(255) + b"\x01", b"octets")


# Signatures.


@pytest.mark.parametrize("claimed", RSA_ALGORITHMS)
@pytest.mark.parametrize("real", RSA_ALGORITHMS)
def test_padding_and_hash_must_be_the_keys_own(claimed: str, real: str) -> None:
    """PKCS #1 v1.5 is not PSS, and one hash not another, under one and the same key."""
    held = key(claimed).verify(signature(real, b"octets", b""), b"octets")
    assert held is (claimed == real)


@pytest.mark.parametrize("salt", [0, 20, 31, 33, 64, 222], ids=str)
def test_salt_of_another_length_is_refused(salt: int) -> None:
    """RFC 7518 section 3.5: the salt of PS256 has 32 octets; 222 would fit."""
    private = private_key("PS256")
    assert isinstance(private, rsa.RSAPrivateKey)
    salted = PSS(MGF1(hashes.SHA256()), salt)
    signed = private.sign(b"octets", salted, hashes.SHA256())
    assert not key("PS256").verify(signed, b"octets")


def test_mask_of_another_hash_is_refused() -> None:
    """RFC 7518 section 3.5: MGF1 uses the hash of the signature."""
    private = private_key("PS256")
    assert isinstance(private, rsa.RSAPrivateKey)
    signed = private.sign(b"octets", PSS(MGF1(hashes.SHA1()), 32), hashes.SHA256())  # noqa: S303 - the attack
    assert not key("PS256").verify(signed, b"octets")


@pytest.mark.parametrize("algorithm", RSA_ALGORITHMS)
def test_key_that_is_not_kept_parsed_verifies(
    algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are more keys than are kept parsed, one is made again of its own."""
    monkeypatch.setattr("jwtgate.jose.rsa._PARSED", Generations(0))
    signed = signature(algorithm, b"octets", b"")
    answers = [key(algorithm).verify(signed, text) for text in (b"octets", b"others")]
    assert answers == [True, False]


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_signature_with_leading_zero_holds(algorithm: str) -> None:
    """A signature is as long as the modulus, leading zeros included."""
    signed, text = signed_below(algorithm, LEADING_ZERO)
    assert key(algorithm).verify(signed, text)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_signature_with_stripped_zero_is_refused(algorithm: str) -> None:
    """RFC 8017 sections 8.1.2 and 8.2.2, step 1: else it had a second spelling."""
    signed, text = signed_below(algorithm, LEADING_ZERO)
    assert not key(algorithm).verify(signed[1:], text)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
@pytest.mark.parametrize(
    ("before", "after"),
    [(b"\x00", b""), (b"", b"\x00"), (b"\x00" * 256, b"")],
    ids=["zero-before", "zero-after", "twice-as-long"],
)
def test_padded_signature_is_refused(
    algorithm: str, before: bytes, after: bytes
) -> None:
    """A signature longer than the modulus is refused."""
    signed = signature(algorithm, b"octets", b"")
    assert not key(algorithm).verify(before + signed + after, b"octets")


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_signature_plus_modulus_is_refused(algorithm: str) -> None:
    """RFC 8017 section 5.2.2: the signature is a number below the modulus."""
    public = private_key("RS256").public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    n = public.public_numbers().n
    signed, text = signed_below(algorithm, 2**2048 - n)
    raised = int.from_bytes(signed, "big") + n
    assert not key(algorithm).verify(raised.to_bytes(256, "big"), text)


def test_bleichenbacher_forgery_with_exponent_3_is_refused() -> None:
    """CVE-2006-4339: a cube root with junk after the hash passes lax unpadding."""
    head = b"\x00\x01" + b"\xff" * 8 + b"\x00" + DIGEST_INFO
    wanted = head + hashlib.sha256(b"octets").digest()
    root = cube_root(int.from_bytes(wanted.ljust(256, b"\xff"), "big"))
    assert (root**3).to_bytes(256, "big").startswith(wanted)
    forged = root.to_bytes(256, "big")
    assert not load_key("RS256", pem(public_key(e=3))).verify(forged, b"octets")


def cube_root(number: int) -> int:
    """Give the greatest integer whose cube is not above a number."""
    low, high = 0, 1 << (number.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copy_of_a_key_is_itself(duplicate: Callable[[object], object]) -> None:
    """A key cannot change, so one will do; its material cannot always be copied."""
    key = load_key("RS256", public_pem("RS256").encode())
    assert duplicate(key) is key
