"""All attacks, in the order in which they are made."""

from jwtgate.testing.attacks import (
    carriers,
    claims,
    forgeries,
    identities,
    malformed,
    ways,
)
from jwtgate.testing.attacks.attack import Attack

__all__ = ["ATTACKS"]

ATTACKS: tuple[Attack, ...] = (
    *carriers.ATTACKS,
    *forgeries.ATTACKS,
    *malformed.ATTACKS,
    *claims.ATTACKS,
    *identities.ATTACKS,
    *ways.ATTACKS,
)
"""Every attack, each under a name of its own."""
