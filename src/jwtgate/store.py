"""What a store of credentials is: one method is enough."""

from collections.abc import Sequence
from typing import Protocol, TypeAlias, runtime_checkable

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential

__all__ = [
    "AsyncConsumerStore",
    "AsyncCredentialStore",
    "ConsumerStore",
    "CredentialStore",
    "Found",
    "is_store",
]

Found: TypeAlias = Sequence[Credential | UnusableCredential]
"""What a look-up gives: empty for an unknown key."""


@runtime_checkable
class CredentialStore(Protocol):
    """A store for synchronous code.

    A class may have ``find`` and ``afind``. A store whose ``find`` never waits may say
    ``blocking = False``; then asynchronous code calls ``find`` directly. One whose
    answers depend on the ``kid`` says ``answers_by_kid = True``; caches refuse it.
    """

    def find(self, key: str, kid: str | None = None) -> Found:
        """Find the credentials of a key, compared exactly.

        Args:
            key: Printable, 1 to 512 octets of UTF-8.
            kid: The token's key id, as a hint: the gate picks by it either way.

        Returns:
            At most four that are live; others may be among them.

        Raises:
            Exception: Whatever a failing look-up raises becomes a 503.
        """
        ...


@runtime_checkable
class AsyncCredentialStore(Protocol):
    """A store for asynchronous code; see :class:`CredentialStore`."""

    async def afind(self, key: str, kid: str | None = None) -> Found:
        """Find the credentials of a key, compared exactly."""
        ...


@runtime_checkable
class ConsumerStore(Protocol):
    """A store that finds consumers, for a policy that names its anonymous one."""

    def find_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username."""
        ...


@runtime_checkable
class AsyncConsumerStore(Protocol):
    """The same for asynchronous code."""

    async def afind_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username."""
        ...


def is_store(value: object) -> bool:
    """Tell whether something finds credentials, in one way or the other.

    A text has a ``find`` that finds other texts: a URL is no store.
    """
    finds = isinstance(value, CredentialStore | AsyncCredentialStore)
    return finds and not isinstance(value, str | bytes | bytearray)
