import gc
import logging
import subprocess
import sys
from threading import Event, Thread
from threading import enumerate as threads

import pytest

from jwtgate.secrets.refreshing import Refreshing

# A thread does not survive a fork: the child starts its own.
_FORKED = """
import os
from threading import Event
from jwtgate.secrets.refreshing import Refreshing

class Refreshed:
    def __init__(self):
        self.pids = []
        self.done = Event()
    def refresh(self):
        self.pids.append(os.getpid())
        self.done.set()

refreshed = Refreshed()
refreshing = Refreshing(refreshed, seconds=60)
refreshing.start()
assert refreshed.done.wait(10)
if os.fork() == 0:
    refreshed.done = Event()
    refreshing.start()
    refreshing.start()
    done = refreshed.done.wait(10)
    os._exit(0 if done and refreshed.pids[1:] == [os.getpid()] else 1)
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


class Refreshed:
    """Counts how often it is refreshed."""

    def __init__(self) -> None:
        self.count = 0
        self.error: Exception | None = None
        self.began = Event()

    def refresh(self) -> None:
        """Count, and raise if told to."""
        self.count += 1
        self.began.set()
        if self.error is not None:
            raise self.error


def running() -> list[Thread]:
    """Give the threads that refresh."""
    return [each for each in threads() if each.name == "jwtgate-secrets"]


def test_a_look_refreshes() -> None:
    """Once."""
    refreshed = Refreshed()
    assert Refreshing(refreshed).look()
    assert refreshed.count == 1


def test_an_error_ends_nothing_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    """The thread lives on."""
    refreshed = Refreshed()
    refreshed.error = RuntimeError("broken")
    with caplog.at_level(logging.ERROR, "jwtgate"):
        assert Refreshing(refreshed).look()
    assert "secrets were not refreshed: RuntimeError" in caplog.text


def test_there_is_nothing_to_refresh_when_it_is_gone() -> None:
    """The thread keeps nothing alive."""
    refreshing = Refreshing(Refreshed())
    gc.collect()
    assert not refreshing.look()


def test_a_thread_refreshes_until_it_is_stopped() -> None:
    """One, though it is started twice; and none is started after."""
    refreshed = Refreshed()
    before = set(running())
    refreshing = Refreshing(refreshed, seconds=0.001)
    refreshing.start()
    refreshing.start()
    [thread] = set(running()) - before
    assert refreshed.began.wait(10)
    refreshing.stop()
    thread.join(10)
    refreshing.start()
    assert set(running()) - before == set()


def test_a_forked_process_has_its_own_thread() -> None:
    """Its parent's does not run there."""
    command = [sys.executable, "-c", _FORKED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "0\n"


def test_a_thread_that_the_system_does_not_give_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A request must not fail for it."""

    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    refreshed = Refreshed()
    refreshing = Refreshing(refreshed, seconds=0.001)
    with monkeypatch.context() as patched:
        patched.setattr(Thread, "start", refuse)
        refreshing.start()
    assert "secrets are not refreshed: RuntimeError" in caplog.text
    refreshing.start()
    assert refreshed.began.wait(10)
    refreshing.stop()
