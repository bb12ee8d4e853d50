"""A deadline for all that one fetch does, however slowly the other side speaks."""

import time
from contextlib import suppress
from socket import SHUT_RDWR, socket
from threading import Lock, Timer
from typing import Final, Self, final

__all__ = ["Leash"]


@final
class Leash:
    """Cuts a connection when its time is over; a context manager.

    The timeout of a socket is for each octet anew, so who sends one now and then, of a
    TLS handshake, a header or a body, could hold a thread for days. This is for the
    whole.

    Args:
        seconds: From now.
    """

    def __init__(self, seconds: float) -> None:
        self._ends: Final = time.monotonic() + seconds
        self._lock: Final = Lock()
        self._held: socket | None = None
        self._timer: Final = Timer(seconds, self.cut)
        self._timer.daemon = True
        self.is_cut = False

    def __enter__(self) -> Self:
        """Let the time run."""
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go, in time or not."""
        self._timer.cancel()
        with self._lock:
            self._let_go()

    @property
    def left(self) -> float:
        """Seconds that are left; 0 when there are none."""
        return max(0.0, self._ends - time.monotonic())

    def hold(self, sock: socket) -> None:
        """Take a connection on the leash, in place of the one before."""
        # A duplicate, since TLS takes the socket's own descriptor over.
        held = sock.dup()
        with self._lock:
            self._let_go()
            self._held = held
            if self.is_cut:
                self._shut()

    def cut(self) -> None:
        """End the connection, from any thread; whoever reads from it wakes up."""
        with self._lock:
            self.is_cut = True
            self._shut()

    def _shut(self) -> None:
        if self._held is not None:
            with suppress(OSError):  # it has ended by itself
                self._held.shutdown(SHUT_RDWR)

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None
