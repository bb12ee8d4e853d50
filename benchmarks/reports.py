"""A run as files: a page for people, and the same as data to draw charts from."""

import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from benchmarks.machine import is_compiled
from benchmarks.results import Chart, Ratio, Results, Section
from benchmarks.tables import AIM_TEXTS, aims, markdown, piped

__all__ = ["PAGE", "RESULTS", "page", "read", "write", "write_beside"]

PAGE: Final = Path(__file__).with_name("results.md")
RESULTS: Final = Path(__file__).with_name("results.json")

_HEAD: Final = """\
# What was measured

Written by `make bench`. The rows of a table took turns on one machine, so read the
ratios; times hold for this machine alone.
"""


def page(results: Results) -> str:
    """Write a run in Markdown: the machine, the targets, the tables."""
    ratios = [each for section in results.sections for each in section.ratios]
    return "\n".join(
        [
            _HEAD,
            *piped([("machine", ""), *results.machine.items()], (0, 1)),
            "",
            "## Targets",
            "",
            *piped(aims(ratios), AIM_TEXTS),
            "",
            *map(markdown, results.sections),
        ]
    )


def write(results: Results, folder: Path = PAGE.parent) -> None:
    """Write both files."""
    (folder / PAGE.name).write_text(page(results), encoding="utf-8")
    text = json.dumps(asdict(results), ensure_ascii=False, indent=1)
    (folder / RESULTS.name).write_text(f"{text}\n", encoding="utf-8")


def write_beside(results: Results, folder: Path = PAGE.parent) -> Path:
    """Write the page alone, named by what ran: ``results-cpython-3.13.md``.

    A compiled jwtgate is told apart: ``results-cpython-3.13-compiled.md``.
    """
    name = platform.python_implementation().lower()
    version = ".".join(platform.python_version_tuple()[:2])
    how = "-compiled" if is_compiled() else ""
    file = folder / f"results-{name}-{version}{how}.md"
    file.write_text(page(results), encoding="utf-8")
    return file


def read(text: str) -> Results:
    """Read a run from the data of :func:`write`."""
    data = json.loads(text)
    return Results(data["machine"], [_section(each) for each in data["sections"]])


def _section(data: dict[str, Any]) -> Section:
    ratios = [Ratio(**each) for each in data["ratios"]]
    chart = data["chart"] and Chart(**data["chart"])
    return Section(**{**data, "ratios": ratios, "chart": chart})
