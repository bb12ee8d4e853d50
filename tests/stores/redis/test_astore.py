import asyncio
import copy
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.asyncio.cluster import RedisCluster

from jwtgate import (
    Authenticated,
    Conflict,
    Credential,
    Denied,
    Gate,
    RequestView,
    aauthenticate,
)
from jwtgate.reason import Reason
from jwtgate.stores.redis import AsyncRedisStore
from tests.counting.redisserver import DOWN, client, running_cluster, url_of
from tests.kit import KEY, SECRET, clock, mint


@asynccontextmanager
async def opened(url: str, prefix: str, *keys: str) -> AsyncIterator[AsyncRedisStore]:
    """Make a store with jack and credentials of these keys."""
    store = AsyncRedisStore(url, prefix=prefix, clock=clock)
    await store.create_consumer(username="jack")
    for key in keys:
        await store.create_credential("jack", key=key, secret=SECRET)
    yield store


async def decided(store: AsyncRedisStore) -> Any:
    """Decide on a request with a token of jack's."""
    line = (b"Authorization", b"Bearer " + mint().encode())
    return await aauthenticate(
        Gate(store, clock=clock), RequestView("GET", headers=[line])
    )


def in_loop(work: Callable[[], Awaitable[None]]) -> None:
    """Run in an event loop of its own."""

    async def main() -> None:
        await work()

    asyncio.run(main())


def test_a_token_of_a_stored_credential_passes(redis_url: str, prefix: str) -> None:
    """From end to end."""

    async def use() -> None:
        async with opened(redis_url, prefix, KEY) as store:
            assert isinstance(await decided(store), Authenticated)

    in_loop(use)


def test_a_redis_that_is_down_is_a_503() -> None:
    """Never a 401."""

    async def use() -> None:
        outcome = await decided(AsyncRedisStore(f"redis://{DOWN}"))
        assert isinstance(outcome, Denied)
        assert outcome.reason is Reason.STORE_UNAVAILABLE

    in_loop(use)


def test_an_unchanged_document_gives_the_same_objects(
    redis_url: str, prefix: str
) -> None:
    """Nothing is opened twice."""

    async def use() -> None:
        async with opened(redis_url, prefix, KEY) as store:
            assert await store.afind(KEY) is await store.afind(KEY)

    in_loop(use)


def test_a_cancelled_look_up_leaves_no_answer_to_another(
    own_port: int, prefix: str
) -> None:
    """The attack is to hang up, so that the next request reads one's own answer."""
    keys = [f"key-{number}" for number in range(8)]

    async def look(store: AsyncRedisStore, key: str) -> None:
        (found,) = await store.afind(key)
        assert isinstance(found, Credential)
        assert found.key == key

    async def use() -> None:
        async with opened(url_of(own_port), prefix, *keys) as store:
            for turn in range(150):
                hanging_up = [asyncio.create_task(look(store, key)) for key in keys]
                for _ in range(turn % 12):
                    await asyncio.sleep(0)
                for task in hanging_up[::2]:
                    task.cancel()
                ended = await asyncio.gather(*hanging_up, return_exceptions=True)
                for each in ended:
                    assert isinstance(each, asyncio.CancelledError | None)
                assert ended[1::2] == [None] * 4

    in_loop(use)


def test_a_cancelled_change_is_made_or_not(own_port: int, prefix: str) -> None:
    """Never half of it."""

    async def use() -> None:
        async with opened(url_of(own_port), prefix) as store:
            for turn in range(40):
                key = str(turn)
                creating = asyncio.create_task(
                    store.create_credential("jack", key=key, tags=["t"])
                )
                for _ in range(turn):
                    await asyncio.sleep(0)
                creating.cancel()
                with suppress(asyncio.CancelledError):
                    await creating
            listed = await store.list_credentials(tag="t", limit=1000)
            everything = await store.list_credentials(consumer="jack", limit=1000)
            assert listed == everything
            for row in listed.items:
                assert await store.afind(row.key) == (row,)

    in_loop(use)


def test_tasks_race_for_a_key(redis_url: str, prefix: str) -> None:
    """One consumer has it, and four credentials."""

    async def use() -> None:
        async with opened(redis_url, prefix) as store:
            await store.create_consumer(username="jill")
            results = await asyncio.gather(
                *(
                    store.create_credential(
                        ("jack", "jill")[n % 2], key=KEY, kid=str(n)
                    )
                    for n in range(40)
                ),
                return_exceptions=True,
            )
            assert sum(isinstance(each, Conflict) for each in results) == 36
            assert len(await store.afind(KEY)) == 4

    in_loop(use)


def test_a_cluster_keeps_a_store_on_one_node(tmp_path: Path) -> None:
    """With its asynchronous client."""

    async def use() -> None:
        async with RedisCluster(host=host, port=int(port)) as nodes:
            store = AsyncRedisStore(nodes, clock=clock)
            jack = await store.create_consumer(username="jack", tags=["t"])
            made = await store.create_credential(jack, key="}{x}", tags=["t"])
            assert await store.afind("}{x}") == (made,)
            await store.rotate("}{x}", overlap=60)
            await store.update_consumer("jack", username="john")
            assert len((await store.list_credentials(tag="t")).items) == 2
            await store.delete_consumer("john")
            assert await store.afind("}{x}") == ()
            await store.aclose()

    with running_cluster(tmp_path) as url:
        host, port = url.removeprefix("redis+cluster://").split(":")
        in_loop(use)


def test_two_event_loops_use_one_store(redis_url: str, prefix: str) -> None:
    """One after the other."""
    store = AsyncRedisStore(redis_url, prefix=prefix)

    async def use(name: str) -> None:
        await store.create_consumer(username=name)
        assert await store.afind_consumer(name)

    for name in ("jack", "jill"):
        asyncio.run(use(name))


def test_the_loop_is_not_stopped_by_a_redis_that_hangs(own_port: int) -> None:
    """Others run."""

    async def use() -> None:
        store = AsyncRedisStore(f"redis://127.0.0.1:{own_port}?socket_timeout=0.2")
        assert await store.afind(KEY) == ()
        with client(own_port) as admin:
            admin.client_pause(400)
            looking = asyncio.create_task(store.afind(KEY))
            turns = 0
            while not looking.done():
                await asyncio.sleep(0)
                turns += 1
            admin.client_unpause()
        assert turns > 100
        with pytest.raises(redis.TimeoutError):
            await looking
        await store.aclose()

    in_loop(use)


def test_a_store_shows_no_password() -> None:
    """Only its prefix."""
    store = AsyncRedisStore("redis://:s3cret@localhost", prefix="p")
    assert repr(store) == "AsyncRedisStore(prefix='p')"
    assert "s3cret" not in repr(vars(store))


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_pickle_that_would_hold_the_password_is_refused(act: Any) -> None:
    """The attack is to read what was kept, or sent to another process."""
    with pytest.raises(TypeError, match=r"AsyncRedisStore cannot be pickled"):
        act(AsyncRedisStore("redis://:s3cret@localhost"))
