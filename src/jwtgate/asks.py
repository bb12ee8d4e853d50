"""What the flow of a decision may wait for.

The flow yields an ask; a driver puts it to the store, by ``put`` or by ``aput``, and
sends the answer back. These twins and the two drivers are the only code there is
twice, once for each world.
"""

from collections.abc import Generator
from typing import Any, TypeAlias, final

from jwtgate.backend import AsyncBackend, Backend
from jwtgate.consumer import Consumer
from jwtgate.outcome import Outcome
from jwtgate.record import per_request
from jwtgate.store import Found

__all__ = ["Ask", "FindConsumer", "FindCredentials", "Flow"]


@final
@per_request
class FindCredentials:
    """Ask for the credentials of a key; answered with a sequence, empty if unknown.

    Attributes:
        key: The value of the key claim; printable, 1 to 512 octets.
        kid: The token's key id, as a hint.
    """

    key: str
    kid: str | None

    def put(self, backend: Backend) -> Found:
        """Ask a store, waiting for it."""
        return backend.find(self.key, self.kid)

    async def aput(self, backend: AsyncBackend) -> Found:
        """Ask a store, letting others run."""
        return await backend.afind(self.key, self.kid)


@final
@per_request
class FindConsumer:
    """Ask for the consumer whom the policy names as anonymous; None if unknown."""

    name: str

    def put(self, backend: Backend) -> Consumer | None:
        """Ask a store, waiting for it."""
        return backend.find_consumer(self.name)

    async def aput(self, backend: AsyncBackend) -> Consumer | None:
        """Ask a store, letting others run."""
        return await backend.afind_consumer(self.name)


Ask: TypeAlias = FindCredentials | FindConsumer

Flow: TypeAlias = Generator[Ask, Any, Outcome]
"""Yields asks, is sent their answers, returns the outcome."""
