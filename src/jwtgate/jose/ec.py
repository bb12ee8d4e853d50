"""ES256, ES384 and ES512 (RFC 7518 section 3.4)."""

from hashlib import sha256, sha384, sha512
from typing import Self, final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from jwtgate.errors import InvalidKey
from jwtgate.jose.publickey import read_public_key

__all__ = ["ECKey", "load"]

# Each algorithm has its own curve (RFC 7518 3.4): name in `cryptography`, and in a JWK.
_CURVES = {
    "ES256": ("secp256r1", "P-256"),
    "ES384": ("secp384r1", "P-384"),
    "ES512": ("secp521r1", "P-521"),
}
# And its own hash; last the octets of r and of s.
_TERMS = {
    "ES256": (ECDSA(Prehashed(SHA256())), sha256, 32),
    "ES384": (ECDSA(Prehashed(SHA384())), sha384, 48),
    "ES512": (ECDSA(Prehashed(SHA512())), sha512, 66),
}


@final
class ECKey:
    """A public key on one curve, bound to that curve's algorithm."""

    __slots__ = ("_public_key", "_terms", "algorithm")

    def __init__(self, algorithm: str, public_key: EllipticCurvePublicKey) -> None:
        self.algorithm = algorithm
        self._public_key = public_key
        self._terms = _TERMS[algorithm]

    def __copy__(self) -> Self:
        """Return itself, as it cannot change."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself, which older releases of ``cryptography`` cannot copy."""
        return self

    def verify(self, signature: bytes, signing_input: bytes) -> bool:
        """Whether the signature covers these octets.

        It must be r and s in full, big endian, 64, 96 or 132 octets together: a DER
        signature, or one that was cut or padded, is refused before the curve.
        """
        scheme, hashing, size = self._terms
        if len(signature) != 2 * size:
            return False
        digest = hashing(signing_input).digest()
        try:
            self._public_key.verify(as_der(signature, size), digest, scheme)
        except InvalidSignature:
            return False
        return True


# What stands before an integer, or two of them, of so many octets (X.690 8.1.3): their
# length, which takes a second octet from 128 on, as only ES512 has it.
_INTEGER = tuple(b"\x02%c" % length for length in range(68))
_SEQUENCE = tuple(
    b"\x30%c" % length if length < 128 else b"\x30\x81%c" % length
    for length in range(2 * 69 + 1)
)


def as_der(signature: bytes, size: int) -> bytes:
    """Write r and s, of so many octets each, as the DER that OpenSSL reads.

    Source: RFC 3279 section 2.2.3, ``Ecdsa-Sig-Value``; X.690 section 8.3.
    """
    numbers = _der_integer(signature[:size]) + _der_integer(signature[size:])
    return _SEQUENCE[len(numbers)] + numbers


def _der_integer(number: bytes) -> bytes:
    octets = number.lstrip(b"\0")
    if not octets or octets[0] & 0x80:  # zero has an octet, and the top bit is a sign
        octets = b"\0" + octets
    return _INTEGER[len(octets)] + octets


def load(algorithm: str, material: bytes) -> ECKey:
    """Make the key of an ES algorithm.

    Raises:
        InvalidKey: Not a public key on the curve of this algorithm.
    """
    curve, name = _CURVES[algorithm]
    key = read_public_key(algorithm, material)
    if not isinstance(key, EllipticCurvePublicKey) or key.curve.name != curve:
        raise InvalidKey(f"{algorithm} needs a public key on the curve {name}")
    return ECKey(algorithm, key)
