"""The store in a database, for synchronous code."""

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Unpack, final

from sqlalchemy import URL, Engine

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.keytext import is_key_text
from jwtgate.stores.changes import CHANNEL
from jwtgate.stores.fields import ConsumerFields, CredentialFields
from jwtgate.stores.paging import Page
from jwtgate.stores.records import consumer_of
from jwtgate.stores.sql import consumers, sweeps
from jwtgate.stores.sql.credentials import consumer_of_key, row_of_credential
from jwtgate.stores.sql.database import Database, Notify
from jwtgate.stores.sql.opening import Row, usable
from jwtgate.stores.sql.parts import Parts
from jwtgate.stores.sql.rows import can_be_kept, kept_consumer

if TYPE_CHECKING:
    from jwtgate.secrets import Secrets
    from jwtgate.secrets.keyring import Keyring

__all__ = ["SQLStore"]


@final
class SQLStore:
    """Consumers and credentials in a database; safe for threads and forks.

    A look-up is one statement, and sees what was committed before it. What is listed
    or found and cannot be used is an :class:`jwtgate.UnusableCredential`. Errors of
    SQLAlchemy and of drivers go through; they have no secrets in them, nor has what
    those log.

    Args:
        database: The URL of a database (PostgreSQL, MariaDB or MySQL, an SQLite in a
            file), or an engine of SQLAlchemy with timeouts of its own, which is used as
            it is. With a URL, look-ups wait for a second at most, and cost least.
        keyring: Seals the secrets; None leaves them as they are.
        secrets: Tells what references stand for; None takes none.
        channel: What changes are told on, in PostgreSQL.
        notify: Is told of each change once it is made: for caches elsewhere, where the
            database is none that tells. What it raises is logged.
        clock: Gives seconds since the epoch; for who is live, and for :meth:`rotate`.

    Raises:
        ConfigurationError: It is no URL and no engine, or its driver cannot be used.
    """

    def __init__(
        self,
        database: Engine | URL | str,
        *,
        keyring: "Keyring | None" = None,
        secrets: "Secrets | None" = None,
        channel: str = CHANNEL,
        notify: Notify | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = Database(database, channel, notify)
        self._parts = Parts(self._database.dialect, keyring, secrets, clock)

    def find(self, key: str, kid: str | None = None) -> tuple[Row, ...]:  # noqa: ARG002 - the gate picks by kid
        """Find the credentials of a key; see :class:`jwtgate.CredentialStore`."""
        if not is_key_text(key):
            return ()
        rows = self._database.look_up(self._parts.by_key, key=key)
        return tuple(each for each in self._parts.opener.open(rows) if each.key == key)

    def find_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username."""
        if not can_be_kept(name):
            return None
        rows = self._database.look_up(self._parts.by_name, name=name)
        return consumer_of(kept_consumer(rows[0]).record) if rows else None

    def create_consumer(self, **fields: Unpack[ConsumerFields]) -> Consumer:
        """Add a consumer; see :meth:`jwtgate.MemoryStore.create_consumer`."""
        consumer = Consumer(**fields)
        return self._database.change(partial(consumers.create, consumer=consumer))

    def get_consumer(self, name: str) -> Consumer:
        """Get a consumer by id, else by username; raises NotFound."""
        return self._database.read(lambda now: consumers.get(now, name))

    def update_consumer(
        self, consumer: Consumer | str, **changes: Unpack[ConsumerFields]
    ) -> Consumer:
        """Change a consumer; see :meth:`jwtgate.MemoryStore.update_consumer`."""
        return self._database.change(
            lambda now: consumers.update_with_names(now, consumer, changes)
        )

    def delete_consumer(self, consumer: Consumer | str) -> None:
        """Remove a consumer and its credentials; raises NotFound."""
        self._database.change(
            lambda now: consumers.delete_with_credentials(now, consumer)
        )

    def list_consumers(
        self, *, tag: str | None = None, limit: int = 100, cursor: str | None = None
    ) -> Page[Consumer]:
        """List consumers; see :meth:`jwtgate.MemoryStore.list_consumers`."""
        return self._database.read(
            lambda now: consumers.listed(now, tag, limit, cursor)
        )

    def create_credential(
        self, consumer: Consumer | str, **fields: Unpack[CredentialFields]
    ) -> Credential:
        """Add a credential; see :meth:`jwtgate.MemoryStore.create_credential`."""
        create = self._parts.credentials.create
        return self._database.change(lambda now: create(now, consumer, fields))

    def get_credential(self, key: str, kid: str | None = None) -> Credential:
        """Get the credential with exactly this key and kid.

        Raises:
            NotFound: No such credential.
            StoreError: It cannot be used.
        """
        row = self._database.read(lambda now: row_of_credential(now, key, kid))
        return usable(self._parts.opener.open([row]))

    def consumer_of(self, key: str) -> Consumer:
        """Get the consumer whose key this is; raises NotFound."""
        return self._database.read(lambda now: consumer_of_key(now, key))

    def update_credential(
        self, key: str, kid: str | None = None, /, **changes: Unpack[CredentialFields]
    ) -> Credential:
        """Change a credential; see :meth:`jwtgate.MemoryStore.update_credential`."""
        update = self._parts.credentials.update
        return self._database.change(lambda now: update(now, key, kid, changes))

    def delete_credential(self, key: str, kid: str | None = None) -> None:
        """Remove the credential with exactly this key and kid; raises NotFound."""
        delete = self._parts.credentials.delete
        self._database.change(lambda now: delete(now, key, kid))

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
        rotate = self._parts.credentials.rotate
        return self._database.change(lambda now: rotate(now, key, kid, overlap, fields))

    def list_credentials(
        self,
        *,
        consumer: Consumer | str | None = None,
        tag: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Row]:
        """List credentials; see :meth:`jwtgate.MemoryStore.list_credentials`."""
        page = self._database.read(
            lambda now: sweeps.listed(now, consumer, tag, limit, cursor)
        )
        return self._parts.opener.open_page(page)

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
        total = 0
        after: int | None = 0
        while after is not None:
            work = partial(
                sweeps.resealed, box=self._parts.box, after=after, plain=plain
            )
            sealed, after = self._database.change(work)
            total += sealed
        return total

    def close(self) -> None:
        """Close the connections, unless an engine was given."""
        self._database.close()

    def __repr__(self) -> str:
        """Show the kind of database; a URL may have a password."""
        return f"SQLStore({self._database.dialect.name!r})"
