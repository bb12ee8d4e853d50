import gc
import logging
import subprocess
import sys
from threading import Event, Thread
from threading import enumerate as threads

import pytest

from jwtgate import ConfigurationError, Gate, Policy
from jwtgate.settings import Settings
from jwtgate.watch import Watch
from tests.kit import ListStore, clock

# A thread does not survive a fork: the child starts its own and looks.
_FORKED = """
import os
from jwtgate import Gate, MemoryStore
from jwtgate.watch import Watch

class Source:
    pid = None
    version_read = 0
    def version(self):
        self.pid = os.getpid()
        return 0
    def read(self): ...

source = Source()
gate = Gate(MemoryStore())
watch = Watch(gate, source, seconds=60)
watch.start()
child = os.fork()
if child == 0:
    before = set(watch._threads)
    watch.start()
    [thread] = [each for pid, each in watch._threads.items() if pid not in before]
    thread.join(0)
    os._exit(0 if os.getpid() in watch._threads and thread.is_alive() else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


class Versions:
    """A source whose version and settings a test sets."""

    version_read = 1

    def __init__(self) -> None:
        self.number = 1
        self.broken = False
        self.error: Exception | None = None
        self.looked = Event()
        self.reads = 0

    def version(self) -> int:
        """Tell the number."""
        self.looked.set()
        return self.number

    def read(self) -> Settings:
        """Give settings whose realm is the number."""
        self.reads += 1
        self.version_read = self.number
        if self.error is not None:
            raise self.error
        if self.broken:
            raise ConfigurationError("policy.realm: expected a text")
        return Settings(store=ListStore(), policy=Policy(realm=str(self.number)))


def followed(source: Versions) -> Gate:
    """Make a gate that follows a source."""
    gate = Gate(ListStore(), clock=clock)
    gate.follow(source)
    return gate


def test_a_source_that_did_not_change_is_not_read() -> None:
    """Looking is cheap."""
    source = Versions()
    gate = followed(source)
    assert Watch(gate, source).look()
    assert (source.reads, gate.policy.realm) == (0, None)


def test_a_change_is_taken_over() -> None:
    """At the next look."""
    source = Versions()
    gate = followed(source)
    watch = Watch(gate, source)
    source.number = 2
    assert watch.look()
    assert gate.policy.realm == "2"


def test_a_broken_source_changes_nothing_and_is_reported_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not each second until it is mended."""
    source = Versions()
    gate = followed(source)
    watch = Watch(gate, source)
    source.number, source.broken = 2, True
    assert all(watch.look() for _ in range(3))
    assert gate.policy.realm is None
    errors = [each for each in caplog.records if each.levelno == logging.ERROR]
    [record] = errors
    assert record.getMessage() == (
        "the settings stay as they were: policy.realm: expected a text"
    )
    assert record.exc_info is None


def test_a_source_that_raises_anything_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The thread lives on, and the traceback is logged."""
    source = Versions()
    gate = followed(source)
    watch = Watch(gate, source)
    source.number = 0
    source.error = KeyError("x")
    assert watch.look()
    [record] = [each for each in caplog.records if each.exc_info]
    assert "KeyError" in record.getMessage()


def test_a_source_that_is_mended_is_taken_over() -> None:
    """Its version is another one then."""
    source = Versions()
    gate = followed(source)
    watch = Watch(gate, source)
    source.number, source.broken = 2, True
    watch.look()
    source.number, source.broken = 3, False
    watch.look()
    assert gate.policy.realm == "3"


def test_a_watch_ends_with_its_gate() -> None:
    """Nobody needs to stop it."""
    source = Versions()
    gate = followed(source)
    watch = Watch(gate, source)
    del gate
    gc.collect()
    assert not watch.look()


def test_one_thread_of_a_process_looks() -> None:
    """However many requests start it; it ends with the gate."""
    source = Versions()
    gate = followed(source)
    watch = Watch(gate, source, seconds=0.001)
    source.looked.clear()
    before = set(threads())
    watch.start()
    watch.start()
    assert source.looked.wait(10)
    [thread] = set(threads()) - before
    del gate
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()


def test_a_forked_process_has_a_thread_of_its_own() -> None:
    """A server that forks after the first request leaves its thread behind."""
    done = subprocess.run(  # noqa: S603 - this interpreter, on a text above
        [sys.executable, "-c", _FORKED], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"


def test_a_watch_that_was_stopped_looks_no_more() -> None:
    """A gate follows another source then."""
    source = Versions()
    gate = followed(source)
    watch = Watch(gate, source)
    watch.stop()
    source.number = 2
    assert not watch.look()
    assert gate.policy.realm is None


def test_a_thread_that_cannot_start_is_told_and_tried_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit of the system must not end the watching unnoticed."""

    def fail(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    source = Versions()
    gate = followed(source)
    watch = Watch(gate, source, seconds=0.001)
    with monkeypatch.context() as limited:
        limited.setattr(Thread, "start", fail)
        watch.start()
    assert "the settings are not watched" in caplog.text
    source.looked.clear()
    watch.start()
    assert source.looked.wait(10)
