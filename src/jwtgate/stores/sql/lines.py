"""Connections for look-ups, which each run one statement."""

from queue import Empty, SimpleQueue
from typing import Any, Final, Protocol, TypeAlias, final

from sqlalchemy import Engine, PoolProxiedConnection

from jwtgate.errors import StoreError

__all__ = [
    "BUSY",
    "MOST_LINES",
    "PATIENCE",
    "KeptLines",
    "Lines",
    "PooledLines",
    "Rows",
    "is_elsewhere",
    "is_lost",
    "rows_of",
]

Rows: TypeAlias = list[tuple[Any, ...]]
"""What a statement finds, as the driver gives it."""

MOST_LINES: Final = 8
"""Connections that are kept, of a process or an event loop: look-ups at a time."""

PATIENCE: Final = 1.0
"""Seconds to wait for a connection to be free."""

BUSY: Final = "all connections for look-ups are busy"


class Lines(Protocol):
    """What runs look-ups."""

    def ask(self, text: str, values: Any) -> Rows:
        """Run a statement in a transaction of its own, and give what it finds.

        One that fails since its connection was lost is run once more, on a new one.

        Raises:
            StoreError: No connection becomes free.
            Exception: What the driver raises.
        """
        ...

    def close(self) -> None:
        """Close what is open and not in use."""
        ...


@final
class KeptLines:
    """Connections of our own that stay open; as many as are used at a time.

    The pools of SQLAlchemy do more for each use than a look-up in SQLite costs.

    Args:
        engine: Opens one with each ``raw_connection()``, which commits by itself.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # A semaphore of threading takes a tenth of the time that SQLite answers in.
        self._turns: SimpleQueue[None] = SimpleQueue()
        for _ in range(MOST_LINES):
            self._turns.put(None)
        self._free: list[PoolProxiedConnection] = []

    def ask(self, text: str, values: Any) -> Rows:
        """Run a statement; see :class:`Lines`."""
        try:
            self._turns.get(timeout=PATIENCE)
        except Empty:
            raise StoreError(BUSY) from None
        try:
            kept = self._kept()
            found = None if kept is None else self._put(kept, text, values, again=True)
            if found is not None:
                return found
            line = self._engine.raw_connection()
            return self._put(line, text, values, again=False) or []
        finally:
            self._turns.put(None)

    def close(self) -> None:
        """Close those that are not in use."""
        while (line := self._kept()) is not None:
            line.close()

    def _kept(self) -> PoolProxiedConnection | None:
        try:
            return self._free.pop()  # the last one used: what nobody needs stays idle
        except IndexError:
            return None

    def _put(
        self, line: PoolProxiedConnection, text: str, values: Any, *, again: bool
    ) -> Rows | None:
        """Run it on a connection; None if that is lost, and it may be run again."""
        try:
            found = rows_of(line, text, values)
        except BaseException as error:
            # Whatever it was: nobody knows what comes next on this connection.
            lost = again and is_lost(self._engine, line, error)
            line.invalidate()
            if lost:
                self.close()  # the others are from before, too
                return None
            raise
        self._free.append(line)
        return found


@final
class PooledLines:
    """Connections of an engine that is the user's, taken from its pool and given back.

    Args:
        engine: The user's.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Elsewhere the driver begins nothing for a SELECT, or saying so costs more.
        self._sets_autocommit = engine.dialect.name == "postgresql"

    def ask(self, text: str, values: Any) -> Rows:
        """Run a statement; see :class:`Lines`."""
        pool = self._engine.pool
        found = self._put(text, values, again=True)
        if found is None:
            if self._engine.pool is pool:
                self._engine.dispose()  # the others are from before, too
            found = self._put(text, values, again=False)
        return found or []

    def close(self) -> None:
        """Leave the pool to the user."""

    def _put(self, text: str, values: Any, *, again: bool) -> Rows | None:
        line = self._engine.raw_connection()
        dialect: Any = self._engine.dialect
        connection = line.dbapi_connection
        try:
            if self._sets_autocommit:
                dialect.set_isolation_level(connection, "AUTOCOMMIT")
            found = rows_of(line, text, values)
            if self._sets_autocommit:
                dialect.reset_isolation_level(connection)
            elif dialect.name != "sqlite":
                # The pool may be told not to, and what the next one sees would be old.
                line.rollback()
        except BaseException as error:
            lost = again and is_lost(self._engine, line, error)
            line.invalidate()
            if lost:
                return None
            raise
        line.close()
        return found


def rows_of(line: PoolProxiedConnection, text: str, values: Any) -> Rows:
    """Run a statement by the driver (PEP 249)."""
    connection: Any = line.dbapi_connection
    cursor = connection.cursor()
    try:
        cursor.execute(text, values)
    except Exception as error:
        if not is_elsewhere(error):
            raise
        found = []
    else:
        found = [tuple(row) for row in cursor.fetchall()]
    cursor.close()
    return found


def is_elsewhere(error: BaseException) -> bool:
    """Whether a text was looked for that the encoding of the database does not have.

    Then it is in no table; and who chooses the text must not choose whether a store
    fails. The connection is as good as before.
    """
    # What drivers raise that write statements by the encoding of the connection.
    if isinstance(error, UnicodeEncodeError):
        return True
    return getattr(error, "sqlstate", None) == "22P05"  # untranslatable_character


def is_lost(engine: Engine, line: PoolProxiedConnection, error: BaseException) -> bool:
    """Whether an error says that the connection is no more."""
    dialect: Any = engine.dialect
    return isinstance(error, Exception) and bool(
        dialect.is_disconnect(error, line.dbapi_connection, None)
    )
