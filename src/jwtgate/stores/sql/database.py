"""A database for synchronous code: look-ups, and transactions."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar, final
from weakref import finalize

from sqlalchemy import URL, Connection, Engine, create_engine

from jwtgate._log import log_failure
from jwtgate.secrets.perprocess import PerProcess
from jwtgate.stores.changes import CHANNEL, Change
from jwtgate.stores.sql.engines import Address, changing, leave_to_parent
from jwtgate.stores.sql.lines import KeptLines, Lines, PooledLines, Rows
from jwtgate.stores.sql.queries import Query
from jwtgate.stores.sql.transaction import Work, look, transact

__all__ = ["UNTOLD", "Database", "Notify"]

_T = TypeVar("_T")

UNTOLD: Final = "a change was made, and nobody was told of it"

Notify = Callable[[Change], object]
"""What is told of a change that was made."""


@final
class Database:
    """A database for synchronous code; safe for threads and forks.

    An engine that was given is used as it is, and never closed. For a URL there are at
    most 8 connections for look-ups and 10 for changes, each opened when it is needed;
    nobody waits longer than a second for a look-up, nor than ten for a change. A forked
    process uses none that its parent has opened.

    Args:
        given: An engine, a URL, or its text.
        channel: What changes are told on, in PostgreSQL.
        notify: Is told of changes, too.

    Attributes:
        dialect: Of the database.

    Raises:
        ConfigurationError: It is none of these, or its driver cannot be used.
    """

    def __init__(
        self,
        given: Engine | URL | str,
        channel: str = CHANNEL,
        notify: Notify | None = None,
    ) -> None:
        self._channel = channel
        self._notify = notify
        if isinstance(given, Engine):
            self.dialect = given.dialect
            self._homes = PerProcess(partial(_lodge, given, os.getpid()))
        else:
            address = Address(given, create_engine)
            self.dialect = address.dialect
            self._homes = PerProcess(partial(_build, address))
        finalize(self, _close, self._homes)

    def look_up(self, query: Query, **values: Any) -> Rows:
        """Run a look-up, once more if its connection was lost."""
        return self._homes.get().lines.ask(query.text, query.values(values))

    def read(self, work: Work[_T]) -> _T:
        """Do work that changes nothing."""
        return self.use(partial(look, work=work))

    def change(self, work: Work[_T]) -> _T:
        """Do work in a transaction; see :func:`transact`."""
        made, change = self.use(partial(transact, work=work, channel=self._channel))
        if self._notify is not None and change is not None:
            try:
                self._notify(change)
            except Exception as error:  # noqa: BLE001 - what is done cannot be undone
                log_failure(UNTOLD, error)
        return made

    def use(self, work: Callable[[Connection], _T]) -> _T:
        """Do work with a connection that is in no transaction."""
        with self._homes.get().engine.connect() as connection:
            return work(connection)

    def close(self) -> None:
        """Close the connections, if they are our own; a later use makes new ones."""
        _close(self._homes)


@final
@dataclass(frozen=True, slots=True)
class _Home:
    """The connections of a process."""

    lines: Lines
    engine: Engine
    is_own: bool


def _build(address: Address[Engine]) -> _Home:
    lines = KeptLines(address.look_up_engine())
    return _Home(lines, address.change_engine(), is_own=True)


def _lodge(engine: Engine, pid: int) -> _Home:
    leave_to_parent(engine, pid)
    return _Home(PooledLines(engine), changing(engine), is_own=False)


def _close(homes: PerProcess[_Home]) -> None:
    home = homes.made()
    if home is not None:
        home.lines.close()
        if home.is_own:
            home.engine.dispose()
