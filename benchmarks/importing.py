"""What it costs to import the package, in a process that has just begun."""

import os
import subprocess
import sys
from statistics import median
from typing import Final

from benchmarks.results import Ratio, Section
from benchmarks.tables import figure, show

__all__ = ["measure", "milliseconds_of"]

_PACKAGES: Final = ("jwtgate", "jwt")
_TARGET, _STRETCH = 0.8, 0.5


def measure(*, quick: bool) -> list[Section]:
    """Import each package in fresh processes, in turns; milliseconds."""
    timings: dict[str, list[float]] = {package: [] for package in _PACKAGES}
    for _ in range(1 + (5 if quick else 21)):
        for package, taken in timings.items():
            taken.append(milliseconds_of(package, _import_log(package)))
    # The first of each wrote its bytecode.
    medians = {package: median(taken[1:]) for package, taken in timings.items()}
    ratio = medians["jwtgate"] / medians["jwt"]
    return [
        Section(
            title="Import, milliseconds",
            columns=("", "ms"),
            rows=[(f"import {each}", figure(medians[each])) for each in _PACKAGES],
            ratios=[
                Ratio("13", "import jwtgate / import jwt", ratio, _TARGET, _STRETCH)
            ],
            notes=["By python -X importtime, in a fresh process each time."],
        )
    ]


def milliseconds_of(package: str, log: str) -> float:
    """Read from what ``-X importtime`` wrote how long a package took with all its own.

    Raises:
        ValueError: It is not among what was imported.
    """
    for line in reversed(log.splitlines()):
        _, _, cells = line.partition("import time:")
        *_, cumulative, name = ["", "", *cells.split("|")]
        if name.strip() == package:
            return int(cumulative) / 1000
    raise ValueError(f"{package} was not imported")


def _import_log(package: str) -> str:
    command = [sys.executable, "-X", "importtime", "-c", f"import {package}"]
    # Where bytecode may not be written, each process would compile every module.
    environ = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE"
    }
    ran = subprocess.run(  # noqa: S603 - our own
        command, check=True, capture_output=True, text=True, env=environ
    )
    return ran.stderr


if __name__ == "__main__":
    show(measure(quick=False))
