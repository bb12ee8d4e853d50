"""Watching the source of a gate's settings."""

import os
from threading import Event, Thread
from typing import Protocol, final
from weakref import ref

from jwtgate._log import log_failure, log_problem
from jwtgate.errors import ConfigurationError
from jwtgate.settings import Source

__all__ = ["Watch"]

_SECONDS_BETWEEN_LOOKS = 1.0  # APISIX looks at its file as often


class _Reloading(Protocol):
    def reload(self) -> None: ...


@final
class Watch:
    """Looks at a source once a second and reloads the gate when it has changed.

    One thread of each process does so, started by the first request that the process
    serves: nothing runs at import or before a server forks, and a forked worker has
    its own. Nothing is parsed in an event loop. The thread ends with the gate.

    Args:
        gate: What is reloaded; held weakly.
        source: Tells its version.
        seconds: From one look to the next.
    """

    def __init__(
        self,
        gate: _Reloading,
        source: Source,
        *,
        seconds: float = _SECONDS_BETWEEN_LOOKS,
    ) -> None:
        self._gate = ref(gate)
        self._source = source
        self._seconds = seconds
        self._seen = source.version_read
        self._stopped = False
        self._threads: dict[int, Thread] = {}

    def start(self) -> None:
        """Start this process's thread, unless it was started."""
        pid = os.getpid()
        if pid not in self._threads:
            thread = Thread(target=self._run, name="jwtgate-watch", daemon=True)
            # Two first requests may each start one; the second does no harm.
            self._threads[pid] = thread
            try:
                thread.start()
            except RuntimeError as error:  # a limit of the system; the next one tries
                self._threads.pop(pid, None)
                log_failure("the settings are not watched", error)

    def stop(self) -> None:
        """Let the threads end; they look no more."""
        self._stopped = True

    def look(self) -> bool:
        """Look once; return False when the gate is gone, or this was stopped.

        A source that cannot be read leaves the gate as it is, and is reported once,
        not each second until it is mended.
        """
        gate = self._gate()
        if gate is None or self._stopped:
            return False
        try:
            if self._source.version() != self._seen:
                try:
                    gate.reload()
                finally:
                    self._seen = self._source.version_read
        except ConfigurationError as error:
            log_problem(f"the settings stay as they were: {error}")
        except Exception as error:  # noqa: BLE001 - the thread must live on
            log_failure("the settings stay as they were", error)
        return True

    def _run(self) -> None:
        # An event of this thread alone: one that was there at a fork may be locked.
        pause = Event()
        while self.look():
            pause.wait(self._seconds)
