"""Reading the members of a table: those that are known, and what each may hold."""

from collections.abc import Collection, Iterator, Mapping

from jwtgate.configs.native.kinds import Kind
from jwtgate.configs.problems import Path, Problems
from jwtgate.configs.tree import BROKEN, is_broken

__all__ = ["read_fields", "read_table", "read_tables", "refuse_unknown"]


def read_fields(
    table: Mapping[str, object], kinds: Mapping[str, Kind], at: Path, problems: Problems
) -> tuple[dict[str, object], bool]:
    """Read the members of a table that are of these kinds.

    Returns:
        Those that hold what they may, and whether that is all of them.
    """
    fields = {
        name: value
        for name, value in table.items()
        if name in kinds and _fits(value, kinds[name], (*at, name), problems)
    }
    return fields, len(fields) == len(table.keys() & kinds.keys())


def _fits(value: object, kind: Kind, at: Path, problems: Problems) -> bool:
    if is_broken(value):
        return False
    if not kind.fits(value):
        problems.add(at, f"expected {kind.expected}")
        return False
    return True


def read_table(
    table: Mapping[str, object], name: str, at: Path, problems: Problems
) -> Mapping[str, object]:
    """Give the table that a member holds; an empty one if there is none."""
    value = table.get(name, {})
    if isinstance(value, dict):
        return value
    if value is not BROKEN:
        problems.add((*at, name), "expected a table")
    return {}


def read_tables(
    table: Mapping[str, object], name: str, at: Path, problems: Problems
) -> Iterator[tuple[Path, dict[str, object]]]:
    """Give each table of the list that a member holds, with its path."""
    value = table.get(name, [])
    if value is BROKEN:
        return
    if not isinstance(value, list):
        problems.add((*at, name), "expected a list of tables")
        return
    for index, each in enumerate(value):
        if isinstance(each, dict):
            yield (*at, name, index), each
        elif each is not BROKEN:
            problems.add((*at, name, index), "expected a table")


def refuse_unknown(
    table: Mapping[str, object], known: Collection[str], at: Path, problems: Problems
) -> None:
    """Report the members that have another name."""
    for name in table:
        if name not in known:
            problems.add_unknown((*at, name), known)
