"""Tables of figures, for a terminal and in Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from benchmarks.results import Ratio, Section

__all__ = [
    "AIM_TEXTS",
    "aims",
    "figure",
    "markdown",
    "piped",
    "plain",
    "show",
    "show_aims",
]

_AIM_COLUMNS: Final = ("#", "measure", "measured", "target", "stretch", "")
AIM_TEXTS: Final = (0, 1, 5)
"""The columns of :func:`aims` that are text."""


Table: TypeAlias = Sequence[Sequence[str]]


def figure(value: float) -> str:
    """Write a figure with as many digits as can be told apart."""
    for limit, digits in ((0.1, 3), (10, 2), (100, 1)):
        if abs(value) < limit:
            return f"{value:.{digits}f}"
    return f"{value:,.0f}"


def aims(ratios: Iterable[Ratio]) -> Table:
    """Write figures beside their targets, in the order of these, with headings."""
    return [_AIM_COLUMNS, *map(_aim, sorted(ratios, key=lambda each: int(each.number)))]


def plain(section: Section) -> str:
    """Write a section for a terminal."""
    parts = [section.title, ""]
    parts += _aligned([section.columns, *section.rows])
    if section.ratios:
        parts += ["", *_aligned(aims(section.ratios), lefts=AIM_TEXTS)]
    parts += [f"skipped: {each}" for each in section.skipped]
    return "\n".join([*parts, ""])


def markdown(section: Section) -> str:
    """Write a section in Markdown, notes included; its targets have a table apart."""
    parts = [f"## {section.title}", "", *piped([section.columns, *section.rows])]
    remarks = [*section.notes, *(f"Skipped: {each}." for each in section.skipped)]
    if remarks:
        parts += ["", *(f"- {each}" for each in remarks)]
    return "\n".join([*parts, ""])


def piped(table: Table, lefts: Sequence[int] = (0,)) -> Iterator[str]:
    """Write a table in Markdown; its first row is the headings.

    Args:
        table: Rows of cells.
        lefts: The columns that are text; the others are figures.
    """
    first, *rest = table
    rule = ["---" if column in lefts else "---:" for column in range(len(first))]
    for row in (first, rule, *rest):
        cells = " | ".join(cell.replace("|", "\\|") for cell in row)
        yield f"| {cells} |"


def show(sections: Sequence[Section]) -> None:
    """Print sections."""
    for section in sections:
        print(plain(section), flush=True)


def show_aims(sections: Sequence[Section]) -> None:
    """Print all targets of a run."""
    ratios = [each for section in sections for each in section.ratios]
    print("\n".join(_aligned(aims(ratios), lefts=AIM_TEXTS)), flush=True)


def _aim(ratio: Ratio) -> tuple[str, ...]:
    sign = "≥" if ratio.at_least else "≤"
    target, stretch = (
        "" if aim is None else f"{sign} {aim:,g}{ratio.unit}"
        for aim in (ratio.target, ratio.stretch)
    )
    verdict = "met" if ratio.met else "NOT MET"
    if ratio.met_stretch:
        verdict = "met, stretch too"
    value = figure(ratio.value)
    if not ratio.met and value == figure(ratio.target):
        value = f"{ratio.value:.4g}"  # by how little it was missed
    return (
        ratio.number,
        ratio.measure,
        f"{value}{ratio.unit}",
        target,
        stretch,
        verdict,
    )


def _aligned(table: Table, lefts: Sequence[int] = (0,)) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (
            cell.ljust(width) if column in lefts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()
