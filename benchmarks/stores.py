"""Look-ups of each store, beside the same question put by its driver, in one run.

PostgreSQL, MariaDB and Redis are used where they are found at their usual ports of
this machine; what is put there has names of its own, and is taken away in the end. The
rows of an engine take turns, so that a machine that slows down slows them all; the
ratios are what to read. No thresholds here: microseconds are noisy.

plain    the same question, put by the driver
store    a store asked for one of 500 keys that it was asked for before
first    a store that is asked for a key for the first time (the median)
cached   a hit of the cache, beside MemoryStore's find in the same turns

    python benchmarks/stores.py [credentials that each holds, else 1,000] [engine ...]
"""

import asyncio
import gc
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import redis
import sqlalchemy as sa
from redis.asyncio import Redis as AsyncRedis
from sqlalchemy.ext.asyncio import create_async_engine

from jwtgate import MemoryStore
from jwtgate.stores.cached import AsyncCachedStore, CachedStore
from jwtgate.stores.redis import AsyncRedisStore, RedisStore
from jwtgate.stores.sql import AsyncSQLStore, SQLStore, create_all
from jwtgate.stores.sql.queries import BY_KEY, Query

ROUNDS = 9
CALLS = 500
SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - of nobody
REDIS = "redis://127.0.0.1:6379/0"
POSTGRESQL = "postgres@127.0.0.1:5432"
MARIADB = "root@127.0.0.1:3306"

Call = Callable[[str], object]
AsyncCall = Callable[[str], Awaitable[object]]


def main(count: int, engines: Sequence[str]) -> None:
    """Measure every engine that is there, or those with these in their names."""
    chosen = [f"key-{number}" for number in range(count)]
    Random(1).shuffle(chosen)  # noqa: S311 - no secret
    chosen = chosen[:CALLS]
    print(f"{count:,} credentials; us for each look-up")
    print(
        f"{'':27} {'plain':>8} {'store':>8} {'':7} {'first':>8}"
        f" {'cached':>8} {'memory':>8} {'':7} {'store/s':>8} {'cached/s':>10}"
    )
    for name, measure in ENGINES:
        if engines and not any(each in name for each in engines):
            continue
        try:
            first, plain, store, cached, hit = measure(count, chosen)
        except (OSError, sa.exc.OperationalError, redis.ConnectionError):
            print(f"{name:27} is not there")
            continue
        print(
            f"{name:27} {plain:8.1f} {store:8.1f} {store / plain:6.2f}x {first:8.1f}"
            f" {cached:8.2f} {hit:8.2f} {cached / hit:6.2f}x"
            f" {1e6 / store:8,.0f} {1e6 / cached:10,.0f}"
        )


def held(chosen: Sequence[str]) -> MemoryStore:
    """Make a store in memory of these keys."""
    memory = MemoryStore()
    owner = memory.create_consumer(username="jack")
    for key in chosen:
        memory.create_credential(owner, key=key, secret=SECRET)
    return memory


def first(call: Call, chosen: Sequence[str]) -> float:
    """Time the first look-up of each key, after one that opens the connection."""
    call("key-of-nobody")
    times = []
    for key in chosen:
        start = time.perf_counter()
        call(key)
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


async def afirst(call: AsyncCall, chosen: Sequence[str]) -> float:
    """Do the same with a coroutine."""
    await call("key-of-nobody")
    times = []
    for key in chosen:
        start = time.perf_counter()
        await call(key)
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


def fill(store: Any, count: int) -> None:
    """Put credentials of one consumer into a store."""
    owner = store.create_consumer(username="jack")
    for number in range(count):
        store.create_credential(owner, key=f"key-{number}", secret=SECRET)


