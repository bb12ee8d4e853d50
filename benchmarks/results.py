"""What the benchmarks give: figures beside what was aimed at. Data alone.

Every module that measures has ``measure(*, quick: bool) -> list[Section]``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Chart", "Ratio", "Results", "Section"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure that has a target.

    Attributes:
        number: Of the target, as the table of targets has it.
        measure: What is over what.
        value: What was measured.
        target: What it should be: at most this, or at least.
        stretch: The same, if all goes well.
        at_least: More is better.
        unit: What follows the figures; a ratio has ``x``.
    """

    number: str
    measure: str
    value: float
    target: float
    stretch: float | None = None
    at_least: bool = False
    unit: str = "x"

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self._reaches(self.target)

    @property
    def met_stretch(self) -> bool:
        """Whether the stretch target is met; False if there is none."""
        return self.stretch is not None and self._reaches(self.stretch)

    def _reaches(self, aim: float) -> bool:
        return self.value >= aim if self.at_least else self.value <= aim


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars to be drawn of a section.

    Attributes:
        name: Of the file, without its ending.
        title: What is shown, for people who see the chart alone.
        unit: Of the values, such as ``µs``.
        groups: The value of each bar, by group and by the bar's name; bars whose name
            begins with ``jwtgate`` stand out.
    """

    name: str
    title: str
    unit: str
    groups: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Section:
    """One table, with the targets that its figures answer.

    Attributes:
        title: Of the table.
        columns: Headings; the first is over the names of the rows.
        rows: Cells as they are printed, as many as there are columns.
        ratios: Figures with a target.
        skipped: What was not measured, and why.
        notes: What is measured, by which settings.
        chart: What is drawn of it, if anything.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    ratios: Sequence[Ratio] = ()
    skipped: Sequence[str] = ()
    notes: Sequence[str] = ()
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """A whole run.

    Attributes:
        machine: What it ran on, by name of the fact.
        sections: The tables, in order.
    """

    machine: Mapping[str, str]
    sections: Sequence[Section]
