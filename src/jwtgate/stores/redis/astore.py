"""The store in Redis, for asynchronous code."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, Unpack, final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import StoreError
from jwtgate.stores.changes import CHANNEL
from jwtgate.stores.fields import ConsumerFields, CredentialFields
from jwtgate.stores.paging import Page
from jwtgate.stores.redis.clients import AsyncServer, Connected
from jwtgate.stores.redis.documents import KeyDocument
from jwtgate.stores.redis.names import PREFIX
from jwtgate.stores.redis.opening import (
    Opened,
    Row,
    aopen_all,
    is_of_another_type,
    unreadable,
)
from jwtgate.stores.redis.parts import Parts
from jwtgate.stores.redis.steps import AsyncClient, Work, arun

if TYPE_CHECKING:
    from jwtgate.secrets import Secrets
    from jwtgate.secrets.keyring import Keyring

__all__ = ["AsyncRedisStore"]

_T = TypeVar("_T")


@final
class AsyncRedisStore(Connected):
    """Consumers and credentials in Redis, for asynchronous code.

    See :class:`RedisStore`; what that does not wait for, this awaits. One that is given
    a URL may be used in several event loops.

    Args:
        server: The URL of a Redis (``redis://``, ``rediss://``, ``unix://``), or a
            client of ``redis.asyncio``, of a cluster too, with timeouts and retries of
            its own.
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
        server: str | AsyncClient,
        *,
        prefix: str = PREFIX,
        channel: str = CHANNEL,
        keyring: "Keyring | None" = None,
        secrets: "Secrets | None" = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._parts = Parts(prefix, channel, keyring, secrets, clock)
        self._server = AsyncServer(server)

    async def afind(self, key: str, kid: str | None = None) -> Opened:  # noqa: ARG002 - the gate picks by kid
        """Find the credentials of a key; see :class:`jwtgate.CredentialStore`."""
        parts = self._parts
        client = await self._server.client()
        try:
            raw = await client.execute_command("GET", parts.names.key(key))
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
        opened = await aopen_all(parts.box, document)
        return parts.memo.keep(document, raw, opened)

    async def afind_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username."""
        return await self._run(self._parts.consumers.find(name))

    async def create_consumer(self, **fields: Unpack[ConsumerFields]) -> Consumer:
        """Add a consumer; see :meth:`jwtgate.MemoryStore.create_consumer`."""
        return await self._run(self._parts.consumers.create(fields))

    async def get_consumer(self, name: str) -> Consumer:
        """Get a consumer by id, else by username; raises NotFound."""
        return await self._run(self._parts.consumers.get(name))

    async def update_consumer(
        self, consumer: Consumer | str, **changes: Unpack[ConsumerFields]
    ) -> Consumer:
        """Change a consumer; see :meth:`jwtgate.MemoryStore.update_consumer`."""
        return await self._run(self._parts.consumers.update(consumer, changes))

    async def delete_consumer(self, consumer: Consumer | str) -> None:
        """Remove a consumer and its credentials; raises NotFound."""
        await self._run(self._parts.consumers.delete(consumer))

    async def list_consumers(
        self, *, tag: str | None = None, limit: int = 100, cursor: str | None = None
    ) -> Page[Consumer]:
        """List consumers; see :meth:`jwtgate.MemoryStore.list_consumers`."""
        return await self._run(self._parts.consumers.page(tag, limit, cursor))

    async def create_credential(
        self, consumer: Consumer | str, **fields: Unpack[CredentialFields]
    ) -> Credential:
        """Add a credential; see :meth:`jwtgate.MemoryStore.create_credential`."""
        return await self._run(self._parts.credentials.create(consumer, fields))

    async def get_credential(self, key: str, kid: str | None = None) -> Credential:
        """Get the credential with exactly this key and kid; raises NotFound."""
        return await self._run(self._parts.credentials.get(key, kid))

    async def consumer_of(self, key: str) -> Consumer:
        """Get the consumer whose key this is; raises NotFound."""
        return await self._run(self._parts.credentials.consumer_of(key))

    async def update_credential(
        self, key: str, kid: str | None = None, /, **changes: Unpack[CredentialFields]
    ) -> Credential:
        """Change a credential; see :meth:`jwtgate.MemoryStore.update_credential`."""
        return await self._run(self._parts.credentials.update(key, kid, changes))

    async def delete_credential(self, key: str, kid: str | None = None) -> None:
        """Remove the credential with exactly this key and kid; raises NotFound."""
        await self._run(self._parts.credentials.delete(key, kid))

    async def rotate(
        self,
        key: str,
        kid: str | None = None,
        /,
        *,
        overlap: float,
        **fields: Unpack[CredentialFields],
    ) -> Credential:
        """Change over to a successor; see :meth:`jwtgate.MemoryStore.rotate`."""
        return await self._run(
            self._parts.credentials.rotate(key, kid, overlap, fields)
        )

    async def list_credentials(
        self,
        *,
        consumer: Consumer | str | None = None,
        tag: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Row]:
        """List credentials; see :meth:`jwtgate.MemoryStore.list_credentials`."""
        return await self._run(
            self._parts.list_credentials(consumer, tag, limit, cursor)
        )

    async def reencrypt(self, *, plain: bool = False) -> int:
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
        return await self._run(self._parts.reencrypt(plain=plain))

    async def aclose(self) -> None:
        """Close the connections of the running loop, unless a client was given."""
        await self._server.aclose()

    def __repr__(self) -> str:
        """Show the prefix; a URL may have a password."""
        return f"AsyncRedisStore(prefix={self._parts.prefix!r})"

    async def _run(self, work: Work[_T]) -> _T:
        return await arun(await self._server.client(), work)
