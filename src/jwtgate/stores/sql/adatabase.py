"""A database for asynchronous code: look-ups, and transactions."""

import asyncio
import os
from asyncio import AbstractEventLoop
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from inspect import isawaitable
from traceback import clear_frames
from typing import Any, TypeVar, final

from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from jwtgate._log import log_failure
from jwtgate.secrets.perprocess import PerProcess
from jwtgate.stores.changes import CHANNEL, Change
from jwtgate.stores.sql.alines import AsyncKeptLines, AsyncLines, AsyncPooledLines
from jwtgate.stores.sql.database import UNTOLD
from jwtgate.stores.sql.engines import Address, changing, leave_to_parent
from jwtgate.stores.sql.lines import Rows
from jwtgate.stores.sql.queries import Query
from jwtgate.stores.sql.transaction import Work, look, transact

__all__ = ["AsyncDatabase", "AsyncNotify"]

_T = TypeVar("_T")

AsyncNotify = Callable[[Change], Awaitable[object] | object]
"""What is told of a change that was made; it may be a coroutine function."""


@final
class AsyncDatabase:
    """A database for asynchronous code; safe for forks.

    See :class:`jwtgate.stores.sql.database.Database`. For a URL each event loop has
    connections of its own, which are closed when it shuts down.

    Args:
        given: An asynchronous engine, a URL, or its text.
        channel: What changes are told on, in PostgreSQL.
        notify: Is told of changes, too.

    Attributes:
        dialect: Of the database.

    Raises:
        ConfigurationError: It is none of these, or its driver cannot be used.
    """

    def __init__(
        self,
        given: AsyncEngine | URL | str,
        channel: str = CHANNEL,
        notify: AsyncNotify | None = None,
    ) -> None:
        self._channel = channel
        self._notify = notify
        self._address: Address[AsyncEngine] | None = None
        if isinstance(given, AsyncEngine):
            self.dialect = given.dialect
            self._lodged = PerProcess(partial(_lodge, given, os.getpid()))
        else:
            self._address = Address(given, create_async_engine)
            self.dialect = self._address.dialect
        # The generators close what they gave when their loop shuts down.
        self._homes: PerProcess[_Homes] = PerProcess(dict)

    async def look_up(self, query: Query, **values: Any) -> Rows:
        """Run a look-up, once more if its connection was lost."""
        home = await self._home()
        return await home.lines.ask(query.text, query.values(values))

    async def read(self, work: Work[_T]) -> _T:
        """Do work that changes nothing."""
        return await self.use(partial(look, work=work))

    async def change(self, work: Work[_T]) -> _T:
        """Do work in a transaction; see :func:`transact`."""
        made, change = await self.use(
            partial(transact, work=work, channel=self._channel)
        )
        if self._notify is not None and change is not None:
            try:
                told = self._notify(change)
                if isawaitable(told):
                    await told
            except Exception as error:  # noqa: BLE001 - what is done cannot be undone
                log_failure(UNTOLD, error)
        return made

    async def use(self, work: Callable[[Connection], _T]) -> _T:
        """Do work with a connection that is in no transaction."""
        home = await self._home()
        try:
            async with home.engine.connect() as connection:
                return await connection.run_sync(work)
        except asyncio.CancelledError as error:
            # A cursor in one of them would keep an SQLite locked.
            clear_frames(error.__traceback__)
            raise

    async def close(self) -> None:
        """Close the connections of the running loop, if they are our own."""
        kept = self._homes.get().get(asyncio.get_running_loop())
        if kept is not None:
            await kept[1].aclose()

    async def _home(self) -> "_Home":
        if self._address is None:
            return self._lodged.get()
        loop = asyncio.get_running_loop()
        homes = self._homes.get()
        kept = homes.get(loop)
        if kept is None:
            _forget_closed(homes)
            building = _build(self._address, homes, loop)
            kept = homes[loop] = await anext(building), building
        return kept[0]


@final
@dataclass(frozen=True, slots=True)
class _Home:
    """The connections of an event loop."""

    lines: AsyncLines
    engine: AsyncEngine


_Homes = dict[AbstractEventLoop, tuple[_Home, AsyncGenerator[_Home, None]]]


async def _build(
    address: Address[AsyncEngine], homes: _Homes, loop: AbstractEventLoop
) -> AsyncGenerator[_Home, None]:
    lines = AsyncKeptLines(address.look_up_engine())
    home = _Home(lines, address.change_engine())
    try:
        yield home
    finally:
        homes.pop(loop, None)
        await lines.close()
        await home.engine.dispose()


def _lodge(engine: AsyncEngine, pid: int) -> _Home:
    leave_to_parent(engine, pid)
    return _Home(AsyncPooledLines(engine), changing(engine))


def _forget_closed(homes: _Homes) -> None:
    # Those that did not shut down. Weak references would not let them go: what is kept
    # for a loop holds it.
    for loop in list(homes):
        if loop.is_closed():
            homes.pop(loop, None)
