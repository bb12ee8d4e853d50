import asyncio
import copy
import json
import math
import pickle
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.cluster import RedisCluster

from jwtgate import ConfigurationError, StoreError
from jwtgate.denylist import KINDS, AsyncDenylist, Denylist, Subject
from jwtgate.denylists import MemoryDenylist
from jwtgate.denylists.redis import AsyncRedisDenylist, RedisDenylist
from tests.counting.redisserver import DOWN, running_anyhow, running_cluster
from tests.kit import NOW
from tests.stores.redis.worlds import Awaited, new_prefix

ONE, OTHER = Subject.jti("jack-key", "1"), Subject.consumer("jack")
LATER = NOW + 60

AnyList = Any
"""A denylist, or an asynchronous one that is used alike."""


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a Redis that may be another's, too."""
    with running_anyhow(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def client(redis_url: str) -> Iterator["redis.Redis"]:
    """Connect as a test would that looks at what is there."""
    pool = redis.BlockingConnectionPool.from_url(redis_url)
    with redis.Redis(connection_pool=pool) as connected:
        yield connected
    pool.disconnect()


@pytest.fixture
def prefix(client: "redis.Redis") -> Iterator[str]:
    """Give a prefix, and remove what is there in the end."""
    own = new_prefix()
    yield own
    for key in client.scan_iter(f"{{{own}}}:*", count=1000):
        client.delete(key)


@pytest.fixture
def clock() -> Clock:
    """Give a clock that can be set."""
    return Clock()


@pytest.fixture(params=["sync", "async"])
def denylist(
    request: pytest.FixtureRequest, redis_url: str, prefix: str, clock: Clock
) -> Iterator[AnyList]:
    """Make an empty list of either world."""
    with ExitStack() as stack:
        if request.param == "sync":
            made: Any = RedisDenylist(redis_url, prefix=prefix, clock=clock)
        else:
            made = Awaited(AsyncRedisDenylist(redis_url, prefix=prefix, clock=clock))
        stack.callback(made.close)
        yield made


def look_up(denylist: AnyList, *subjects: Subject) -> dict[str, float | None]:
    """Look subjects up."""
    found: dict[str, float | None] = denylist.look_up([each.text for each in subjects])
    return found


def test_what_is_denied_is_found(denylist: AnyList) -> None:
    """Among others that are not."""
    denylist.deny(ONE, until=LATER)
    assert look_up(denylist, OTHER, ONE) == {ONE.text: None}


def test_what_is_allowed_again_is_not_found(denylist: AnyList) -> None:
    """Nor is it an error to allow what was never denied."""
    denylist.deny(ONE)
    for _ in range(2):
        denylist.allow(ONE)
        assert look_up(denylist, ONE) == {}


def test_nothing_is_found_of_nobody(denylist: AnyList) -> None:
    """Redis would take it for a mistake."""
    assert look_up(denylist) == {}


def test_tokens_are_denied_by_when_they_were_issued(denylist: AnyList) -> None:
    """All of a consumer's that are older, for one."""
    denylist.deny(OTHER, issued_before=NOW - 0.5)
    assert look_up(denylist, OTHER) == {OTHER.text: NOW - 0.5}


TIMES = st.none() | st.sampled_from([NOW - 9000.5, NOW - 1, LATER, LATER + 9, -1e14])
ENTRIES = st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=3)


@settings(max_examples=40)
@given(ENTRIES)
def test_it_denies_what_the_one_in_memory_does(
    redis_url: str, entries: Sequence[tuple[float | None, float | None]]
) -> None:
    """Whatever was denied before: what either denies is denied."""
    prefix, now = new_prefix(), Clock()
    denylist = RedisDenylist(redis_url, prefix=prefix, clock=now)
    in_memory = MemoryDenylist(clock=now)
    for until, issued_before in entries:
        for each in (denylist, in_memory):
            each.deny(ONE, until=until, issued_before=issued_before)
    assert look_up(denylist, ONE) == look_up(in_memory, ONE)
    denylist.allow(ONE)
    denylist.close()


def test_a_token_that_expires_after_all_clocks_is_denied(denylist: AnyList) -> None:
    """Its ``exp`` is any number that its issuer wrote."""
    denylist.deny(ONE, until=10**400)
    assert look_up(denylist, ONE) == {ONE.text: None}


@pytest.mark.parametrize("time", [math.nan, math.inf, "1", True])
def test_what_is_no_time_is_refused(denylist: AnyList, time: Any) -> None:
    """Nothing is denied by it."""
    for more in ({"until": time}, {"issued_before": time}):
        with pytest.raises(ConfigurationError):
            denylist.deny(ONE, **more)
    assert look_up(denylist, ONE) == {}


def test_an_entry_is_over_after_the_margin(denylist: AnyList, clock: Clock) -> None:
    """A gate may take tokens with leeway."""
    denylist.deny(ONE, until=LATER)
    clock.now = LATER + 3599.9
    assert look_up(denylist, ONE) == {ONE.text: None}
    clock.now = LATER + 3600
    assert look_up(denylist, ONE) == {}


