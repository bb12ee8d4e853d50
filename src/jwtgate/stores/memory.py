"""A store in this process's memory."""

import time
from collections.abc import Callable
from dataclasses import replace
from math import inf
from threading import RLock
from typing import Unpack, final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError, NotFound
from jwtgate.stores.fields import ConsumerFields, CredentialFields, completed
from jwtgate.stores.fitting import is_retired
from jwtgate.stores.paging import Page, page_of
from jwtgate.stores.rotation import successor
from jwtgate.stores.tables import Tables

__all__ = ["MemoryStore"]


@final
class MemoryStore:
    """Consumers and credentials in memory; safe for threads.

    A look-up reads one dict and never waits, so asynchronous gates use it as it is.
    It gives each credential as it was before or after a change, never a gap.

    Args:
        clock: Gives seconds since the epoch; for :meth:`rotate`.
    """

    blocking = False

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = RLock()
        self._tables = Tables()

    def find(self, key: str, kid: str | None = None) -> tuple[Credential, ...]:  # noqa: ARG002 - the gate picks by kid
        """Find the credentials of a key; see :class:`jwtgate.CredentialStore`."""
        return self._tables.by_key.get(key, ())

    def find_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username."""
        return self._tables.find_consumer(name)

    def create_consumer(self, **fields: Unpack[ConsumerFields]) -> Consumer:
        """Add a consumer; see :class:`jwtgate.Consumer` for the fields.

        Raises:
            ConfigurationError: A field that cannot work.
            Conflict: Its id, username or custom_id is taken.
        """
        consumer = Consumer(**fields)
        with self._lock:
            self._tables.put_consumer(consumer)
        return consumer

    def get_consumer(self, name: str) -> Consumer:
        """Get a consumer by id, else by username; raises NotFound."""
        return self._tables.get_consumer(name)

    def update_consumer(
        self, consumer: Consumer | str, **changes: Unpack[ConsumerFields]
    ) -> Consumer:
        """Change a consumer; its credentials follow. Its id stays.

        Raises:
            NotFound: No such consumer.
            ConfigurationError: A field that cannot work, or an id.
            Conflict: The new username or custom_id is taken.
        """
        if "id" in changes:
            raise ConfigurationError("the id of a consumer cannot change")
        with self._lock:
            old = self._tables.get_consumer(consumer)
            new = replace(old, **changes)
            self._tables.put_consumer(new, instead_of=old)
            for _, credential in tuple(self._tables.owned_by(old)):
                followed = replace(credential, consumer=new)
                self._tables.put_credential(followed, instead_of=credential)
        return new

    def delete_consumer(self, consumer: Consumer | str) -> None:
        """Remove a consumer and its credentials; raises NotFound."""
        with self._lock:
            old = self._tables.get_consumer(consumer)
            for _, credential in tuple(self._tables.owned_by(old)):
                self._tables.drop_credential(credential)
            self._tables.drop_consumer(old)

    def list_consumers(
        self, *, tag: str | None = None, limit: int = 100, cursor: str | None = None
    ) -> Page[Consumer]:
        """List consumers in the order of their creation.

        Args:
            tag: Only those with this tag.
            limit: Rows at most, 1 to 1000.
            cursor: Of the page before.

        Raises:
            StoreError: A limit or cursor that cannot be.
        """
        with self._lock:
            rows = self._tables.consumers()
            chosen = (row for row in rows if tag is None or tag in row[1].tags)
            return page_of(chosen, limit, cursor)

    def create_credential(
        self, consumer: Consumer | str, **fields: Unpack[CredentialFields]
    ) -> Credential:
        """Add a credential; see :class:`jwtgate.Credential` for the fields.

        A key that is left out is made: 32 of A-Za-z0-9; so is the secret of an HS
        algorithm, as long as its hash and 32 at least.

        Raises:
            NotFound: No such consumer.
            ConfigurationError: A field that cannot work.
            Conflict: The (key, kid) is taken, the key is another consumer's, or it
                has four live credentials already.
        """
        chosen = completed(fields)
        with self._lock:
            owner = self._tables.get_consumer(consumer)
            credential = Credential(consumer=owner, **chosen)
            now = self._clock()
            self._tables.check_credential(credential, besides=None, now=now)
            self._tables.put_credential(credential)
        return credential

    def get_credential(self, key: str, kid: str | None = None) -> Credential:
        """Get the credential with exactly this key and kid; raises NotFound."""
        return self._tables.get_credential(key, kid)

    def consumer_of(self, key: str) -> Consumer:
        """Get the consumer whose key this is; raises NotFound."""
        credentials = self.find(key)
        if not credentials:
            raise NotFound("no such credential")
        return credentials[0].consumer

    def update_credential(
        self, key: str, kid: str | None = None, /, **changes: Unpack[CredentialFields]
    ) -> Credential:
        """Change the credential with exactly this key and kid.

        Raises:
            NotFound: No such credential.
            ConfigurationError: A field that cannot work.
            Conflict: As for :meth:`create_credential`.
        """
        with self._lock:
            old = self._tables.get_credential(key, kid)
            new = replace(old, **changes)
            self._tables.check_credential(new, besides=old, now=self._clock())
            self._tables.put_credential(new, instead_of=old)
        return new

    def delete_credential(self, key: str, kid: str | None = None) -> None:
        """Remove the credential with exactly this key and kid; raises NotFound."""
        with self._lock:
            old = self._tables.get_credential(key, kid)
            self._tables.drop_credential(old)

    def rotate(
        self,
        key: str,
        kid: str | None = None,
        /,
        *,
        overlap: float,
        **fields: Unpack[CredentialFields],
    ) -> Credential:
        """Add a successor under the same key, and retire the credential after a while.

        Until then both verify, so that an issuer changes over without a gap. The
        successor takes the old one's fields, except for those given; a secret and a
        kid are made, and it has no id and no end. Credentials of this key that are
        retired already are removed.

        Args:
            key: The key, which stays.
            kid: The kid of the old credential.
            overlap: Seconds from now for which the old one still verifies.
            fields: Fields of the successor; what is not an HS algorithm needs a
                ``public_key``.

        Raises:
            NotFound: No such credential.
            ConfigurationError: A field that cannot work, or no new public key.
            Conflict: As for :meth:`create_credential`.
        """
        if not 0 <= overlap < inf:
            raise ConfigurationError("overlap must be seconds, 0 or more")
        with self._lock:
            old = self._tables.get_credential(key, kid)
            new = successor(old, fields)
            now = self._clock()
            self._tables.check_credential(new, besides=None, now=now)
            for each in self.find(key):
                if each is not old and is_retired(each, now):
                    self._tables.drop_credential(each)
            if old.retire_after is None or now + overlap < old.retire_after:
                retiring = replace(old, retire_after=now + overlap)
                self._tables.put_credential(retiring, instead_of=old)
            self._tables.put_credential(new)
        return new

    def list_credentials(
        self,
        *,
        consumer: Consumer | str | None = None,
        tag: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Credential]:
        """List credentials in the order of their creation.

        Args:
            consumer: Only this consumer's.
            tag: Only those with this tag.
            limit: Rows at most, 1 to 1000.
            cursor: Of the page before.

        Raises:
            NotFound: No such consumer.
            StoreError: A limit or cursor that cannot be.
        """
        with self._lock:
            rows = self._tables.credentials()
            if consumer is not None:
                rows = self._tables.owned_by(self._tables.get_consumer(consumer))
            chosen = (row for row in rows if tag is None or tag in row[1].tags)
            return page_of(chosen, limit, cursor)
