import asyncio
import copy
import logging
import multiprocessing
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import pytest

from jwtgate import ConfigurationError, Reason
from jwtgate.counting import Counter
from jwtgate.counting.outage import PAUSE
from jwtgate.counting.windows import Taken
from jwtgate.errors import Unavailable
from jwtgate.quota import Quota
from tests.counting.redisserver import (
    DOWN,
    PATIENCE,
    client,
    free_port,
    running,
    url_of,
)
from tests.kit import NOW

WHO = ("jack",)
PASSWORD = "hunter2"

Take: TypeAlias = Callable[..., Taken]


def take(
    counter: Counter, quota: Quota, now: float = NOW, *, takes: bool = True
) -> Taken:
    """Take one."""
    return counter.take(quota, WHO, now, takes=takes)


def atake(
    counter: Counter, quota: Quota, now: float = NOW, *, takes: bool = True
) -> Taken:
    """Take one, in an event loop of its own."""
    return asyncio.run(counter.atake(quota, WHO, now, takes=takes))


both_worlds = pytest.mark.parametrize("one", [take, atake])


def quota_at(url: str, **fields: Any) -> Quota:
    """Make a quota that no other test has counted in."""
    return Quota(**{"rates": "100/30s", "scope": uuid4().hex, "storage": url, **fields})


def left(taken: Taken) -> list[int]:
    """Give what is left of each rate."""
    return [figure.remaining for figure in taken.figures]


def nobody(**fields: Any) -> Quota:
    """Make a quota where nothing listens; its URL holds a password."""
    return quota_at(f"redis://:{PASSWORD}@{DOWN}", **fields)


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Give what the library logged; a busy event loop may log, too."""
    return [each.getMessage() for each in caplog.records if each.name == "jwtgate"]


# What it takes


@pytest.mark.parametrize("storage", ["memory://", "redis"])
@both_worlds
def test_a_look_takes_nothing(one: Take, storage: str, redis_url: str) -> None:
    """It tells what is left, however often."""
    counter = Counter()
    quota = quota_at(redis_url if storage == "redis" else storage, rates="1/h")
    looks = [one(counter, quota, takes=False) for _ in range(3)]
    assert [(look.ok, left(look)) for look in looks] == [(True, [1])] * 3
    assert [one(counter, quota).ok for _ in range(2)] == [True, False]
    assert not one(counter, quota, takes=False).ok


def test_a_good_quota_is_taken() -> None:
    """Wherever it is counted."""
    counter = Counter()
    counter.require(quota_at("memory://"))
    counter.require(nobody())


@pytest.mark.parametrize("url", ["memcached://localhost", "redis://localhost:port"])
def test_a_url_that_cannot_work_is_refused(url: str) -> None:
    """At startup."""
    with pytest.raises(ConfigurationError, match="the storage of a quota"):
        Counter().require(quota_at(url))


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the way to get it."""
    monkeypatch.setitem(sys.modules, "limits", None)
    with pytest.raises(ConfigurationError, match=r"jwtgate\[limits\]"):
        Counter().require(quota_at("memory://"))