def timed(calls: Sequence[Call], chosen: Sequence[str]) -> list[float]:
    """Time calls in turns; give the median of each one's microseconds."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, times in zip(calls, taken, strict=True):
            for key in chosen:
                call(key)  # so that each begins with warm connections
            gc.disable()
            start = time.perf_counter()
            for key in chosen:
                call(key)
            times.append((time.perf_counter() - start) / len(chosen) * 1e6)
            gc.enable()
    return [statistics.median(times) for times in taken]


async def atimed(calls: Sequence[AsyncCall], chosen: Sequence[str]) -> list[float]:
    """Do the same with coroutines."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, times in zip(calls, taken, strict=True):
            for key in chosen:
                await call(key)
            gc.disable()
            start = time.perf_counter()
            for key in chosen:
                await call(key)
            times.append((time.perf_counter() - start) / len(chosen) * 1e6)
            gc.enable()
    return [statistics.median(times) for times in taken]


def within(memory: MemoryStore) -> AsyncCall:
    """Look up in memory, within a coroutine."""

    async def find(key: str) -> object:
        return memory.find(key)

    return find


@contextmanager
def database(server: str) -> Iterator[str]:
    """Make a database for the run; give its URL without a driver."""
    name = f"jwtgate_bench_{uuid4().hex[:8]}"
    if server == "sqlite":
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/{name}.db"
        return
    kind = "postgresql" if server == POSTGRESQL else "mariadb"
    driver = "psycopg" if kind == "postgresql" else "pymysql"
    usual = "/postgres" if kind == "postgresql" else ""
    engine = sa.create_engine(
        f"{kind}+{driver}://{server}{usual}", isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield f"{kind}://{server}/{name}"
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name}"))
        engine.dispose()


def fill_database(url: str, count: int) -> None:
    """Put credentials into a database, many at a time."""
    create_all(url)
    store = SQLStore(url)
    owner = store.create_consumer(username="jack")
    store.create_credential(owner, key="key-0", secret=SECRET)
    store.close()
    engine = sa.create_engine(url)
    metadata = sa.MetaData()
    metadata.reflect(engine)
    for name in ("jwtgate_keys", "jwtgate_credentials"):
        table = metadata.tables[name]
        with engine.begin() as connection:
            row = dict(connection.execute(sa.select(table)).one()._mapping)  # noqa: SLF001 - documented
            row.pop("number", None)
            as_text = type(row["key"])
            for start in range(1, count, 10_000):
                texts = (
                    f"key-{each}" for each in range(start, min(start + 10_000, count))
                )
                more = [
                    {**row, "key": each.encode() if as_text is bytes else each}
                    for each in texts
                ]
                connection.execute(sa.insert(table), more)
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        kind = engine.dialect.name
        if kind != "mariadb":
            connection.execute(sa.text("ANALYZE"))
    engine.dispose()


def sql(server: str, driver: str) -> Callable[[int, Sequence[str]], list[float]]:
    """Measure a driver for synchronous code."""

    def measure(count: int, chosen: Sequence[str]) -> list[float]:
        with database(server) as bare:
            url = bare.replace("://", f"+{driver}://", 1) if driver else bare
            fill_database(url, count)
            engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
            query = Query.of(BY_KEY, engine.dialect)
            line: Any = engine.raw_connection().dbapi_connection
            cursor = line.cursor()

            def plain(key: str) -> object:
                cursor.execute(query.text, query.values({"key": key}))
                return cursor.fetchall()

            store = SQLStore(url)
            cached = CachedStore(store)
            memory = held(chosen)
            try:
                return [
                    first(store.find, chosen),
                    *timed([plain, store.find, cached.find, memory.find], chosen),
                ]
            finally:
                cached.close()
                store.close()
                line.close()
                engine.dispose(close=False)

    return measure


def asql(server: str, driver: str, fills: str) -> Callable[..., list[float]]:
    """Measure a driver for asynchronous code."""

    def measure(count: int, chosen: Sequence[str]) -> list[float]:
        with database(server) as bare:
            fill_database(bare.replace("://", f"+{fills}://", 1), count)
            url = bare.replace("://", f"+{driver}://", 1)
            return asyncio.run(_asql(url, chosen))

    return measure


