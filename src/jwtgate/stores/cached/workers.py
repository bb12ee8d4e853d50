"""Threads that a cache asks a synchronous store in."""

from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import TypeAlias, final
from weakref import finalize

__all__ = ["Workers"]

_Job: TypeAlias = Callable[[], object]


@final
class Workers:
    """A bounded set of threads, started as they are needed.

    They are daemons, unlike those of :mod:`concurrent.futures`: a store that never
    answers does not keep a process from ending. They end with this object.

    Args:
        most: Threads that there may be.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._threads = 0
        self._idle = Semaphore(0)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        # A process that ends does not wait for them.
        self._end = finalize(self, self._jobs.put, None)
        self._end.atexit = False

    def submit(self, job: _Job) -> None:
        """Have a job done, which may raise nothing.

        Raises:
            RuntimeError: No thread can be started, or this was closed.
        """
        with self._lock:
            if not self._end.alive:
                raise RuntimeError("the workers have ended")
            if self._threads < self._most and not self._idle.acquire(blocking=False):
                Thread(
                    target=_work,
                    args=(self._jobs, self._idle),
                    name="jwtgate-cache",
                    daemon=True,
                ).start()
                self._threads += 1
            self._jobs.put(job)

    def close(self) -> None:
        """Let the threads end, once they have done what was submitted."""
        with self._lock:
            self._end()


def _work(jobs: "SimpleQueue[_Job | None]", idle: Semaphore) -> None:
    while (job := jobs.get()) is not None:
        job()
        # While this waits for another job, the cache may become garbage.
        del job
        idle.release()
    jobs.put(None)  # for the next thread
