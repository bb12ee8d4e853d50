"""Connections for look-ups of asynchronous code, which each run one statement."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeAlias, final

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn

from jwtgate.errors import StoreError
from jwtgate.stores.sql.lines import (
    BUSY,
    MOST_LINES,
    PATIENCE,
    PooledLines,
    Rows,
    is_elsewhere,
    is_lost,
    rows_of,
)

__all__ = ["AsyncKeptLines", "AsyncLines", "AsyncPooledLines"]


class AsyncLines(Protocol):
    """What runs look-ups; see :class:`jwtgate.stores.sql.lines.Lines`."""

    async def ask(self, text: str, values: Any) -> Rows:
        """Run a statement in a transaction of its own, and give what it finds.

        One that fails since its connection was lost is run once more, on a new one.

        Raises:
            StoreError: No connection becomes free.
            Exception: What the driver raises.
        """
        ...

    async def close(self) -> None:
        """Close what is open and not in use."""
        ...


async def _by_asyncpg(line: PoolProxiedConnection, text: str, values: Any) -> Any:
    connection: Any = line.driver_connection
    try:
        return await connection.fetch(text, *values, timeout=PATIENCE)
    except Exception as error:
        if is_elsewhere(error):
            return ()
        raise


async def _by_aiosqlite(line: PoolProxiedConnection, text: str, values: Any) -> Any:
    connection: Any = line.driver_connection
    return await connection.execute_fetchall(text, values)


async def _by_asyncmy(line: PoolProxiedConnection, text: str, values: Any) -> Any:
    connection: Any = line.driver_connection
    async with asyncio.timeout(PATIENCE), connection.cursor() as cursor:
        await cursor.execute(text, values)
        return await cursor.fetchall()


async def _by_others(line: PoolProxiedConnection, text: str, values: Any) -> Any:
    async with asyncio.timeout(PATIENCE):
        return await greenlet_spawn(rows_of, line, text, values)


_How: TypeAlias = Callable[[PoolProxiedConnection, str, Any], Awaitable[Any]]

# The steps of PEP 249 each are a trip: to a greenlet, with aiosqlite to a thread.
_HOW: Mapping[str, _How] = {
    "asyncpg": _by_asyncpg,
    "aiosqlite": _by_aiosqlite,
    "asyncmy": _by_asyncmy,
}


@final
class AsyncKeptLines:
    """Connections of our own that stay open, of one event loop.

    Args:
        engine: Opens one with each ``raw_connection()``, which commits by itself.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._run = _HOW.get(engine.dialect.driver, _by_others)
        self._turns = asyncio.Semaphore(MOST_LINES)
        self._free: list[PoolProxiedConnection] = []
        self._is_closed = False

    async def ask(self, text: str, values: Any) -> Rows:
        """Run a statement; see :class:`AsyncLines`."""
        await self._take_turn()
        try:
            if self._free:
                line = self._free.pop()  # the last one used: see KeptLines
                found = await self._put(line, text, values, again=True)
                if found is not None:
                    return found
            async with asyncio.timeout(PATIENCE):
                line = await self._engine.raw_connection()
            return await self._put(line, text, values, again=False) or []
        finally:
            self._turns.release()

    async def close(self) -> None:
        """Close those that are not in use, and each other one after its use."""
        self._is_closed = True
        await self._close_free()

    async def _close_free(self) -> None:
        while self._free:
            await greenlet_spawn(self._free.pop().close)

    async def _take_turn(self) -> None:
        if not self._turns.locked():
            await self._turns.acquire()  # which does not wait
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._turns.acquire()
        except TimeoutError:
            raise StoreError(BUSY) from None

    async def _put(
        self, line: PoolProxiedConnection, text: str, values: Any, *, again: bool
    ) -> Rows | None:
        """Run it on a connection; None if that is lost, and it may be run again."""
        try:
            rows = await self._run(line, text, values)
            found = [tuple(row) for row in rows]
        except BaseException as error:
            # Whatever it was: nobody knows what comes next on this connection.
            lost = again and is_lost(self._engine.sync_engine, line, error)
            await self._drop(line)
            if lost:
                await self._close_free()  # the others are from before, too
                return None
            raise
        self._free.append(line)
        if self._is_closed:  # the next look-up has other lines: see AsyncDatabase
            await self._close_free()
        return found

    async def _drop(self, line: PoolProxiedConnection) -> None:
        if self._engine.dialect.has_terminate:
            line.invalidate()  # at once: who is cancelled does not wait
        else:
            await greenlet_spawn(line.invalidate)


@final
class AsyncPooledLines:
    """Connections of an engine that is the user's, taken from its pool and given back.

    Args:
        engine: The user's.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._lines = PooledLines(engine.sync_engine)

    async def ask(self, text: str, values: Any) -> Rows:
        """Run a statement; see :class:`AsyncLines`."""
        return await greenlet_spawn(self._lines.ask, text, values)

    async def close(self) -> None:
        """Leave the pool to the user."""
