"""Other settings of a gate, for the time of a test."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypedDict, Unpack

from jwtgate.backend import AnyStore
from jwtgate.denylist import AnyDenylist
from jwtgate.gate import Gate
from jwtgate.policy import Policy
from jwtgate.routes import Route

__all__ = ["Overrides", "overridden"]


class Overrides(TypedDict, total=False):
    """What may be other than usual; see :class:`jwtgate.Gate`."""

    store: AnyStore
    policy: Policy
    routes: Sequence[Route]
    denylist: AnyDenylist | None


@contextmanager
def overridden(gate: Gate, **settings: Unpack[Overrides]) -> Iterator[Gate]:
    """Let a gate decide by another store, policy or the like while the block runs.

    The change takes effect in one step, for an app that is serving too, and ends with
    the block however that ends. What is not named stays, the store of a route as well,
    if it has its own. Blocks may be nested. Quotas stay counted.

    Args:
        gate: The gate.
        settings: ``store``, ``policy``, ``routes``, ``denylist``.

    Yields:
        The gate.

    Raises:
        ConfigurationError: They cannot work, or not where the gate is mounted; the gate
            stays as it was.
    """
    usual = gate.settings
    gate.replace(replace(usual, **settings))
    try:
        yield gate
    finally:
        gate.replace(usual)