def test_an_entry_that_is_over_makes_no_other_stricter(
    denylist: AnyList, clock: Clock
) -> None:
    """It is as if it were gone."""
    denylist.deny(ONE, until=LATER)
    clock.now = LATER + 3600
    denylist.deny(ONE, until=clock.now + 60, issued_before=NOW)
    assert look_up(denylist, ONE) == {ONE.text: NOW}


def test_redis_removes_what_is_over(
    denylist: AnyList, client: "redis.Redis", prefix: str
) -> None:
    """When the margin is; what is denied for ever stays."""
    name = f"{{{prefix}}}:denied:{ONE.text}"
    denylist.deny(ONE, until=LATER + 0.5)
    assert 3600 + 55 < client.ttl(name) <= 3600 + 61
    denylist.deny(ONE)
    assert client.ttl(name) == -1


@pytest.mark.parametrize(
    "raw", ["", "{", "null", "7", "[]", "[1]", "[1, 2, 3]", '["1", null]', "[NaN, 1]"]
)
def test_junk_is_a_store_error(
    denylist: AnyList, client: "redis.Redis", prefix: str, raw: str
) -> None:
    """And so a 503: what was denied is not known."""
    client.set(f"{{{prefix}}}:denied:{ONE.text}", raw)
    with pytest.raises(StoreError):
        look_up(denylist, ONE)


class Answering:
    """A server that has one text."""

    def __init__(self, raw: Any) -> None:
        self.raw = json.dumps(raw)

    def execute_command(self, *_: object) -> list[str]:
        """Give it."""
        return [self.raw]


@given(raw=st.recursive(st.none() | st.floats() | st.text(), st.lists, max_leaves=4))
def test_any_json_is_an_entry_or_a_store_error(raw: Any) -> None:
    """Nothing else comes out of it."""
    with suppress(StoreError):
        assert set(RedisDenylist(Answering(raw)).look_up(["x"])) <= {"x"}


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("kind", [RedisDenylist, AsyncRedisDenylist])
def test_a_pickle_that_would_hold_the_password_is_refused(kind: Any, act: Any) -> None:
    """The attack is to read what was kept, or sent to another process."""
    denylist = kind("redis://:s3cret@localhost")
    with pytest.raises(TypeError, match=rf"{kind.__name__} cannot be pickled"):
        act(denylist)
    assert "s3cret" not in f"{denylist!r} {vars(denylist)!r}"


def test_a_redis_that_is_down_is_an_error() -> None:
    """And so a 503; a list that is empty would let revoked tokens pass."""
    with pytest.raises(redis.RedisError):
        RedisDenylist(f"redis://{DOWN}").look_up([ONE.text])


def test_asynchronous_code_has_the_same_error() -> None:
    """In its own loop."""
    with pytest.raises(redis.RedisError):
        asyncio.run(AsyncRedisDenylist(f"redis://{DOWN}").alook_up([ONE.text]))


@pytest.mark.parametrize("kind", [RedisDenylist, AsyncRedisDenylist])
def test_what_it_is_asked_by_is_checked(kind: Any) -> None:
    """A slip would revoke nothing."""
    assert kind("redis://localhost").by == KINDS
    assert kind("redis://localhost", by=["jti"]).by == {"jti"}
    with pytest.raises(ConfigurationError):
        kind("redis://localhost", by=["jit"])


def test_policies_take_both_kinds() -> None:
    """Each says by its methods what code it is for."""
    one: object = RedisDenylist("redis://h")
    other: object = AsyncRedisDenylist("redis://h")
    assert isinstance(one, Denylist)
    assert not isinstance(one, AsyncDenylist)
    assert isinstance(other, AsyncDenylist)
    assert not isinstance(other, Denylist)


def test_connections_of_a_loop_can_be_closed_before_it(redis_url: str) -> None:
    """And are made anew if it goes on."""
    denylist = AsyncRedisDenylist(redis_url, prefix=new_prefix())

    async def use() -> None:
        for _ in range(2):
            assert await denylist.alook_up([ONE.text]) == {}
            await denylist.aclose()

    asyncio.run(use())


def test_the_strictest_of_many_at_once_holds(redis_url: str, prefix: str) -> None:
    """None of them is lost."""
    denylist = RedisDenylist(redis_url, prefix=prefix, clock=Clock())
    numbers = count()

    def deny(_: int) -> None:
        denylist.deny(ONE, until=LATER, issued_before=NOW + next(numbers))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(deny, range(40)))
    assert look_up(denylist, ONE) == {ONE.text: NOW + 39}
    denylist.close()


def test_a_cluster_keeps_a_list_on_one_node(tmp_path: Path) -> None:
    """A look-up of several subjects is one command."""
    with running_cluster(tmp_path) as url:
        host, port = url.removeprefix("redis+cluster://").split(":")
        nodes = RedisCluster(host=host, port=int(port))
        denylist = RedisDenylist(nodes, clock=Clock())
        denylist.deny(ONE, until=LATER)
        denylist.deny(OTHER)
        assert look_up(denylist, ONE, OTHER) == {ONE.text: None, OTHER.text: None}
        nodes.close()


def test_no_password_is_shown() -> None:
    """Whatever is printed."""
    url = "redis://:s3cret@localhost"
    assert "s3cret" not in repr((RedisDenylist(url), AsyncRedisDenylist(url)))
