"""The credentials of a file, while it is read."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TypeAlias, final

from jwtgate.configs.apisix.entries import leave_out
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path
from jwtgate.credential import Credential, UnusableCredential

__all__ = ["Made", "Row", "Rows"]

Made: TypeAlias = Credential | UnusableCredential


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A credential.

    Attributes:
        made: The credential.
        owner: The username of whose it is.
        id: Its id; None for the consumer's own block.
        at: Where it is.
        order: Which entry of the file it is of.
    """

    made: Made
    owner: str
    id: str | None
    at: Path
    order: int


@final
class Rows:
    """Credentials by owner and id, of which the later counts."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._rows: defaultdict[str, dict[str | None, Row]] = defaultdict(dict)

    def add(self, row: Row) -> None:
        """Add one; it takes the place of an earlier one with the same owner and id."""
        own = self._rows[row.owner]
        earlier = own.pop(row.id, None)
        if earlier is not None:
            leave_out(self._context, earlier.at, "its id comes again; the later counts")
        own[row.id] = row

    def forget(self, owner: str) -> None:
        """Leave out those of a consumer who comes again."""
        self._rows.pop(owner, None)

    def credentials(self) -> tuple[Made, ...]:
        """Give one for each key: of several that which APISIX loads last."""
        found: dict[str, Row] = {}
        rows = [row for own in self._rows.values() for row in own.values()]
        for row in sorted(rows, key=lambda row: row.order):
            earlier = found.pop(row.made.key, None)
            if earlier is not None:
                leave_out(
                    self._context, earlier.at, "its key comes again; the later counts"
                )
            found[row.made.key] = row
        return tuple(row.made for row in found.values())
