"""EdDSA with Ed25519 and Ed448 (RFC 8037 section 3.1)."""

from typing import final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jwtgate.errors import InvalidKey
from jwtgate.jose.publickey import read_public_key

__all__ = ["OKPKey", "load"]


@final
class OKPKey:
    """An Ed25519 or Ed448 public key."""

    __slots__ = ("_public_key", "algorithm")

    def __init__(
        self, algorithm: str, public_key: Ed25519PublicKey | Ed448PublicKey
    ) -> None:
        self.algorithm = algorithm
        self._public_key = public_key

    def verify(self, signature: bytes, signing_input: bytes) -> bool:
        """Whether the signature covers these octets."""
        try:
            self._public_key.verify(signature, signing_input)
        except InvalidSignature:
            return False
        return True


def load(algorithm: str, material: bytes) -> OKPKey:
    """Make the key of EdDSA.

    Raises:
        InvalidKey: Neither an Ed25519 nor an Ed448 public key; X25519 and X448 keys
            agree on secrets and sign nothing.
    """
    key = read_public_key(algorithm, material)
    if not isinstance(key, Ed25519PublicKey | Ed448PublicKey):
        raise InvalidKey(f"{algorithm} needs an Ed25519 or Ed448 public key")
    return OKPKey(algorithm, key)
