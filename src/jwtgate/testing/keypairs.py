"""A key pair of the tests' own in place of a public key whose other half is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from jwtgate.backend import AnyStore
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError
from jwtgate.gate import Gate
from jwtgate.jose import ALGORITHMS
from jwtgate.stores.chain import ChainStore
from jwtgate.stores.fixed import FixedStore
from jwtgate.testing.finding import holder_of
from jwtgate.testing.overriding import overridden
from jwtgate.testing.signing import keypair

__all__ = ["known_private_key", "with_keypair"]


@contextmanager
def with_keypair(
    gate: Gate, whose: Consumer | Credential | str
) -> Iterator[Credential]:
    """Give a credential a key pair that the kit knows, while the block runs.

    For gates that hold public keys alone, as those of production: in the block tokens
    can be minted for the credential without a ``private_key``, and the gate takes
    those, and none that its owner signed.

    Args:
        gate: The gate, which may be serving.
        whose: As for :func:`jwtgate.testing.mint`.

    Yields:
        The credential, with the public half.

    Raises:
        ConfigurationError: No such credential, or one that has a secret: the kit can
            sign with that.
    """
    holder = holder_of(gate, whose)
    old = holder.credential
    if ALGORITHMS[old.algorithm].symmetric:
        raise ConfigurationError(
            f"{old.algorithm} signs with the secret, which the credential has"
        )
    public_key = keypair(old.algorithm, "kit").public_key
    new = replace(old, public_key=public_key)
    store = _instead(holder.store, old, new)
    settings = gate.settings
    routes = [
        replace(route, store=store) if route.store is holder.store else route
        for route in settings.routes
    ]
    own = store if settings.store is holder.store else settings.store
    with overridden(gate, store=own, routes=routes):
        yield new


def known_private_key(credential: Credential) -> str | None:
    """Give the private half of a key pair that is the kit's; None for any other."""
    if ALGORITHMS[credential.algorithm].symmetric:
        return None
    ours = keypair(credential.algorithm, "kit")
    return ours.private_key if credential.public_key == ours.public_key else None


def _instead(store: AnyStore, old: Credential, new: Credential) -> ChainStore:
    find = getattr(store, "find", None)
    rows = [old] if find is None else find(old.key)
    others = [row for row in rows if row != old]
    return ChainStore(FixedStore(credentials=[new, *others]), store)
