"""Every benchmark: ``python -m benchmarks [--quick] [--only NAME] [--beside]``.

A whole run writes ``results.md`` and ``results.json``, and draws the charts; with
``--beside`` it writes one page beside them, of this Python or of a compiled jwtgate.
One that is quick, or of some benchmarks only, writes nothing.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from signal import SIGTERM, signal
from typing import Final

from benchmarks.charts import draw_all
from benchmarks.machine import describe
from benchmarks.reports import write, write_beside
from benchmarks.results import Results, Section
from benchmarks.tables import show, show_aims

__all__ = ["NAMES", "main"]

NAMES: Final = (
    "verification",
    "refusals",
    "web",
    "servers",
    "threads",
    "memory",
    "scale",
    "importing",
)
"""The modules, each with ``measure(*, quick)``."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print each table as it is ready."""
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="in a minute, roughly")
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME")
    parser.add_argument(
        "--beside",
        action="store_true",
        help="write the page of another Python, or of a compiled jwtgate",
    )
    chosen = parser.parse_args(arguments)
    sections: list[Section] = []
    for name in chosen.only or NAMES:
        measured = import_module(f"benchmarks.{name}").measure(quick=chosen.quick)
        show(measured)
        sections += measured
    show_aims(sections)
    if chosen.quick or chosen.only:
        return
    results = Results(describe(), sections)
    if chosen.beside:
        write_beside(results)
    else:
        write(results)
        draw_all(results)


if __name__ == "__main__":
    # So that the servers that it started end with a run that is ended.
    signal(SIGTERM, lambda *_: sys.exit(128 + SIGTERM))
    main()
