import gc
import os

import pytest

from jwtgate.stores.cached.forks import renew, renew_after_fork

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


class Renewed:
    """What tells by its number in which process it was made anew."""

    pid = 0

    def after_fork(self) -> None:
        """Note the process."""
        self.pid = os.getpid()


def in_child(tell: Renewed) -> int:
    """Fork; give the exit code of the child, 0 if this was made anew there."""
    child = os.fork()
    if child == 0:
        os._exit(0 if tell.pid == os.getpid() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_what_is_held_is_made_anew_in_a_child() -> None:
    """And not in its parent."""
    renewed = Renewed()
    renew_after_fork(renewed)
    assert in_child(renewed) == 0
    assert renewed.pid == 0


def test_all_are_made_anew() -> None:
    """However many there are."""
    several = [Renewed() for _ in range(3)]
    for each in several:
        renew_after_fork(each)
    renew()
    assert {each.pid for each in several} == {os.getpid()}


def test_it_is_held_weakly() -> None:
    """A cache that is gone is gone."""
    renewed = [Renewed()]
    renew_after_fork(renewed[0])
    renewed.clear()
    gc.collect()
    assert in_child(Renewed()) == 1
