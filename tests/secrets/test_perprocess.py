import subprocess
import sys
from threading import Barrier, Thread

from jwtgate.secrets.perprocess import PerProcess

_FORKED = """
import os
from jwtgate.secrets.perprocess import PerProcess

each = PerProcess(object)
mine = each.get()
if os.fork() == 0:
    os._exit(0 if each.made() is None and each.get() is not mine else 1)
print(os.waitstatus_to_exitcode(os.wait()[1]), each.get() is mine)
"""


def test_a_process_has_one() -> None:
    """Made when it is needed first."""
    each = PerProcess(object)
    assert each.made() is None
    assert each.get() is each.get() is each.made()


def test_a_forked_process_has_its_own() -> None:
    """Its parent's connections and locks are no use to it."""
    command = [sys.executable, "-c", _FORKED]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "0 True\n"


def test_two_first_uses_have_the_same() -> None:
    """Though both may make one."""
    barrier = Barrier(2)

    def make() -> object:
        barrier.wait(10)
        return object()

    each = PerProcess(make)
    found: list[object] = []
    threads = [Thread(target=lambda: found.append(each.get())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] is found[1]
