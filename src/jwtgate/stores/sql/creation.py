"""Making the tables without migrations."""

from contextlib import closing, suppress

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from jwtgate.stores.sql.adatabase import AsyncDatabase
from jwtgate.stores.sql.database import Database
from jwtgate.stores.sql.schema import metadata

__all__ = ["acreate_all", "create_all"]


def create_all(database: Engine | URL | str) -> None:
    """Create the tables that are missing; several processes may do so at once.

    Tables that are there are left as they are, even those of another version: that is
    for migrations.

    Args:
        database: What :class:`SQLStore` is given.

    Raises:
        ConfigurationError: It is none, or its driver cannot be used.
        DBAPIError: The database fails.
    """
    with closing(Database(database)) as opened:
        opened.use(_create)


async def acreate_all(database: AsyncEngine | URL | str) -> None:
    """Do the same, given what :class:`AsyncSQLStore` is given."""
    opened = AsyncDatabase(database)
    try:
        await opened.use(_create)
    finally:
        await opened.close()


def _create(connection: Connection) -> None:
    # Whether a table is there is asked before it is created: another one may create it
    # between the two. Then it is there the next time.
    for _ in metadata.tables:
        with suppress(DBAPIError), connection.begin():
            metadata.create_all(connection)
            return
    with connection.begin():
        metadata.create_all(connection)
