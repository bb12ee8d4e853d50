"""RS256/384/512 and PS256/384/512 (RFC 7518 sections 3.3 and 3.5)."""

from functools import lru_cache
from hashlib import sha256, sha384, sha512
from typing import TYPE_CHECKING, Final, Self, TypeAlias, final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPublicKey,
    RSAPublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from jwtgate.errors import InvalidKey
from jwtgate.jose.generations import Generations
from jwtgate.jose.publickey import read_public_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from hashlib import _Hash

__all__ = ["RSAKey", "load"]

MIN_BITS = 2048
MAX_BITS = 8192  # a check costs 0.04 ms at 2048 bits and 0.27 ms here: a bound on work
MAX_EXPONENT = 2**64  # one as long as the modulus makes a check cost 13 ms

_Hashing: TypeAlias = "Callable[[bytes], _Hash]"
_Scheme: TypeAlias = tuple[PKCS1v15 | PSS, Prehashed, _Hashing]
_Terms: TypeAlias = tuple[PKCS1v15 | PSS, Prehashed, _Hashing, int, bytes]


def _schemes() -> dict[str, _Scheme]:
    schemes: dict[str, _Scheme] = {}
    for used, hashing in (SHA256(), sha256), (SHA384(), sha384), (SHA512(), sha512):
        bits = 8 * used.digest_size
        # Of so few octets hashlib is faster than the hash of `cryptography`.
        hashed = Prehashed(used)
        schemes[f"RS{bits}"] = PKCS1v15(), hashed, hashing
        # RFC 7518 3.5: the salt is as long as the hash, and MGF1 uses it too.
        schemes[f"PS{bits}"] = PSS(MGF1(used), used.digest_size), hashed, hashing
    return schemes


_SCHEMES: Final = _schemes()


@lru_cache(maxsize=64)
def _terms(algorithm: str, exponent: int, size: int) -> _Terms:
    # Of almost all keys the same, so they share them; last a number of so many octets
    # that is below any modulus.
    return *_SCHEMES[algorithm], exponent, b"\x5a".rjust(size, b"\0")


@final
class RSAKey:
    """An RSA public key, bound to one padding and hash."""

    __slots__ = ("_modulus", "_terms", "algorithm")

    def __init__(self, algorithm: str, modulus: int, exponent: int) -> None:
        self.algorithm = algorithm
        size = (modulus.bit_length() + 7) // 8
        self._modulus = modulus.to_bytes(size, "big")
        self._terms = _terms(algorithm, exponent, size)

    def __copy__(self) -> Self:
        """Return itself, as it cannot change."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself, as it cannot change."""
        return self

    def verify(self, signature: bytes, signing_input: bytes) -> bool:
        """Whether the signature covers these octets.

        It must be as long as the modulus and below it: the backend takes a PSS
        signature without its leading zeros, which would give one signature several
        spellings (RFC 8017 sections 5.2.2 and 8.1.2, step 1). Another one is put in
        place of what fails that, so that the answer takes as long: where it comes
        early would tell moduli apart, and with them which keys exist.
        """
        modulus = self._modulus
        padding, hashed, hashing, exponent, in_range = self._terms
        # Octets of one length compare as the numbers do.
        sound = len(signature) == len(modulus) and signature < modulus
        checked = signature if sound else in_range
        public_key = _PARSED[self] or self._parse(exponent)
        try:
            public_key.verify(checked, hashing(signing_input).digest(), padding, hashed)
        except InvalidSignature:
            return False
        return sound

    def _parse(self, exponent: int) -> RSAPublicKey:
        modulus = int.from_bytes(self._modulus, "big")
        public_key = RSAPublicNumbers(exponent, modulus).public_key()
        _PARSED.put(self, public_key)
        return public_key


# What OpenSSL makes of a key weighs 1 KB, and 2 KB once it has checked a signature. It
# is made again in 2 µs, so not every key of a million has it.
_PARSED: Generations[RSAKey, RSAPublicKey] = Generations(8192)


def load(algorithm: str, material: bytes) -> RSAKey:
    """Make the key of an RS or PS algorithm.

    Raises:
        InvalidKey: Not an RSA public key, below 2048 bits (RFC 7518 section 3.3),
            above 8192 bits, or with an even or tiny exponent.
    """
    key = read_public_key(algorithm, material)
    if not isinstance(key, RSAPublicKey):
        raise InvalidKey(f"{algorithm} needs an RSA public key")
    numbers = key.public_numbers()
    modulus, exponent = numbers.n, numbers.e
    bits = modulus.bit_length()
    if not MIN_BITS <= bits <= MAX_BITS:
        raise InvalidKey(
            f"{algorithm} needs an RSA key of {MIN_BITS} to {MAX_BITS} bits, "
            f"and this one has {bits}"
        )
    if not (modulus & exponent & 1 and 3 <= exponent < MAX_EXPONENT):
        raise InvalidKey(
            "modulus and exponent of an RSA key must be odd, the exponent 3 or more "
            "and below 2**64"
        )
    return RSAKey(algorithm, modulus, exponent)
