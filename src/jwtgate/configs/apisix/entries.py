"""The lists at the top of a file, and what becomes of entries that cannot be used."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import final

from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path

__all__ = ["Entry", "InvalidEntry", "entries_of", "id_text", "leave_out", "skipping"]

_CLOSING = ("routes", "global_rules")


@final
class InvalidEntry(ValueError):
    """An entry that APISIX would not load, and why in its words; no values."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One table of a list at the top of a file.

    Attributes:
        kind: The name of the list: ``routes``.
        number: Which one it is, from 1 on, as APISIX counts.
        at: Where it is.
        table: Its members.
    """

    kind: str
    number: int
    at: Path
    table: Mapping[str, object]

    @property
    def id(self) -> str | None:
        """Its id, if it has one that could be referred to."""
        return id_text(self.table.get("id"))

    @property
    def resource(self) -> str:
        """What APISIX calls it: ``/routes/1``; it counts quotas by this."""
        return f"/{self.kind}/{self.id or f'arr_{self.number}'}"


def id_text(value: object) -> str | None:
    """Give an id as a text; the number 1 and the text "1" are the same one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is int or (isinstance(value, str) and value):
        return str(value)
    return None


def entries_of(
    root: Mapping[str, object], kind: str, context: Context
) -> Iterator[Entry]:
    """Give the tables of a list at the top of a file; it may be missing, or null.

    What is no table is left out, but for rules and routes, which keep someone out.
    """
    found = root.get(kind)
    if found is None:
        return
    if not isinstance(found, list):
        context.problems.add((kind,), "expected a list of tables")
        return
    for index, each in enumerate(found):
        at = (kind, index)
        if isinstance(each, dict):
            yield Entry(kind=kind, number=index + 1, at=at, table=each)
        elif kind in _CLOSING:
            context.problems.add(at, "expected a table")
        else:
            leave_out(context, at, "invalid item data, it should be an object")


def leave_out(context: Context, at: Path, why: str) -> None:
    """Tell that an entry is left out, as APISIX would; strictly, that is a problem."""
    if context.strict:
        context.problems.add(at, why)
    else:
        context.notes.add("skipped", at, why)


@contextmanager
def skipping(context: Context, at: Path) -> Iterator[None]:
    """Leave out the entry at this place if it turns out to be invalid."""
    try:
        yield
    except InvalidEntry as invalid:
        leave_out(context, at, str(invalid))