@both_worlds
@pytest.mark.parametrize("when_down", ["open", "closed"])
def test_a_missing_library_is_no_outage(
    one: Take, when_down: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not mended by waiting."""
    monkeypatch.setitem(sys.modules, "limits", None)
    with pytest.raises(ConfigurationError, match=r"jwtgate\[limits\]"):
        one(Counter(), quota_at("memory://", when_down=when_down))


# What it counts


@both_worlds
def test_requests_are_counted(one: Take) -> None:
    """As long as there is room."""
    counter, quota = Counter(), quota_at("memory://", rates="2/30s")
    assert [one(counter, quota).ok for _ in range(3)] == [True, True, False]


def test_both_worlds_count_in_one_memory() -> None:
    """An app may be served by both."""
    counter, quota = Counter(), quota_at("memory://", rates="3/30s")
    assert [left(one(counter, quota)) for one in (take, atake, take)] == [[2], [1], [0]]


def test_quotas_at_one_url_count_in_one_storage() -> None:
    """With scope and rate they share the counters."""
    counter, quota = Counter(), quota_at("memory://", rates="3/30s")
    take(counter, quota)
    other = Quota(rates="3/30s", scope=quota.scope, shown=False)
    assert left(take(counter, other)) == [1]


def test_quotas_at_different_urls_share_nothing() -> None:
    """Each has its storage."""
    counter, quota = Counter(), quota_at("memory://", rates="3/30s")
    take(counter, quota)
    other = Quota(rates="3/30s", scope=quota.scope, storage="memory://other")
    assert left(take(counter, other)) == [2]


def test_two_counters_share_a_redis(redis_url: str) -> None:
    """As those of two processes do."""
    quota = quota_at(redis_url, rates="3/30s")
    assert [left(take(Counter(), quota)) for _ in range(3)] == [[2], [1], [0]]


@pytest.mark.parametrize("storage", ["memory", "redis"])
def test_threads_take_exactly_what_there_is(storage: str, redis_url: str) -> None:
    """From the first on, when there is no storage yet."""
    counter = Counter()
    quota = quota_at(redis_url if storage == "redis" else "memory://")
    with ThreadPoolExecutor(8) as threads:
        taken = threads.map(lambda _: take(counter, quota), range(400))
        assert sum(each.ok for each in taken) == 100


def test_threads_and_tasks_take_exactly_what_there_is() -> None:
    """Both at once, from one memory."""
    counter, quota = Counter(), quota_at("memory://")

    async def tasks() -> list[Taken]:
        return await asyncio.gather(
            *(counter.atake(quota, WHO, NOW) for _ in range(50))
        )

    with ThreadPoolExecutor(8) as threads:
        loops = [threads.submit(asyncio.run, tasks()) for _ in range(4)]
        taken = list(threads.map(lambda _: take(counter, quota), range(200)))
        for loop in loops:
            taken += loop.result()
    assert sum(each.ok for each in taken) == 100


# Forks


def forked(act: Callable[[], Taken]) -> list[int]:
    """Take one in a forked process; give what is left."""
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=lambda: answers.put(left(act())))
    child.start()
    child.join(PATIENCE)
    assert child.exitcode == 0
    found: list[int] = answers.get()
    return found


forks = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork"
)
quietly = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@forks
@quietly
def test_a_forked_process_has_a_memory_of_its_own() -> None:
    """Nothing in it is held by a thread that is not there."""
    counter, quota = Counter(), quota_at("memory://", rates="3/30s")
    take(counter, quota)
    assert forked(lambda: take(counter, quota)) == [2]
    assert left(take(counter, quota)) == [1]


@forks
@quietly
@both_worlds
def test_a_forked_process_has_connections_of_its_own(one: Take, tmp_path: Path) -> None:
    """Two that shared one would read each other's answers."""
    with running(tmp_path) as port, client(port) as looking:
        counter, quota = Counter(), quota_at(url_of(port), rates="9/30s")
        assert left(take(counter, quota)) == [8]
        before = looking.info("stats")["total_connections_received"]
        assert forked(lambda: one(counter, quota)) == [7]
        assert looking.info("stats")["total_connections_received"] == before + 1
        assert left(take(counter, quota)) == [6]
        assert looking.info("stats")["total_connections_received"] == before + 1


# Outages


@both_worlds
def test_an_open_quota_lets_pass_while_its_storage_is_down(one: Take) -> None:
    """Without figures: nothing was counted."""
    taken = one(Counter(), nobody())
    assert (taken.ok, taken.figures) == (True, ())


@both_worlds
def test_a_closed_quota_refuses_while_its_storage_is_down(one: Take) -> None:
    """Each request, and as our fault."""
    counter, quota = Counter(), nobody(when_down="closed")
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            one(counter, quota)
        assert caught.value.reason is Reason.STORE_UNAVAILABLE


@pytest.mark.parametrize(
    ("when_down", "what"), [("open", "pass"), ("closed", "are refused")]
)
def test_the_log_says_what_an_outage_means(
    when_down: str, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator has to know."""
    quota = nobody(when_down=when_down)
    try:
        take(Counter(), quota)
    except Unavailable:
        assert when_down == "closed"
    (message,) = logged(caplog)
    assert message == (
        "the redis storage of a quota failed (ConnectionError); "
        f"requests {what} until it answers"
    )


def test_an_outage_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """However many requests there are, and however often it is tried again."""
    counter, quota = Counter(), nobody()
    for turn in range(50):
        take(counter, quota, NOW + turn)
        atake(counter, quota, NOW + turn)
    assert len(logged(caplog)) == 1


@both_worlds
def test_a_storage_that_comes_back_is_counted_in(
    one: Take, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """After the pause; before, it is not asked."""
    counter = Counter()
    with running(tmp_path) as port:
        quota = quota_at(url_of(port), rates="9/30s")
        figures = [left(one(counter, quota))]
    figures.append(left(one(counter, quota)))
    with running(tmp_path, port=port):
        figures += [
            left(one(counter, quota, NOW + after))
            for after in (0, PAUSE - 0.1, PAUSE, PAUSE)
        ]
    assert figures == [[8], [], [], [], [8], [7]]
    assert len(logged(caplog)) == 1


def test_a_further_outage_is_logged_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The storage had answered in between."""
    counter, port = Counter(), free_port()
    quota = quota_at(url_of(port))
    take(counter, quota)
    with running(tmp_path, port=port):
        assert take(counter, quota, NOW + PAUSE).figures
    take(counter, quota, NOW + PAUSE)
    assert len(logged(caplog)) == 2


def test_an_outage_is_that_of_one_storage() -> None:
    """Others are counted in."""
    counter = Counter()
    take(counter, nobody())
    assert take(counter, quota_at("memory://")).figures


@forks
@quietly
def test_a_forked_process_finds_out_for_itself(tmp_path: Path) -> None:
    """What its parent could not reach may be back."""
    counter, port = Counter(), free_port()
    quota = quota_at(url_of(port), rates="9/30s")
    take(counter, quota)
    with running(tmp_path, port=port):
        assert forked(lambda: take(counter, quota)) == [8]


def test_a_request_that_is_cancelled_is_no_outage(
    redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Its client went away; the storage is well."""
    counter, quota = Counter(), quota_at(redis_url)

    async def give_up() -> Taken:
        going = asyncio.ensure_future(counter.atake(quota, WHO, NOW))
        await asyncio.sleep(0)
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
        return await counter.atake(quota, WHO, NOW)

    assert asyncio.run(give_up()).figures
    assert logged(caplog) == []


# Secrets


def test_an_error_does_not_hold_that_of_the_driver() -> None:
    """It has the URL in its frames."""
    with pytest.raises(Unavailable) as caught:
        take(Counter(), nobody(when_down="closed"))
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@both_worlds
def test_no_password_is_shown(
    one: Take, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither when it is right nor when it is wrong."""
    caplog.set_level(logging.DEBUG)
    counter = Counter()
    with running(tmp_path, "--requirepass", PASSWORD) as port:
        quotas = [
            quota_at(url_of(port, password))
            for password in (PASSWORD, f"{PASSWORD}-not")
        ]
        taken = [one(counter, quota) for quota in quotas]
    shown = f"{caplog.text} {caplog.records} {counter!r} {taken!r} {quotas!r}"
    assert [len(each.figures) for each in taken] == [1, 0]
    assert PASSWORD not in shown


@pytest.mark.parametrize("dump", [pickle.dumps, copy.deepcopy])
def test_a_counter_that_was_used_is_not_pickled(dump: Callable[..., Any]) -> None:
    """It knows URLs, and it is of one process."""
    counter = Counter()
    take(counter, nobody())
    with pytest.raises(TypeError, match="pickle"):
        dump(counter)
