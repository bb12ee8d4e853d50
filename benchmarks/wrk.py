"""Load by wrk: so many requests as a server answers on connections that stay open."""

import re
import subprocess
from dataclasses import dataclass
from statistics import median
from typing import Final, Self

from benchmarks.processes import HOST, on_core

__all__ = ["CONNECTIONS", "Load", "put_load"]

CONNECTIONS: Final = 32

_UNITS: Final = {"us": 1.0, "ms": 1e3, "s": 1e6}


@dataclass(frozen=True, slots=True)
class Load:
    """What a server did under load.

    Attributes:
        rate: Requests answered in a second.
        p50: The time in which half of them were, in microseconds.
        p99: The same of 99 in 100.
    """

    rate: float
    p50: float
    p99: float

    @classmethod
    def read(cls, report: str) -> Self:
        """Read what wrk prints.

        Raises:
            RuntimeError: Not every answer was a good one, or there was none.
        """
        if "Non-2xx" in report or "Socket errors" in report:
            raise RuntimeError(report)
        rate = re.search(r"^Requests/sec: +([\d.]+)", report, re.MULTILINE)
        if rate is None or not float(rate[1]):
            raise RuntimeError(report)
        return cls(float(rate[1]), *(_latency(report, each) for each in (50, 99)))

    @classmethod
    def median(cls, rounds: "list[Load]") -> Self:
        """Give the median of each figure."""
        return cls(
            median(each.rate for each in rounds),
            median(each.p50 for each in rounds),
            median(each.p99 for each in rounds),
        )


def put_load(port: int, token: str, *, seconds: int, core: int) -> Load:
    """Load a server of this machine, from one core.

    Raises:
        RuntimeError: It refused a request, or closed a connection.
    """
    command = [
        *("wrk", "--threads", "1", "--connections", str(CONNECTIONS)),
        *("--duration", f"{seconds}s", "--latency"),
        *("--header", f"Authorization: Bearer {token}", f"http://{HOST}:{port}/"),
    ]
    done = subprocess.run(  # noqa: S603 - wrk alone
        on_core(core, command),
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=seconds + 30,
    )
    return Load.read(done.stdout)


def _latency(report: str, percentile: int) -> float:
    found = re.search(rf"^ +{percentile}% +([\d.]+)(us|ms|s)$", report, re.MULTILINE)
    if found is None:
        raise RuntimeError(report)
    return float(found[1]) * _UNITS[found[2]]
