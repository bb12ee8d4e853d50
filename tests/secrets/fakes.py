"""Secret managers of tests: one that does as it is told, and a clock."""

from threading import Event
from typing import Any

from jwtgate.secrets import Secrets


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


class Manager:
    """Keeps what it was given; raises what it was told to raise."""

    def __init__(self, **kept: Any) -> None:
        self.kept: dict[str, Any] = kept
        self.error: Exception | None = None
        self.asked: list[str] = []
        self.is_closed = False

    def fetch(self, path: str) -> Any:
        """Give what is kept under a path: a KeyError, if nothing is."""
        self.asked.append(path)
        if self.error is not None:
            raise self.error
        found = self.kept[path]
        if isinstance(found, Exception):
            raise found
        return found

    def close(self) -> None:
        """Take note of it."""
        self.is_closed = True


class Slow(Manager):
    """Answers once it is let."""

    def __init__(self, **kept: Any) -> None:
        super().__init__(**kept)
        self.began = Event()
        self.may_go_on = Event()

    def fetch(self, path: str) -> Any:
        """Wait, then give it."""
        self.began.set()
        assert self.may_go_on.wait(10)
        return super().fetch(path)


def secrets_of(manager: Any, clock: Any = None, **more: Any) -> Secrets:
    """Make secrets of one manager, ``own/main``, at a test's time."""
    return Secrets({"own/main": manager}, clock=clock or Clock(), **more)
