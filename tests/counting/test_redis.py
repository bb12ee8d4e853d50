import asyncio
import gc
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier
from typing import TypeAlias
from uuid import uuid4
from weakref import ref

import pytest
import redis

from jwtgate.counting.redis import InRedis
from jwtgate.counting.windows import Taken
from jwtgate.quota import Quota
from tests.counting.redisserver import (
    DOWN,
    HOST,
    PATIENCE,
    client,
    running,
    running_cluster,
    running_sentinel,
    url_of,
    wait_until,
)
from tests.kit import NOW

WHO = ("198.51.100.7", "jack")
PASSWORD = "p@ss/word"
QUOTED = "p%40ss%2Fword"

Take: TypeAlias = Callable[[InRedis, Quota], Taken]


def take(counts: InRedis, quota: Quota) -> Taken:
    """Take one."""
    return counts.take(quota, WHO, NOW)


def atake(counts: InRedis, quota: Quota) -> Taken:
    """Take one, in an event loop of its own."""
    return asyncio.run(counts.atake(quota, WHO, NOW))


both_worlds = pytest.mark.parametrize("one", [take, atake])


def quota_of(rates: str) -> Quota:
    """Make a quota that no other test has counted in; its counters are gone soon."""
    return Quota(rates=rates, scope=uuid4().hex)


def left(taken: Taken) -> list[int]:
    """Give what is left of each rate."""
    return [figure.remaining for figure in taken.figures]


async def at_once(counts: InRedis, quota: Quota, times: int) -> list[Taken]:
    """Take so many at once."""
    return await asyncio.gather(*(counts.atake(quota, WHO, NOW) for _ in range(times)))


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run a server that nobody else uses, and give its port."""
    with running(tmp_path_factory.mktemp("redis")) as own:
        yield own


@pytest.fixture
def url(port: int) -> str:
    """Give the URL of that server."""
    return url_of(port)


# Counting


@both_worlds
def test_requests_are_counted(one: Take, redis_url: str) -> None:
    """As long as there is room."""
    counts, quota = InRedis(redis_url), quota_of("2/30s, 9/m")
    figures = [left(one(counts, quota)) for _ in range(3)]
    assert figures == [[1, 8], [0, 7], [0, 7]]


@both_worlds
def test_a_window_begins_with_its_first_request(one: Take, redis_url: str) -> None:
    """Redis tells how long it lasts."""
    (figure,) = one(InRedis(redis_url), quota_of("3/30s")).figures
    assert 29 <= figure.reset <= 30


def test_both_worlds_count_in_one_redis(redis_url: str) -> None:
    """They share a budget."""
    counts, quota = InRedis(redis_url), quota_of("3/30s")
    assert [left(one(counts, quota)) for one in (take, atake, take)] == [[2], [1], [0]]


def test_threads_take_exactly_what_there_is(redis_url: str) -> None:
    """Also when they do not share the connections."""
    several, quota = [InRedis(redis_url), InRedis(redis_url)], quota_of("100/30s")
    with ThreadPoolExecutor(8) as threads:
        taken = threads.map(lambda turn: take(several[turn % 2], quota), range(400))
        assert sum(each.ok for each in taken) == 100


def test_tasks_take_exactly_what_there_is(redis_url: str) -> None:
    """However many there are at once."""
    taken = asyncio.run(at_once(InRedis(redis_url), quota_of("30/30s"), 100))
    assert sum(each.ok for each in taken) == 30


def test_a_redis_is_told_no_name(url: str, port: int) -> None:
    """Its keys are ours, and are gone with the window."""
    with client(port) as looking:
        looking.flushall()
        take(InRedis(url), Quota(rates="3/30s", scope="orders"))
        (key,) = looking.keys()
        assert 0 < looking.ttl(key) <= 30
    name = str(key)
    assert "jwtgate:" in name
    assert not any(each in name for each in ("198", "jack", "orders"))


# Servers of each kind


@both_worlds
def test_a_password_is_decoded(one: Take, tmp_path: Path) -> None:
    """In a URL some characters have to be percent-encoded."""
    with running(tmp_path, "--requirepass", PASSWORD) as port:
        taken = one(InRedis(url_of(port, QUOTED)), quota_of("3/30s"))
    assert left(taken) == [2]


@both_worlds
def test_a_unix_socket_is_connected_to(one: Take, tmp_path: Path) -> None:
    """Of a server on the same machine."""
    path = tmp_path / "s"
    with running(tmp_path, "--unixsocket", str(path)):
        taken = one(InRedis(f"redis+unix://{path}?db=1"), quota_of("3/30s"))
    assert left(taken) == [2]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a cluster, and give its URL."""
    with running_cluster(tmp_path_factory.mktemp("cluster")) as url:
        yield url


