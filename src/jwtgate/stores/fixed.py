"""A store that never changes: what a gateway's file held."""

from collections import defaultdict
from collections.abc import Iterable
from typing import final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential

__all__ = ["FixedStore"]


@final
class FixedStore:
    """Consumers and credentials that never change; safe for threads.

    Args:
        consumers: Those that are found by name; of equal ids or usernames the first
            is found.
        credentials: Of whom a key finds all, in this order.

    Attributes:
        consumers: As given.
        credentials: As given.
    """

    blocking = False

    def __init__(
        self,
        consumers: Iterable[Consumer] = (),
        credentials: Iterable[Credential | UnusableCredential] = (),
    ) -> None:
        self.consumers = tuple(consumers)
        self.credentials = tuple(credentials)
        self._names: dict[str, Consumer] = {}
        for consumer in self.consumers:
            self._names.setdefault(consumer.id, consumer)
        for consumer in self.consumers:
            if consumer.username:
                self._names.setdefault(consumer.username, consumer)
        found: defaultdict[str, list[Credential | UnusableCredential]]
        found = defaultdict(list)
        for credential in self.credentials:
            found[credential.key].append(credential)
        self._by_key = {key: tuple(rows) for key, rows in found.items()}

    def find(
        self,
        key: str,
        kid: str | None = None,  # noqa: ARG002 - the gate picks by kid
    ) -> tuple[Credential | UnusableCredential, ...]:
        """Find the credentials of a key; see :class:`jwtgate.CredentialStore`."""
        return self._by_key.get(key, ())

    def find_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username."""
        return self._names.get(name)
