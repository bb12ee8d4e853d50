"""The store in Redis, for synchronous code."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, Unpack, final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import StoreError
from jwtgate.stores.changes import CHANNEL
from jwtgate.stores.fields import ConsumerFields, CredentialFields
from jwtgate.stores.paging import Page
from jwtgate.stores.redis.clients import Connected, Server
from jwtgate.stores.redis.documents import KeyDocument
from jwtgate.stores.redis.names import PREFIX
from jwtgate.stores.redis.opening import (
    Opened,
    Row,
    is_of_another_type,
    open_all,
    unreadable,
)
from jwtgate.stores.redis.parts import Parts
from jwtgate.stores.redis.steps import Client, Work, run

if TYPE_CHECKING:
    from jwtgate.secrets import Secrets
    from jwtgate.secrets.keyring import Keyring

__all__ = ["RedisStore"]

_T = TypeVar("_T")


@final
class RedisStore(Connected):
    """Consumers and credentials in Redis; safe for threads.

    Its methods do what those of :class:`jwtgate.MemoryStore` do, and raise what they
    raise; and what redis-py raises, when Redis cannot be had: then a change may have
    been made. A credential that cannot be used is listed as an unusable one; getting it
    alone is a StoreError.

    Args:
        server: The URL of a Redis (``redis://``, ``rediss://``, ``unix://``), or a
            client of redis-py, of a cluster too, with timeouts and retries of its own.
        prefix: What the names of all keys begin with, in braces.
        channel: What changes are told on.
        keyring: Seals the secrets; None leaves them as they are.
        secrets: Tells what references stand for; None takes none.
        clock: Gives seconds since the epoch; for who is live, and for :meth:`rotate`.

    Raises:
        ConfigurationError: A URL, client or prefix that cannot be, or redis-py is not
            installed.
    """

    def __init__(
        self,
        server: str | Client,
        *,
        prefix: str = PREFIX,
        channel: str = CHANNEL,
        keyring: "Keyring | None" = None,
        secrets: "Secrets | None" = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._parts = Parts(prefix, channel, keyring, secrets, clock)
        self._server = Server(server)

    def find(self, key: str, kid: str | None = None) -> Opened:  # noqa: ARG002 - the gate picks by kid
        """Find the credentials of a key; see :class:`jwtgate.CredentialStore`."""
        parts = self._parts
        try:
            raw = self._server.client.execute_command("GET", parts.names.key(key))
        except Exception as error:
            if is_of_another_type(error):
                return unreadable(key, error)
            raise
        known = parts.memo.get(key, raw)
        if known is not None:
            return known
        try:
            document = KeyDocument.read(key, raw)
        except StoreError as error:
            return unreadable(key, error)
        return parts.memo.keep(document, raw, open_all(parts.box, document))

    def find_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username."""
        return self._run(self._parts.consumers.find(name))

    def create_consumer(self, **fields: Unpack[ConsumerFields]) -> Consumer:
        """Add a consumer; see :meth:`jwtgate.MemoryStore.create_consumer`."""
        return self._run(self._parts.consumers.create(fields))

    def get_consumer(self, name: str) -> Consumer:
        """Get a consumer by id, else by username; raises NotFound."""
        return self._run(self._parts.consumers.get(name))

    def update_consumer(
        self, consumer: Consumer | str, **changes: Unpack[ConsumerFields]
    ) -> Consumer:
        """Change a consumer; see :meth:`jwtgate.MemoryStore.update_consumer`."""
        return self._run(self._parts.consumers.update(consumer, changes))

    def delete_consumer(self, consumer: Consumer | str) -> None:
        """Remove a consumer and its credentials; raises NotFound."""
        self._run(self._parts.consumers.delete(consumer))

    def list_consumers(
        self, *, tag: str | None = None, limit: int = 100, cursor: str | None = None
    ) -> Page[Consumer]:
        """List consumers; see :meth:`jwtgate.MemoryStore.list_consumers`."""
        return self._run(self._parts.consumers.page(tag, limit, cursor))

    def create_credential(
        self, consumer: Consumer | str, **fields: Unpack[CredentialFields]
    ) -> Credential:
        """Add a credential; see :meth:`jwtgate.MemoryStore.create_credential`."""
        return self._run(self._parts.credentials.create(consumer, fields))

    def get_credential(self, key: str, kid: str | None = None) -> Credential:
        """Get the credential with exactly this key and kid; raises NotFound."""
        return self._run(self._parts.credentials.get(key, kid))

    def consumer_of(self, key: str) -> Consumer:
        """Get the consumer whose key this is; raises NotFound."""
        return self._run(self._parts.credentials.consumer_of(key))

    def update_credential(
        self, key: str, kid: str | None = None, /, **changes: Unpack[CredentialFields]
    ) -> Credential:
        """Change a credential; see :meth:`jwtgate.MemoryStore.update_credential`."""
        return self._run(self._parts.credentials.update(key, kid, changes))

    def delete_credential(self, key: str, kid: str | None = None) -> None:
        """Remove the credential with exactly this key and kid; raises NotFound."""
        self._run(self._parts.credentials.delete(key, kid))

    def rotate(
        self,
        key: str,
        kid: str | None = None,
        /,
        *,
        overlap: float,
        **fields: Unpack[CredentialFields],
    ) -> Credential:
        """Change over to a successor; see :meth:`jwtgate.MemoryStore.rotate`."""
        return self._run(self._parts.credentials.rotate(key, kid, overlap, fields))

    def list_credentials(
        self,
        *,
        consumer: Consumer | str | None = None,
        tag: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Row]:
        """List credentials; see :meth:`jwtgate.MemoryStore.list_credentials`."""
        return self._run(self._parts.list_credentials(consumer, tag, limit, cursor))

    def reencrypt(self, *, plain: bool = False) -> int:
        """Seal every secret and public key with the keyring's newest key.

        Credentials that do not open are left as they are, and logged by their ids.

        Args:
            plain: Seal what is not sealed at all, too, as when a store gets a keyring;
                else that is taken for somebody else's, who has no key.

        Returns:
            How many credentials were sealed anew.

        Raises:
            ConfigurationError: There is no keyring.
        """
        return self._run(self._parts.reencrypt(plain=plain))

    def close(self) -> None:
        """Close the connections, unless a client was given."""
        self._server.close()

    def __repr__(self) -> str:
        """Show the prefix; a URL may have a password."""
        return f"RedisStore(prefix={self._parts.prefix!r})"

    def _run(self, work: Work[_T]) -> _T:
        return run(self._server.client, work)