def test_a_cluster_is_counted_in(cluster: str) -> None:
    """By both worlds."""
    counts, quota = InRedis(cluster), quota_of("3/30s, 9/m")
    figures = [left(one(counts, quota)) for one in (take, atake, take)]
    assert figures == [[2, 8], [1, 7], [0, 6]]


@pytest.fixture(scope="module")
def sentinel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a sentinel and what it watches, and give the URL."""
    with running_sentinel(tmp_path_factory.mktemp("sentinel"), PASSWORD) as place:
        yield f"redis+sentinel://:{QUOTED}@{place}"


def test_a_sentinel_says_where_to_count(sentinel: str) -> None:
    """To both worlds; the password is that of both servers."""
    counts, quota = InRedis(sentinel), quota_of("3/30s")
    assert [left(one(counts, quota)) for one in (take, atake, take)] == [[2], [1], [0]]


# Connections


def test_nothing_is_connected_to_before_the_first_request(url: str, port: int) -> None:
    """A server may fork after it has imported the app."""
    with client(port) as looking:
        before = looking.info("stats")["total_connections_received"]
        InRedis(url)
        assert looking.info("stats")["total_connections_received"] == before


def test_requests_share_connections(url: str, port: int) -> None:
    """A flood of requests is no flood of connections."""
    with client(port) as looking:
        before = looking.info("stats")["total_connections_received"]
        taken = asyncio.run(at_once(InRedis(url), quota_of("100/30s"), 100))
        after = looking.info("stats")["total_connections_received"]
    assert all(each.ok for each in taken)
    assert after - before <= 16


@both_worlds
def test_a_server_that_was_restarted_is_connected_to_anew(
    one: Take, tmp_path: Path
) -> None:
    """What was connected before is seen to be gone: no request fails."""
    with running(tmp_path) as port:
        counts = InRedis(url_of(port))
        one(counts, quota_of("3/30s"))
    with running(tmp_path, port=port):
        assert left(one(counts, quota_of("3/30s"))) == [2]


def test_a_running_loop_survives_a_restart_of_the_server(tmp_path: Path) -> None:
    """It connects anew, too."""

    async def restart() -> list[int]:
        with running(tmp_path) as port:
            counts = InRedis(url_of(port))
            await counts.atake(quota_of("3/30s"), WHO, NOW)
        with running(tmp_path, port=port):
            for _ in range(3):
                await asyncio.sleep(0)  # the loop hears of the end
            return left(await counts.atake(quota_of("3/30s"), WHO, NOW))

    assert asyncio.run(restart()) == [2]


@both_worlds
def test_a_server_that_is_down_is_an_error(one: Take) -> None:
    """At once."""
    with pytest.raises(redis.ConnectionError):
        one(InRedis(f"redis://{DOWN}"), quota_of("3/30s"))


@both_worlds
def test_a_server_that_never_answers_is_not_waited_for(one: Take) -> None:
    """A second, and once: a second try would count twice what was only slow."""
    with socket.create_server((HOST, 0)) as mute:
        counts = InRedis(f"redis://{HOST}:{mute.getsockname()[1]}")
        with pytest.raises(redis.TimeoutError):
            one(counts, quota_of("3/30s"))
        mute.accept()[0].close()
        mute.setblocking(False)  # noqa: FBT003 - the library's
        with pytest.raises(BlockingIOError):
            mute.accept()


# Event loops


def test_a_loop_that_shuts_down_closes_its_connections(url: str, port: int) -> None:
    """Nobody has to tell."""
    counts = InRedis(url)
    with client(port) as looking:
        gc.collect()
        wait_until(lambda: len(looking.client_list()) == 1)
        asyncio.run(at_once(counts, quota_of("9/30s"), 3))
        wait_until(lambda: len(looking.client_list()) == 1)


def test_connections_last_as_long_as_their_loop(url: str, port: int) -> None:
    """They are not made for each request."""
    counts, quota = InRedis(url), quota_of("9/30s")
    with asyncio.Runner() as runner, client(port) as looking:
        runner.run(counts.atake(quota, WHO, NOW))
        before = looking.info("stats")["total_connections_received"]
        for _ in range(5):
            runner.run(counts.atake(quota, WHO, NOW))
        assert looking.info("stats")["total_connections_received"] == before


def test_a_loop_that_shut_down_is_forgotten(url: str) -> None:
    """Some servers have one for each request."""
    counts = InRedis(url)
    with asyncio.Runner() as runner:
        loop = ref(runner.get_loop())
        runner.run(counts.atake(quota_of("9/30s"), WHO, NOW))
    del runner
    gc.collect()
    assert loop() is None


def test_a_loop_that_was_merely_closed_is_forgotten() -> None:
    """When another one comes."""
    counts = InRedis(f"redis://{DOWN}")
    loops = [asyncio.new_event_loop(), asyncio.new_event_loop()]
    for loop in loops:
        with suppress(redis.ConnectionError):
            loop.run_until_complete(counts.atake(quota_of("9/30s"), WHO, NOW))
        loop.close()
    closed = ref(loops[0])
    del loops, loop
    gc.collect()
    assert closed() is None


def test_a_loop_that_is_open_is_kept(url: str, port: int) -> None:
    """When another one comes: its connections go on."""
    counts, quota = InRedis(url), quota_of("9/30s")
    with asyncio.Runner() as first, asyncio.Runner() as second, client(port) as looking:
        first.run(counts.atake(quota, WHO, NOW))
        second.run(counts.atake(quota, WHO, NOW))
        before = looking.info("stats")["total_connections_received"]
        first.run(counts.atake(quota, WHO, NOW))
        assert looking.info("stats")["total_connections_received"] == before


def test_two_loops_at_once_are_served(redis_url: str) -> None:
    """Each by connections of its own."""
    counts, quota, meeting = InRedis(redis_url), quota_of("9/30s"), Barrier(2)

    async def meet() -> Taken:
        await counts.atake(quota, WHO, NOW)
        meeting.wait(PATIENCE)
        return await counts.atake(quota, WHO, NOW)

    with ThreadPoolExecutor(2) as loops:
        taken = list(loops.map(lambda _: asyncio.run(meet()), range(2)))
    assert sorted(left(each)[0] for each in taken) == [5, 6]


def test_a_request_that_is_cancelled_disturbs_no_other(redis_url: str) -> None:
    """No answer is taken for that of another."""
    counts, quota = InRedis(redis_url), quota_of("100/30s, 9/m")

    async def give_up() -> Taken:
        await counts.atake(quota, WHO, NOW)
        for turns in range(12):
            going = asyncio.ensure_future(counts.atake(quota_of("7/30s"), WHO, NOW))
            for _ in range(turns):
                await asyncio.sleep(0)
            going.cancel()
            with suppress(asyncio.CancelledError):
                await going
        return await counts.atake(quota, WHO, NOW)

    assert left(asyncio.run(give_up())) == [98, 7]


def test_the_name_of_a_server_is_checked_by_tls() -> None:
    """Whoever has any good certificate would be sent the password."""
    made = InRedis("rediss://localhost:1")._open()  # noqa: SLF001 - no server needed
    pool = vars(made)["storage"].connection_pool
    assert pool.connection_kwargs["ssl_check_hostname"] is True
