"""Hearing of changes from a store."""

from collections.abc import Generator
from contextlib import closing
from threading import Event, Lock, Thread
from typing import Protocol, final, runtime_checkable
from weakref import ref

from jwtgate._log import log_failure, log_note, log_raised
from jwtgate.stores.changes import Change, decode

__all__ = ["Listener", "Listening"]

_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0

_LOST = "a cache does not hear of changes; what it holds is served for its ttl"
_IS_BACK = "a cache hears of changes again"


@runtime_checkable
class Listener(Protocol):
    """Where messages of changes come from; see :mod:`jwtgate.stores.changes`."""

    def listen(self) -> Generator[str | None]:
        """Connect, and give messages as they come, until the generator is closed.

        Gives None once it listens, and about each second in which nothing came.

        Raises:
            Exception: There is no connection, or it is lost.
        """
        ...


class Hearer(Protocol):
    """What is told of changes."""

    def apply(self, change: Change) -> None:
        """Forget what may have changed."""
        ...

    def doubt(self) -> None:
        """Ask anew for what is remembered: changes may have been missed."""
        ...


@final
class Listening:
    """Tells a cache of the changes that a listener hears of.

    One thread of each process does so, started by the first look-up there: nothing
    runs at import or before a server forks. When the connection is lost, and when there
    is one again, the cache asks anew for everything: what was missed is not known. The
    thread ends with the cache.

    Args:
        listener: Hears of them.
        hearer: The cache; held weakly.
    """

    def __init__(self, listener: Listener, hearer: Hearer) -> None:
        self._listener = listener
        self._hearer = ref(hearer)
        self._is_stopped = False
        self.after_fork()

    def after_fork(self) -> None:
        """Forget the thread, which is not in this process."""
        self._lock = Lock()
        self._is_started = False
        self._rest = Event()
        self._hears = False
        self._has_told = False

    def start(self) -> None:
        """Start this process's thread, unless it was started."""
        with self._lock:
            if self._is_started or self._is_stopped:
                return
            self._is_started = True
        try:
            Thread(target=self._run, name="jwtgate-listen", daemon=True).start()
        except RuntimeError as error:  # a limit of the system; the next one tries
            self._is_started = False
            log_failure(_LOST, error)

    def stop(self) -> None:
        """Let the thread end; it hears no more."""
        self._is_stopped = True
        self._rest.set()

    def _run(self) -> None:
        pause = _SHORTEST_PAUSE
        while self._tell(None):
            try:
                with closing(self._listener.listen()) as messages:
                    next(messages)
                    pause = _SHORTEST_PAUSE
                    self._found()
                    while self._tell(next(messages)):
                        pass
            except Exception as error:  # noqa: BLE001 - the thread must live on
                self._lose(error)
            self._rest.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _tell(self, message: str | None) -> bool:
        """Tell the cache; return False if there is nobody to tell any more."""
        hearer = self._hearer()
        if hearer is None or self._is_stopped:
            return False
        if message is not None:
            hearer.apply(decode(message))
        return True

    def _doubt(self) -> None:
        hearer = self._hearer()
        if hearer is not None:
            hearer.doubt()

    def _found(self) -> None:
        self._hears = True
        self._doubt()
        if self._has_told:
            # As a warning, so that whoever sees the error sees the end of it.
            log_note(_IS_BACK, harmless=False)
        self._has_told = False

    def _lose(self, error: Exception) -> None:
        if self._hears:
            self._doubt()
        self._hears = False
        if not self._has_told:
            # Not what it says: drivers quote their URLs, with passwords.
            log_raised(_LOST, error)
        self._has_told = True
