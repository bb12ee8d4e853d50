"""From rows to credentials."""

from collections.abc import Iterable
from typing import Final, TypeAlias, final

from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import StoreError
from jwtgate.stores.paging import Page
from jwtgate.stores.records import Record
from jwtgate.stores.sql.rows import RawRow, kept_credential
from jwtgate.stores.strongbox import Strongbox

__all__ = ["Opener", "Row", "usable"]

Row: TypeAlias = Credential | UnusableCredential
"""What a row of the table of credentials gives."""

_MOST: Final = 4096


@final
class Opener:
    """Makes credentials of rows; of a row that has not changed, the same one again.

    That is no cache: the rows were read just now, and a row always gives the same,
    unless a reference is in it. Those that cannot be made a credential become
    unusable ones: others live on.

    Args:
        box: Unseals secrets, and resolves references.
        most: Credentials that are kept.
    """

    def __init__(self, box: Strongbox, *, most: int = _MOST) -> None:
        self._box = box
        self._most = most
        self._made: dict[RawRow, Credential] = {}

    def open(self, rows: Iterable[RawRow]) -> tuple[Row, ...]:
        """Make credentials; it may wait for a secret manager."""
        return tuple(self._made.get(row) or self._open(row) for row in rows)

    async def aopen(self, rows: Iterable[RawRow]) -> tuple[Row, ...]:
        """Make credentials, letting others run while a manager answers."""
        return tuple([self._made.get(row) or await self._aopen(row) for row in rows])

    def open_page(self, page: Page[RawRow]) -> Page[Row]:
        """Make a page of credentials of one of rows."""
        return Page(self.open(page.items), page.cursor)

    async def aopen_page(self, page: Page[RawRow]) -> Page[Row]:
        """Make the same, letting others run while a manager answers."""
        return Page(await self.aopen(page.items), page.cursor)

    def _open(self, row: RawRow) -> Row:
        record = kept_credential(row).record
        return self._kept(row, record, self._box.open(record))

    async def _aopen(self, row: RawRow) -> Row:
        record = kept_credential(row).record
        (made,) = await self._box.aopen([record])
        return self._kept(row, record, made)

    def _kept(self, row: RawRow, record: Record, made: Row) -> Row:
        if type(made) is Credential and self._box.is_settled(record):
            if len(self._made) >= self._most:
                self._made.clear()
            self._made[row] = made
        return made


def usable(found: Iterable[Row]) -> Credential:
    """Give the one credential that was asked for.

    Raises:
        StoreError: It cannot be used.
    """
    (made,) = found
    if isinstance(made, UnusableCredential):
        raise StoreError(f"this credential cannot be used: {made.why}")
    return made
