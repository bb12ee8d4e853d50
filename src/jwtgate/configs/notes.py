"""What a reader of a gateway's file tells whoever loads it, beside errors."""

from typing import Literal, final

from jwtgate.configs.problems import Path, shown
from jwtgate.report import LoadReport, Note

__all__ = ["Notes"]


@final
class Notes:
    """Collects the notes of one file."""

    def __init__(self) -> None:
        self._notes: list[Note] = []

    def add(
        self, kind: Literal["dropped", "skipped", "warning"], path: Path, text: str
    ) -> None:
        """Add one; see :class:`jwtgate.report.Note`."""
        self._notes.append(Note(kind, shown(path), text))

    def report(self) -> LoadReport:
        """Give what was collected, each note once."""
        return LoadReport(tuple(dict.fromkeys(self._notes)))
