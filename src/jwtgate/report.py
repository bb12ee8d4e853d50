"""What a file held that its gate does not do, for whoever loads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, final

from jwtgate.record import Record

__all__ = ["LoadReport", "Note"]


@final
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Note(Record):
    """One thing.

    Attributes:
        kind: ``"dropped"``: was not carried over; ``"skipped"``: an entry that the
            gateway would skip as well; ``"warning"``: works, and deserves a look.
        path: Where it is in the file: ``routes[0].plugins.cors``.
        text: What it is, without any secret.
    """

    kind: Literal["dropped", "skipped", "warning"]
    path: str
    text: str

    def __str__(self) -> str:
        """Write it as one line."""
        return f"{self.kind}: {self.path}: {self.text}"


@final
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LoadReport(Record):
    """What was not carried over from a file, and what deserves a look; often empty.

    Attributes:
        notes: In the order of the file.
    """

    notes: tuple[Note, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.notes)

    def __len__(self) -> int:
        """Count the notes."""
        return len(self.notes)

    def __iter__(self) -> Iterator[Note]:
        """Give the notes."""
        return iter(self.notes)

    def __str__(self) -> str:
        """Write one line for each note."""
        return "\n".join(map(str, self.notes))
