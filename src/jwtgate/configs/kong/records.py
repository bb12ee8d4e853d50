"""Tables of a file of Kong's, their members checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

from jwtgate.configs.kong.fields import Field
from jwtgate.configs.problems import Path, Problems
from jwtgate.configs.tree import BROKEN, is_broken

__all__ = ["Record", "read_record", "records"]


@final
@dataclass(frozen=True, slots=True)
class Record:
    """The members of a table that hold what they may; others are as if left out.

    Attributes:
        members: By name.
        is_whole: There were no others.
    """

    members: Mapping[str, object]
    is_whole: bool = True

    def __contains__(self, name: object) -> bool:
        """Whether there is one of this name, and it is not null."""
        return name in self.members

    def get(self, name: str) -> object:
        """Give a member as it is; None if there is none."""
        return self.members.get(name)

    def text(self, name: str) -> str | None:
        """Give a text."""
        value = self.members.get(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Give several texts; none if there is none."""
        value = self.members.get(name)
        if not isinstance(value, list):
            return ()
        return tuple(each for each in value if isinstance(each, str))

    def number(self, name: str) -> float | None:
        """Give a number."""
        value = self.members.get(name)
        return value if isinstance(value, int | float) else None

    def switch(self, name: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self.members.get(name)
        return value if isinstance(value, bool) else default

    def over(self, below: "Record") -> "Record":
        """Give these members, and those of another record where there is none."""
        return Record(
            {**below.members, **self.members}, self.is_whole and below.is_whole
        )


def read_record(
    table: Mapping[str, object],
    fields: Mapping[str, Field],
    at: Path,
    problems: Problems,
) -> Record:
    """Read the members of a table, and report what they may not be.

    Args:
        table: Sound.
        fields: What they may be.
        at: Where the table is.
        problems: Takes what is wrong.
    """
    given = {
        name: value
        for name, value in table.items()
        if value is not None or not _may_be_null(fields.get(name))
    }
    members = {
        name: value
        for name, value in given.items()
        if _passes(value, fields.get(name), (*at, name), problems)
    }
    return Record(members, len(members) == len(given))


def _may_be_null(field: Field | None) -> bool:
    return field is not None and not field.required


def _passes(value: object, field: Field | None, at: Path, problems: Problems) -> bool:
    if field is None:
        problems.add(at, "unknown field")
        return False
    if value is None:
        problems.add(at, "required field missing")
        return False
    return not is_broken(value) and field.test(value, at, problems)


def records(
    table: Mapping[str, object], name: str, at: Path, problems: Problems
) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """Give each table of the list that a member holds, with its path."""
    value = table.get(name)
    if value is None or value is BROKEN:
        return
    if not isinstance(value, list):
        problems.add((*at, name), "expected an array")
        return
    for index, each in enumerate(value):
        if isinstance(each, dict):
            yield (*at, name, index), each
        elif each is not BROKEN:
            problems.add((*at, name, index), "expected a record")
