"""HS256, HS384 and HS512 (RFC 7518 section 3.2)."""

import hashlib
from hmac import compare_digest, digest
from typing import TYPE_CHECKING, Self, TypeAlias, final

from jwtgate.errors import InvalidKey
from jwtgate.jose import disguise
from jwtgate.jose.algorithms import ALGORITHMS
from jwtgate.jose.generations import Generations

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = ["HMACKey", "load"]

_Halves: TypeAlias = "tuple[_Hash, _Hash]"

_INNER = bytes(octet ^ 0x36 for octet in range(256))  # RFC 2104 2, ipad
_OUTER = bytes(octet ^ 0x5C for octet in range(256))  # and opad


@final
class HMACKey:
    """A shared secret, bound to one hash."""

    __slots__ = ("_secret", "algorithm")

    def __init__(self, algorithm: str, secret: bytes) -> None:
        self.algorithm = algorithm
        self._secret = secret

    def __repr__(self) -> str:
        """Name the algorithm, never the secret."""
        return f"<HMACKey {self.algorithm}>"

    def __copy__(self) -> Self:
        """Return itself, as it cannot change."""
        return self

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself, as it cannot change."""
        return self

    def __reduce__(self) -> str:
        """Refuse to be pickled: a pickle would hold the secret."""
        raise TypeError("an HMAC key cannot be pickled; pass a reference to its secret")

    def verify(self, signature: bytes, signing_input: bytes) -> bool:
        """Compare whole MACs in constant time; a truncated or empty one is refused.

        Source: RFC 7518 section 3.2; RFC 2104.
        """
        inner, outer = _HALVES[self] or self._halve()
        inner, outer = inner.copy(), outer.copy()
        inner.update(signing_input)
        outer.update(inner.digest())
        return compare_digest(outer.digest(), signature)

    def sign(self, signing_input: bytes) -> bytes:
        """Compute the MAC of these octets.

        Source: RFC 7518 section 3.2.
        """
        name = ALGORITHMS[self.algorithm].hash_name
        return digest(self._secret, signing_input, name)

    def _halve(self) -> _Halves:
        name = ALGORITHMS[self.algorithm].hash_name
        whole = hashlib.new(name)
        size = whole.block_size
        secret = self._secret
        if len(secret) > size:
            whole.update(secret)
            secret = whole.digest()
        block = secret.ljust(size, b"\0")
        halves = (
            hashlib.new(name, block.translate(_INNER)),
            hashlib.new(name, block.translate(_OUTER)),
        )
        _HALVES.put(self, halves)
        return halves


# What two hashes have become after the secret, which is the same for each token: half
# of the work, and without a call that lets other threads in (RFC 2104 4). They take 600
# octets, so not every key of a million has them.
_HALVES: Generations[HMACKey, _Halves] = Generations(4096)


def load(algorithm: str, material: bytes) -> HMACKey:
    """Make the key of an HS algorithm.

    Raises:
        InvalidKey: An empty secret, or one that is a key in PEM, DER, SSH or JWK form
            and was most likely meant for another algorithm.
    """
    if not material:
        raise InvalidKey("the secret is empty")
    if form := disguise.key_form(material):
        raise InvalidKey(
            f"the secret is a key in {form} form; a public key as HMAC secret lets "
            "anyone sign. Give it as public_key with its own algorithm"
        )
    return HMACKey(algorithm, material)
