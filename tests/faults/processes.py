"""Processes that work at one store, while another one changes it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Final, final
from uuid import uuid4

from tests.kit import NOW, SECRET, mint

__all__ = ["Crew", "crew", "delays"]

_FOLDER: Final = Path(__file__).parents[2]


@final
class Crew:
    """Processes, each with a cache of its own over one store."""

    def __init__(self, workers: Sequence["subprocess.Popen[str]"]) -> None:
        self._workers = workers

    def expect(self, key: str, *, secret: str = SECRET, served: bool) -> None:
        """Have each ask until a token of a key is served, or is not."""
        line = json.dumps([mint(iss=key, secret=secret), served])
        for each in self._workers:
            assert each.stdin is not None
            print(line, file=each.stdin, flush=True)

    def obeyed(self) -> float:
        """Wait until all got what they expect; give when the last one did.

        By the system's monotonic clock, which processes share.
        """
        told = []
        for each in self._workers:
            assert each.stdout is not None
            told.append(float(each.stdout.readline()))
        return max(told)


@contextmanager
def crew(url: str, channel: str, size: int) -> Iterator[Crew]:
    """Run so many processes over the store of a URL."""
    command = [sys.executable, "-m", "tests.faults.worker", url, channel, str(NOW)]
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                subprocess.Popen(  # noqa: S603 - this interpreter, our own module
                    command,
                    cwd=_FOLDER,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(size)
        ]
        for each in workers:
            stack.callback(each.kill)
        yield Crew(workers)


def delays(workers: Crew, manager: Any) -> Iterator[float]:
    """Make changes without end; give how long each took to be obeyed by all.

    In seconds, from before it was begun.

    Args:
        workers: They have remembered what is changed, as it was.
        manager: Makes the changes.
    """
    while True:
        name = f"jack-{uuid4().hex}"
        workers.expect(name, served=False)
        workers.obeyed()
        for change, secret, served in _life_of(name, manager):
            workers.expect(name, secret=secret, served=served)
            begun = monotonic()
            change()
            yield workers.obeyed() - begun


def _life_of(
    name: str, manager: Any
) -> Iterator[tuple[Callable[[], object], str, bool]]:
    """Give changes, and whether a token by which secret is served then."""
    new = SECRET[::-1]

    def create() -> None:
        manager.create_consumer(username=name)
        manager.create_credential(name, key=name, secret=SECRET)

    yield create, SECRET, True
    yield partial(manager.update_credential, name, secret=new), new, True
    yield partial(manager.update_consumer, name, enabled=False), new, False
    yield partial(manager.update_consumer, name, enabled=True), new, True
    yield partial(manager.delete_consumer, name), new, False
