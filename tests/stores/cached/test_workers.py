from collections.abc import Callable, Iterator
from concurrent.futures import Future
from threading import Barrier, Event, Thread, current_thread

import pytest

from jwtgate.stores.cached.workers import Workers
from tests.stores.cached.fakes import PATIENCE, threads_end, threads_named

NAME = "jwtgate-cache"


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """See that threads end with what they belong to."""
    yield
    threads_end(NAME)


def held(workers: Workers, number: int) -> Callable[[], object]:
    """Keep so many threads busy; return what lets them go."""
    barrier = Barrier(number + 1)
    for _ in range(number):
        workers.submit(lambda: barrier.wait(PATIENCE))
    return lambda: barrier.wait(PATIENCE)


def test_a_job_is_done_in_a_daemon() -> None:
    """A store that never answers does not keep a process from ending."""
    workers, found = Workers(1), Future[Thread]()
    workers.submit(lambda: found.set_result(current_thread()))
    assert found.result(PATIENCE).daemon
    assert found.result().name == NAME


def test_no_thread_is_there_before_the_first_job() -> None:
    """A server may fork after it has imported the app."""
    _ = Workers(8)
    assert threads_named(NAME) == 0


def test_as_many_jobs_run_at_once_as_there_may_be_threads() -> None:
    """They meet."""
    workers = Workers(3)
    held(workers, 3)()


def test_there_are_never_more_threads() -> None:
    """Further jobs wait."""
    workers, done = Workers(2), Event()
    let_go = held(workers, 2)
    workers.submit(done.set)
    assert threads_named(NAME) == 2
    assert not done.is_set()
    let_go()
    assert done.wait(PATIENCE)


def test_an_idle_thread_takes_the_next_job() -> None:
    """There are as many threads as are needed."""
    workers = Workers(8)
    for _ in range(20):
        done = Event()
        workers.submit(done.set)
        assert done.wait(PATIENCE)
    # A thread is idle only a moment after its job is done.
    assert threads_named(NAME) <= 2


def test_threads_end_when_they_are_closed() -> None:
    """After what was submitted; twice does no harm."""
    workers, done = Workers(1), Event()
    let_go = held(workers, 1)
    workers.submit(done.set)
    workers.close()
    workers.close()
    let_go()
    assert done.wait(PATIENCE)
    threads_end(NAME)


def test_closed_ones_take_no_job() -> None:
    """Nobody would do it."""
    workers = Workers(1)
    workers.close()
    with pytest.raises(RuntimeError):
        workers.submit(int)


def test_a_thread_that_cannot_start_takes_no_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A limit of the system; the next job may have more luck."""

    def fail(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    workers, done = Workers(1), Event()
    with monkeypatch.context() as limited:
        limited.setattr(Thread, "start", fail)
        with pytest.raises(RuntimeError):
            workers.submit(int)
    workers.submit(done.set)
    assert done.wait(PATIENCE)