async def _asql(url: str, chosen: Sequence[str]) -> list[float]:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    store = AsyncSQLStore(url)
    cached = AsyncCachedStore(store)
    try:
        async with engine.connect() as connection:
            line = (await connection.get_raw_connection()).driver_connection
            plain = question(line, engine.driver, Query.of(BY_KEY, engine.dialect))
            return [
                await afirst(store.afind, chosen),
                *await atimed(
                    [plain, store.afind, cached.afind, within(held(chosen))], chosen
                ),
            ]
    finally:
        await cached.aclose()
        await store.aclose()
        await engine.dispose()


def question(line: Any, driver: str, query: Query) -> AsyncCall:
    """Put the question of a look-up to a driver; each has a way of its own."""

    async def asyncpg(key: str) -> object:
        return await line.fetch(query.text.replace("%s", "$1"), key)

    async def asyncmy(key: str) -> object:
        async with line.cursor() as cursor:
            await cursor.execute(query.text, query.values({"key": key}))
            return await cursor.fetchall()

    async def aiosqlite(key: str) -> object:
        cursor = await line.execute(query.text, query.values({"key": key}))
        found = await cursor.fetchall()
        await cursor.close()
        return found

    return {"asyncpg": asyncpg, "asyncmy": asyncmy, "aiosqlite": aiosqlite}[driver]


def in_redis(count: int, chosen: Sequence[str]) -> list[float]:
    """Measure Redis, for synchronous code."""
    prefix = f"bench-{uuid4().hex[:8]}"
    store = RedisStore(REDIS, prefix=prefix)
    client = redis.Redis.from_url(REDIS, protocol=2)
    cached = CachedStore(store)
    try:
        fill(store, count)
        get: Any = client.execute_command

        def plain(key: str) -> object:
            return get("GET", f"{{{prefix}}}:key:{key}")

        memory = held(chosen)
        return [
            first(store.find, chosen),
            *timed([plain, store.find, cached.find, memory.find], chosen),
        ]
    finally:
        cached.close()
        forget(client, prefix)
        store.close()
        client.close()


def in_redis_async(count: int, chosen: Sequence[str]) -> list[float]:
    """Measure Redis, for asynchronous code."""
    prefix = f"bench-{uuid4().hex[:8]}"
    with redis.Redis.from_url(REDIS) as client:
        store = RedisStore(REDIS, prefix=prefix)
        try:
            fill(store, count)
            return asyncio.run(_in_redis(prefix, chosen))
        finally:
            forget(client, prefix)
            store.close()


async def _in_redis(prefix: str, chosen: Sequence[str]) -> list[float]:
    client: Any = AsyncRedis.from_url(REDIS, protocol=2)
    store = AsyncRedisStore(REDIS, prefix=prefix)
    cached = AsyncCachedStore(store)

    async def plain(key: str) -> object:
        return await client.execute_command("GET", f"{{{prefix}}}:key:{key}")

    try:
        return [
            await afirst(store.afind, chosen),
            *await atimed(
                [plain, store.afind, cached.afind, within(held(chosen))], chosen
            ),
        ]
    finally:
        await cached.aclose()
        await store.aclose()
        await client.aclose()


def forget(client: redis.Redis, prefix: str) -> None:
    """Take away what a store put into Redis."""
    for name in client.scan_iter(f"{{{prefix}}}:*", count=1000):
        client.delete(name)


ENGINES = (
    ("SQLite", sql("sqlite", "")),
    ("SQLite, async (aiosqlite)", asql("sqlite", "aiosqlite", "pysqlite")),
    ("PostgreSQL (psycopg)", sql(POSTGRESQL, "psycopg")),
    ("PostgreSQL, async (asyncpg)", asql(POSTGRESQL, "asyncpg", "psycopg")),
    ("MariaDB (pymysql)", sql(MARIADB, "pymysql")),
    ("MariaDB, async (asyncmy)", asql(MARIADB, "asyncmy", "pymysql")),
    ("Redis", in_redis),
    ("Redis, async", in_redis_async),
)

if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000, sys.argv[2:])
