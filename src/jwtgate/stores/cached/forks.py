"""What must be made anew in a forked process."""

import os
from contextlib import suppress
from typing import Protocol
from weakref import WeakSet

__all__ = ["Forked", "renew", "renew_after_fork"]


class Forked(Protocol):
    """What has locks or threads, which are of no use in a child."""

    def after_fork(self) -> None:
        """Make them anew; called in the child, before anything else runs there."""
        ...


_HELD: WeakSet[Forked] = WeakSet()


def renew_after_fork(held: Forked) -> None:
    """See that this is made anew in each forked process; it is held weakly."""
    _HELD.add(held)


def renew() -> None:
    """Make all of them anew; called in each child."""
    for held in list(_HELD):
        held.after_fork()


with suppress(AttributeError):  # Windows has no forks
    os.register_at_fork(after_in_child=renew)
