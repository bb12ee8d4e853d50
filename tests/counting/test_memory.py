import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from jwtgate.counting.bounded import MAX_KEYS
from jwtgate.counting.memory import InMemory
from jwtgate.quota import Quota
from tests.kit import NOW

WHO = ("jack",)


def test_requests_are_counted() -> None:
    """As long as there is room."""
    memory, quota = InMemory(), Quota(rates="2/h")
    assert [memory.take(quota, WHO, NOW).ok for _ in range(3)] == [True, True, False]


def test_both_worlds_count_in_one_memory() -> None:
    """An app may be served by both."""
    memory, quota = InMemory(), Quota(rates="3/h")
    memory.take(quota, WHO, NOW)
    (figure,) = asyncio.run(memory.atake(quota, WHO, NOW)).figures
    assert figure.remaining == 1
    (figure,) = memory.take(quota, WHO, NOW).figures
    assert figure.remaining == 0


def test_two_memories_have_nothing_in_common() -> None:
    """Each counts by itself."""
    quota = Quota(rates="1/h")
    assert all(InMemory().take(quota, WHO, NOW).ok for _ in range(2))


def test_threads_take_exactly_what_there_is() -> None:
    """None is lost, and none is given twice."""
    memory, quota = InMemory(), Quota(rates="100/h")
    with ThreadPoolExecutor(8) as threads:
        taken = threads.map(lambda _: memory.take(quota, WHO, NOW), range(400))
        figures = [each.figures[0].remaining for each in taken if each.ok]
    assert sorted(figures) == list(range(100))


def test_threads_that_one_rate_refuses_use_up_nothing_of_another() -> None:
    """Between look and count nobody else comes."""
    memory, quota = InMemory(), Quota(rates="1000/d, 10/h")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: memory.take(quota, WHO, NOW), range(400)))
    day, _ = memory.take(quota, WHO, NOW).figures
    assert day.remaining == 990


def test_counting_in_memory_waits_for_nothing() -> None:
    """It is done when the event loop first runs it."""
    with pytest.raises(StopIteration) as done:
        InMemory().atake(Quota(rates="1/h"), WHO, NOW).send(None)
    assert done.value.value.ok


def test_counting_in_memory_starts_no_thread() -> None:
    """One that walks all counters would stop the requests meanwhile."""
    before = set(threading.enumerate())
    InMemory().take(Quota(rates="1/h"), WHO, NOW)
    assert set(threading.enumerate()) <= before


def test_a_flood_of_callers_does_not_reset_one_who_is_over() -> None:
    """Who makes up other callers, an address or a header each, is still refused."""
    memory, quota = InMemory(), Quota(rates="3/h")
    assert [memory.take(quota, WHO, NOW).ok for _ in range(4)] == [True] * 3 + [False]
    for number in range(MAX_KEYS + 100):
        memory.take(quota, (f"made up {number}",), NOW)
    assert not memory.take(quota, WHO, NOW).ok
