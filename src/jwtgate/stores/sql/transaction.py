"""Changes that are made whole or not at all, one after another where it matters."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar, final

from sqlalchemy import (
    Connection,
    Delete,
    Insert,
    Select,
    Table,
    Update,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from jwtgate.errors import ConfigurationError, Conflict
from jwtgate.stores.changes import Change, encode
from jwtgate.stores.sql.rows import RawRow
from jwtgate.stores.sql.tables import consumers

__all__ = ["Transaction", "Work", "look", "transact"]

_T = TypeVar("_T")

# One of those that compete always goes on.
_ATTEMPTS: Final = 8

# A deadlock, or what another one changed: it passes when it is done again. PostgreSQL's
# by SQLSTATE, those of MariaDB and MySQL by number (deadlock, changed since read).
_PASSING_STATES: Final = frozenset({"40001", "40P01"})
_PASSING_NUMBERS: Final = frozenset({1213, 1020})

_NOTHING: Final = delete(consumers).where(false())
_NOTIFY: Final = select(func.pg_notify(bindparam("channel"), bindparam("message")))


@final
class Transaction:
    """A transaction under way, and what it changes.

    Args:
        connection: Of SQLAlchemy, in a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._keys: dict[str, None] = {}
        self._consumers = False

    def rows(self, statement: Select[Any], **values: Any) -> Sequence[RawRow]:
        """Give the rows that a statement finds."""
        return self._connection.execute(statement, values).all()

    def row(self, statement: Select[Any], **values: Any) -> RawRow | None:
        """Give the first row that a statement finds."""
        return self._connection.execute(statement, values).first()

    def run(self, statement: Update | Delete | Insert, **values: Any) -> int:
        """Run a statement, and tell how many rows it was about."""
        return self._connection.execute(statement, values).rowcount

    def insert(self, table: Table, **values: Any) -> Any:
        """Add a row, and give its key: the number, if it has one."""
        done = self._connection.execute(insert(table), values)
        return (done.inserted_primary_key or (None,))[0]

    def touch(self, keys: Iterable[str] = (), *, consumers: bool = False) -> None:
        """Note what caches elsewhere have to ask for anew."""
        self._keys.update(dict.fromkeys(keys))
        self._consumers = self._consumers or consumers

    def changed(self) -> Change | None:
        """Give what was noted; None if that is nothing."""
        if self._keys or self._consumers:
            return Change(tuple(self._keys), self._consumers)
        return None

    def be_the_only_one(self) -> None:
        """Wait until no other one writes, where rows cannot be locked: in SQLite.

        Raises:
            ConfigurationError: The engine commits each statement by itself.
        """
        if self._connection.dialect.name != "sqlite":
            return
        # Before anything is read: what was read could not be written after another.
        self._connection.execute(_NOTHING)
        driver: Any = self._connection.connection.driver_connection
        if not driver.in_transaction:
            raise ConfigurationError(
                "this engine commits each statement by itself; a store needs one with "
                "transactions"
            )

    def tell(self, channel: str) -> None:
        """Tell PostgreSQL's listeners what was noted, once it is committed."""
        change = self.changed()
        if change is not None and self._connection.dialect.name == "postgresql":
            self.rows(_NOTIFY, channel=channel, message=encode(change))


Work = Callable[[Transaction], _T]
"""What is done in a transaction; done again if others are in its way."""


def look(connection: Connection, work: Work[_T]) -> _T:
    """Do work that changes nothing."""
    with connection.begin():
        return work(Transaction(connection))


def transact(
    connection: Connection, work: Work[_T], channel: str
) -> tuple[_T, Change | None]:
    """Do work in a transaction, and commit it.

    Args:
        connection: Of SQLAlchemy, in no transaction.
        work: What to do; what it raises undoes all of it.
        channel: What changes are told on, in PostgreSQL.

    Returns:
        What the work gave, and what it changed.

    Raises:
        Conflict: Constraints of the database refuse it.
        DBAPIError: The database fails; the text has no values.
    """
    for _ in range(_ATTEMPTS):
        try:
            with connection.begin():
                transaction = Transaction(connection)
                transaction.be_the_only_one()
                made = work(transaction)
                transaction.tell(channel)
            return made, transaction.changed()
        except IntegrityError:
            # Another one was quicker; the work, done again, finds out with what.
            continue
        except DBAPIError as error:
            if not _passes(error):
                raise
    raise Conflict("others changed the same, or a constraint of the database refuses")


def _passes(error: DBAPIError) -> bool:
    cause: Any = error.orig
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    number = cause.args[0] if cause.args else None
    return state in _PASSING_STATES or number in _PASSING_NUMBERS
