"""How many instructions of the processor a request costs, by valgrind's callgrind.

For information: unlike :mod:`benchmarks.instructions` it sees into C, but OpenSSL
chooses its code by the processor, so another machine's figures may be others. One
process takes some turns of a scenario and another takes more; the difference is what
those cost, free of the start of Python. It takes about forty seconds a scenario. Those
with RS256 are left out, as it takes another time to make each RSA key.

    python -m benchmarks.callgrind [SCENARIO ...]
"""

import argparse
import gc
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from shutil import which
from typing import Final

from benchmarks.scenarios import NAMES, turns

__all__ = ["main", "take"]

_NAMES: Final = [name for name in NAMES if not name.startswith("RS256")]
_WARM_UP: Final = 200
_TURNS: Final = 1000


def take(name: str, count: int) -> None:
    """Take some turns of a scenario; as many are made ready whatever the count."""
    ready = list(islice(turns(name), _WARM_UP + _TURNS))
    gc.disable()
    for turn in ready[:count]:
        turn()


def executed(valgrind: str, name: str, count: int) -> int:
    """Count what a process executes that takes some turns, its start included."""
    callgrind = [valgrind, "--tool=callgrind", f"--callgrind-out-file={os.devnull}"]
    code = f"from benchmarks.callgrind import take; take({name!r}, {count})"
    ended = subprocess.run(  # noqa: S603 - our own words
        [*callgrind, sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    return int(re.findall(r"Collected : (\d+)", ended.stderr)[0])


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figure of each scenario that is named, else of the first."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.callgrind")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO")
    names = parser.parse_args(argv).scenarios or _NAMES[:1]
    if not set(names) <= set(_NAMES):
        parser.error(f"choose from: {'; '.join(_NAMES)}")
    valgrind = which("valgrind")
    if valgrind is None:
        print("skipped: valgrind is not installed")
        return 0
    for name in names:
        fewer = executed(valgrind, name, _WARM_UP)
        more = executed(valgrind, name, _WARM_UP + _TURNS)
        print(f"{name:26}{(more - fewer) // _TURNS:>10,}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
