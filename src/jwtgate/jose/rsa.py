"""RS256/384/512 and PS256/384/512 (RFC 7518 sections 3.3 and 3.5)."""

from typing import Self, final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from jwtgate.errors import InvalidKey
from jwtgate.jose.algorithms import ALGORITHMS
from jwtgate.jose.publickey import read_public_key

__all__ = ["RSAKey", "load"]

MIN_BITS = 2048
MAX_BITS = 8192  # a check costs 0.04 ms at 2048 bits and 0.27 ms here: a bound on work
MAX_EXPONENT = 2**64  # one as long as the modulus makes a check cost 13 ms
_HASHES = {"sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}


@final
class RSAKey:
    """An RSA public key, bound to one padding and hash."""

    __slots__ = (
        "_hash",
        "_in_range",
        "_modulus",
        "_padding",
        "_public_key",
        "_size",
        "algorithm",
    )

    def __init__(self, algorithm: str, public_key: RSAPublicKey) -> None:
        self.algorithm = algorithm
        self._public_key = public_key
        self._modulus = public_key.public_numbers().n
        self._size = (public_key.key_size + 7) // 8
        self._in_range = b"\x5a".rjust(self._size, b"\0")
        self._hash = _HASHES[ALGORITHMS[algorithm].hash_name]
        self._padding: PKCS1v15 | PSS = PKCS1v15()
        if algorithm.startswith("PS"):
            # RFC 7518 3.5: the salt is as long as the hash, and MGF1 uses it too.
            self._padding = PSS(MGF1(self._hash), self._hash.digest_size)

    def __copy__(self) -> Self:
        """Return itself, as it cannot change."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself, which older releases of ``cryptography`` cannot copy."""
        return self

    def verify(self, signature: bytes, signing_input: bytes) -> bool:
        """Whether the signature covers these octets.

        It must be as long as the modulus and below it: the backend takes a PSS
        signature without its leading zeros, which would give one signature several
        spellings (RFC 8017 sections 5.2.2 and 8.1.2, step 1). Another one is put in
        place of what fails that, so that the answer takes as long: where it comes
        early would tell moduli apart, and with them which keys exist.
        """
        sound = (
            len(signature) == self._size
            and int.from_bytes(signature, "big") < self._modulus
        )
        checked = signature if sound else self._in_range
        try:
            self._public_key.verify(checked, signing_input, self._padding, self._hash)
        except InvalidSignature:
            return False
        return sound


def load(algorithm: str, material: bytes) -> RSAKey:
    """Make the key of an RS or PS algorithm.

    Raises:
        InvalidKey: Not an RSA public key, below 2048 bits (RFC 7518 section 3.3),
            above 8192 bits, or with an even or tiny exponent.
    """
    key = read_public_key(algorithm, material)
    if not isinstance(key, RSAPublicKey):
        raise InvalidKey(f"{algorithm} needs an RSA public key")
    if not MIN_BITS <= key.key_size <= MAX_BITS:
        raise InvalidKey(
            f"{algorithm} needs an RSA key of {MIN_BITS} to {MAX_BITS} bits, "
            f"and this one has {key.key_size}"
        )
    numbers = key.public_numbers()
    if not (numbers.n % 2 and numbers.e % 2 and 3 <= numbers.e < MAX_EXPONENT):
        raise InvalidKey(
            "modulus and exponent of an RSA key must be odd, the exponent 3 or more "
            "and below 2**64"
        )
    return RSAKey(algorithm, key)
