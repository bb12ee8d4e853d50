"""What each process has to make for itself: connections, threads, locks."""

import os
from collections.abc import Callable
from typing import Generic, TypeVar, final

__all__ = ["PerProcess"]

_T = TypeVar("_T")


@final
class PerProcess(Generic[_T]):
    """Makes a thing at its first use in each process.

    After a fork the child has copies of what its parent made: connections that both
    would write to, locks that nobody opens, threads that do not run.

    Args:
        make: Makes it; two first uses may each call it, and have the same in the end.
    """

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._made: dict[int, _T] = {}

    def get(self) -> _T:
        """Give this process's."""
        pid = os.getpid()
        found = self._made.get(pid)
        return self._made.setdefault(pid, self._make()) if found is None else found

    def made(self) -> _T | None:
        """Give this process's, if it was made."""
        return self._made.get(os.getpid())
