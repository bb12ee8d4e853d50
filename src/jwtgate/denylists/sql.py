"""Lists of revoked tokens in a database, which processes and machines share.

The extra ``sql``. The entries are in the table ``jwtgate_denied``, one of those that
:func:`jwtgate.stores.sql.create_all` creates.
"""

import time
from collections.abc import Callable, Collection, Sequence
from typing import final

try:
    from sqlalchemy import URL, Engine
    from sqlalchemy.ext.asyncio import AsyncEngine
except ModuleNotFoundError as error:
    raise ImportError(f"{error}; pip install 'jwtgate[sql]'") from None

from jwtgate.denylist import KINDS, Denials, Subject, check_by
from jwtgate.denylists.entries import MARGIN, new_entry
from jwtgate.denylists.sqlentries import MANY, SQLEntries, denials_of
from jwtgate.stores.sql.adatabase import AsyncDatabase
from jwtgate.stores.sql.database import Database

__all__ = ["AsyncSQLDenylist", "SQLDenylist"]


@final
class SQLDenylist:
    """Revoked tokens in a database; safe for threads and forks.

    Its methods do what those of :class:`jwtgate.denylists.MemoryDenylist` do. Errors of
    SQLAlchemy and of drivers go through.

    Args:
        database: The URL of a database, or an engine of SQLAlchemy; as for
            :class:`jwtgate.stores.sql.SQLStore`.
        by: What tokens are revoked by: ``jti`` (every token must have one, then),
            ``token``, ``consumer``, ``everyone``; all if left out.
        margin: Seconds that an entry outlives its token; no less than the longest
            leeway, or grace period of a credential.
        clock: Gives seconds since the epoch.

    Raises:
        ConfigurationError: Another ``by``, no URL and no engine, or a driver that
            cannot be used.
    """

    def __init__(
        self,
        database: Engine | URL | str,
        *,
        by: Collection[str] = KINDS,
        margin: float = MARGIN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.by = check_by(by)
        self._database = Database(database)
        self._entries = SQLEntries(self._database.dialect, margin, clock)

    def deny(
        self,
        subject: Subject,
        *,
        until: float | None = None,
        issued_before: float | None = None,
    ) -> None:
        """Deny; see :meth:`jwtgate.denylists.MemoryDenylist.deny`."""
        entry = new_entry(subject, self.by, until, issued_before)
        self._database.change(lambda now: self._entries.deny(now, subject, entry))

    def allow(self, subject: Subject) -> None:
        """Deny a subject no more; whatever else names its tokens still does."""
        self._database.change(lambda now: self._entries.allow(now, subject))

    def look_up(self, subjects: Sequence[str]) -> Denials:
        """Find which subjects are denied now."""
        query, values = self._entries.question(subjects)
        return denials_of(self._database.look_up(query, **values))

    def purge(self) -> int:
        """Remove all entries that are over, and tell how many those were."""
        removed = [MANY]
        while removed[-1] == MANY:
            removed.append(self._database.change(self._entries.purge))
        return sum(removed[1:])

    def close(self) -> None:
        """Close the connections, unless an engine was given."""
        self._database.close()

    def __repr__(self) -> str:
        """Show the kind of database; a URL may have a password."""
        return f"SQLDenylist({self._database.dialect.name!r})"


@final
class AsyncSQLDenylist:
    """Revoked tokens in a database, for asynchronous code.

    See :class:`SQLDenylist`; what that does not wait for, this awaits. One that is
    given a URL may be used in several event loops.

    Args:
        database: The URL of a database, with an asynchronous driver, or an engine of
            ``sqlalchemy.ext.asyncio``.
        by: What tokens are revoked by; all if left out.
        margin: Seconds that an entry outlives its token.
        clock: Gives seconds since the epoch.

    Raises:
        ConfigurationError: As for :class:`SQLDenylist`.
    """

    def __init__(
        self,
        database: AsyncEngine | URL | str,
        *,
        by: Collection[str] = KINDS,
        margin: float = MARGIN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.by = check_by(by)
        self._database = AsyncDatabase(database)
        self._entries = SQLEntries(self._database.dialect, margin, clock)

    async def deny(
        self,
        subject: Subject,
        *,
        until: float | None = None,
        issued_before: float | None = None,
    ) -> None:
        """Deny; see :meth:`jwtgate.denylists.MemoryDenylist.deny`."""
        entry = new_entry(subject, self.by, until, issued_before)
        await self._database.change(lambda now: self._entries.deny(now, subject, entry))

    async def allow(self, subject: Subject) -> None:
        """Deny a subject no more; whatever else names its tokens still does."""
        await self._database.change(lambda now: self._entries.allow(now, subject))

    async def alook_up(self, subjects: Sequence[str]) -> Denials:
        """Find which subjects are denied now."""
        query, values = self._entries.question(subjects)
        return denials_of(await self._database.look_up(query, **values))

    async def purge(self) -> int:
        """Remove all entries that are over, and tell how many those were."""
        removed = [MANY]
        while removed[-1] == MANY:
            removed.append(await self._database.change(self._entries.purge))
        return sum(removed[1:])

    async def aclose(self) -> None:
        """Close the connections of the running loop, unless an engine was given."""
        await self._database.close()

    def __repr__(self) -> str:
        """Show the kind of database; a URL may have a password."""
        return f"AsyncSQLDenylist({self._database.dialect.name!r})"
