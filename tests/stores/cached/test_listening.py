import gc
import logging
import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import pytest

from jwtgate.stores.cached.listening import Listening
from jwtgate.stores.changes import EVERYTHING, Change, encode
from tests.stores.cached.fakes import (
    PATIENCE,
    eventually,
    records_of,
    threads_end,
    threads_named,
)

NAME = "jwtgate-listen"
LOST = "a cache does not hear of changes"
IS_BACK = "a cache hears of changes again"


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """See that threads end with what they belong to."""
    yield
    threads_end(NAME)


class Line:
    """A listener on whose line a test says what comes."""

    def __init__(self, *said: Any) -> None:
        self.said: SimpleQueue[Any] = SimpleQueue()
        self.connected = 0
        self.closed = 0
        for each in said:
            self.say(each)

    def say(self, what: Any) -> None:
        """Say a message, or an error that ends the connection."""
        self.said.put(what)

    def listen(self) -> Generator[str | None]:
        """Give what is said; silence between."""
        self.connected += 1
        try:
            while True:
                what = self._next()
                if isinstance(what, Exception):
                    raise what
                yield what
        finally:
            self.closed += 1

    def _next(self) -> Any:
        with suppress(Empty):
            return self.said.get(timeout=0.01)
        return None


class Ear:
    """A cache that notes what it is told."""

    def __init__(self) -> None:
        self.heard: SimpleQueue[Change | str] = SimpleQueue()

    def apply(self, change: Change) -> None:
        """Note a change."""
        self.heard.put(change)

    def doubt(self) -> None:
        """Note a doubt."""
        self.heard.put("doubt")

    def hears(self, number: int = 1) -> list[Change | str]:
        """Wait for so many things."""
        return [self.heard.get(timeout=PATIENCE) for _ in range(number)]


def listening(line: Any, ear: Ear) -> Listening:
    """Make it, and start it."""
    made = Listening(line, ear)
    made.start()
    return made


def test_nothing_runs_before_it_is_started() -> None:
    """A server may fork after it has imported the app."""
    _ = Listening(Line(), Ear())
    assert threads_named(NAME) == 0


def test_messages_are_told() -> None:
    """After a first doubt: what happened before is not known."""
    ear, change = Ear(), Change(keys=("k",))
    line = Line(None, encode(change), None, "junk")
    _kept = listening(line, ear)
    assert ear.hears(3) == ["doubt", change, EVERYTHING]


def test_one_thread_listens() -> None:
    """However many look-ups start it."""
    ear, line = Ear(), Line()
    kept = listening(line, ear)
    kept.start()
    ear.hears()
    assert threads_named(NAME) == line.connected == 1


def test_a_lost_connection_is_made_again() -> None:
    """With a doubt at once, and another when it is there."""
    ear, change = Ear(), Change(consumers=True)
    line = Line(None, OSError("gone"), None, encode(change))
    _kept = listening(line, ear)
    assert ear.hears(4) == ["doubt", "doubt", "doubt", change]
    assert line.closed == 1


def test_a_listener_that_ends_is_one_that_is_lost() -> None:
    """Though it says no error."""

    class Short(Line):
        """A listener that ends after what was said first."""

        def listen(self) -> Generator[str | None]:
            """Give nothing, and no more the first time."""
            self.connected += 1
            yield None
            while self.connected > 1:
                yield None

    ear = Ear()
    _kept = listening(Short(), ear)
    assert ear.hears(3) == ["doubt"] * 3


def test_what_cannot_be_connected_to_brings_no_doubt() -> None:
    """The cache works without, by its ttl."""
    ear = Ear()
    line = Line(OSError("refused"), OSError("refused"), None)
    _kept = listening(line, ear)
    assert ear.hears() == ["doubt"]
    assert line.connected == 3
    assert ear.heard.empty()


def test_a_loss_is_told_once_and_its_end_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not at each try; and not what the error says, which may quote a password."""
    ear = Ear()
    line = Line(None, OSError("to user:hunter2@db"), OSError("again"), None)
    _kept = listening(line, ear)
    ear.hears(3)
    eventually(lambda: len(caplog.records) == 2)
    assert records_of(caplog) == [LOST, IS_BACK]
    assert "OSError" in caplog.text
    assert "hunter2" not in caplog.text
    assert [each.levelno for each in caplog.records] == [logging.ERROR, logging.WARNING]


def test_it_ends_when_it_is_stopped() -> None:
    """Its connection is closed; it is not started again."""
    ear, line = Ear(), Line()
    kept = listening(line, ear)
    ear.hears()
    kept.stop()
    threads_end(NAME)
    kept.start()
    assert threads_named(NAME) == 0
    assert line.closed == 1


def test_it_ends_with_its_cache() -> None:
    """Nobody needs to stop it."""
    ears, line = [Ear()], Line()
    kept = listening(line, ears[0])
    ears[0].hears()
    ears.clear()
    threads_end(NAME)
    assert line.closed == 1
    del kept


def test_a_loss_after_its_cache_is_gone_is_told_nobody() -> None:
    """It ends all the same."""
    ears, line = [Ear()], Line()
    made = Listening(line, ears[0])

    class Last(OSError):
        """An error that comes as the cache goes."""

    def listen() -> Generator[str | None]:
        yield None
        ears.clear()
        gc.collect()
        raise Last

    line.listen = listen  # type: ignore[method-assign]
    made.start()
    eventually(lambda: not ears and threads_named(NAME) == 0)


def test_a_thread_that_cannot_start_is_told_and_tried_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit of the system must not end the listening unnoticed."""

    def fail(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    ear = Ear()
    with monkeypatch.context() as limited:
        limited.setattr(Thread, "start", fail)
        kept = listening(Line(), ear)
    assert LOST in caplog.text
    kept.start()
    ear.hears()
    kept.stop()  # the log record holds the test's own names


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_listens_for_itself() -> None:
    """Threads do not live on in a child."""
    ear, line = Ear(), Line()
    kept = listening(line, ear)
    ear.hears()
    child = os.fork()
    if child == 0:
        kept.after_fork()
        fresh = Ear()
        ear.heard = fresh.heard
        kept.start()
        os._exit(0 if ear.hears() == ["doubt"] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
