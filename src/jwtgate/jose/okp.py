"""EdDSA with Ed25519 and Ed448 (RFC 8037 section 3.1)."""

from typing import Self, final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jwtgate.errors import InvalidKey
from jwtgate.jose.publickey import read_public_key

__all__ = ["OKPKey", "load"]

_P25519 = 2**255 - 19
_P448 = 2**448 - 2**224 - 1
_Y_OF_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
# The y of every point whose order divides the cofactor (RFC 8032 5.1 and 5.2), with
# the spellings beyond the prime that decoders take.
_SMALL_ORDER = {
    "Ed25519PublicKey": frozenset(
        {0, 1, _Y_OF_ORDER_8, _P25519 - _Y_OF_ORDER_8, _P25519 - 1}
        | {_P25519, _P25519 + 1}
    ),
    "Ed448PublicKey": frozenset({0, 1, _P448 - 1, _P448, _P448 + 1}),
}


@final
class OKPKey:
    """An Ed25519 or Ed448 public key."""

    __slots__ = ("_public_key", "_size", "algorithm")

    def __init__(
        self, algorithm: str, public_key: Ed25519PublicKey | Ed448PublicKey
    ) -> None:
        self.algorithm = algorithm
        self._public_key = public_key
        self._size = 2 * len(public_key.public_bytes_raw())

    def __copy__(self) -> Self:
        """Return itself, as it cannot change."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself, which older releases of ``cryptography`` cannot copy."""
        return self

    def verify(self, signature: bytes, signing_input: bytes) -> bool:
        """Whether the signature covers these octets.

        One of another length is put in place of what the curve cannot have, so that
        the answer takes as long; see :meth:`jwtgate.jose.rsa.RSAKey.verify`.
        """
        sound = len(signature) == self._size
        try:
            self._public_key.verify(
                signature if sound else bytes(self._size), signing_input
            )
        except InvalidSignature:
            return False
        return sound


def load(algorithm: str, material: bytes) -> OKPKey:
    """Make the key of EdDSA.

    Raises:
        InvalidKey: Neither an Ed25519 nor an Ed448 public key; X25519 and X448 keys
            agree on secrets and sign nothing.
    """
    key = read_public_key(algorithm, material)
    if not isinstance(key, Ed25519PublicKey | Ed448PublicKey):
        raise InvalidKey(f"{algorithm} needs an Ed25519 or Ed448 public key")
    if _has_small_order(key):
        raise InvalidKey(
            "this public key is a point of small order, under which anyone can sign"
        )
    return OKPKey(algorithm, key)


def _has_small_order(key: Ed25519PublicKey | Ed448PublicKey) -> bool:
    octets = bytearray(key.public_bytes_raw())
    octets[-1] &= 0x7F  # without the sign of x (RFC 8032 5.1.2 and 5.2.2)
    return int.from_bytes(octets, "little") in _SMALL_ORDER[type(key).__name__]
