"""Credentials in a database, which processes and machines share (the extra ``sql``).

PostgreSQL, MariaDB or MySQL, and SQLite in a file, by SQLAlchemy and any of its drivers
for them. The tables come with :func:`create_all`, or with your own migrations: give
:data:`metadata` to Alembic.
"""

try:
    from jwtgate.stores.sql.astore import AsyncSQLStore
    from jwtgate.stores.sql.creation import acreate_all, create_all
    from jwtgate.stores.sql.schema import metadata
    from jwtgate.stores.sql.store import SQLStore
except ModuleNotFoundError as error:
    raise ImportError(f"{error}; pip install 'jwtgate[sql]'") from None

__all__ = ["AsyncSQLStore", "SQLStore", "acreate_all", "create_all", "metadata"]
