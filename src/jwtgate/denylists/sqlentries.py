"""The entries of a list of revoked tokens in a database."""

from collections.abc import Callable, Sequence
from typing import Any, Final, final

from sqlalchemy import (
    BindParameter,
    Dialect,
    bindparam,
    delete,
    or_,
    select,
    update,
)

from jwtgate.denylist import Denials, Subject
from jwtgate.denylists.entries import Entry, check_margin, stricter
from jwtgate.errors import ConfigurationError
from jwtgate.stores.sql.lines import Rows
from jwtgate.stores.sql.queries import Query
from jwtgate.stores.sql.rows import text_of
from jwtgate.stores.sql.tables import denied
from jwtgate.stores.sql.transaction import Transaction

__all__ = ["MANY", "SQLEntries", "denials_of"]

_AT_A_TIME: Final = 100  # entries that are removed beside a new one
MANY: Final = 1000
"""Entries that are removed at a time."""
_MOST_OCTETS: Final = 80

_SUBJECT: Final = denied.c.subject
_UNTIL: Final = denied.c.until
_TEXT: BindParameter[str] = bindparam("text")
_END: BindParameter[float] = bindparam("end")

_LOCKED: Final = (
    select(_UNTIL, denied.c.issued_before).where(_SUBJECT == _TEXT).with_for_update()
)
_CHANGED: Final = update(denied).where(_SUBJECT == _TEXT)
_ALLOWED: Final = delete(denied).where(_SUBJECT == _TEXT)
# In one order, so that two who remove them do not wait for each other.
_OVER: Final = (
    select(_SUBJECT)
    .where(_UNTIL <= _END)
    .order_by(_UNTIL, _SUBJECT)
    .limit(bindparam("most"))
)
_REMOVED: Final = delete(denied).where(
    _SUBJECT.in_(bindparam("texts", expanding=True)), _UNTIL <= _END
)


@final
class SQLEntries:
    """Runs the statements; in a transaction, or as a look-up.

    Args:
        dialect: Of the database.
        margin: Seconds that an entry outlives its token.
        clock: Gives seconds since the epoch.
    """

    def __init__(
        self, dialect: Dialect, margin: float, clock: Callable[[], float]
    ) -> None:
        self._dialect = dialect
        self._margin = check_margin(margin)
        self._clock = clock
        self._questions: dict[int, Query] = {}

    def question(self, subjects: Sequence[str]) -> tuple[Query, dict[str, Any]]:
        """Give the look-up of subjects, and its values."""
        subjects = subjects or ("",)  # which is none
        number = len(subjects)
        query = self._questions.get(number)
        if query is None:
            query = self._questions[number] = _question(number, self._dialect)
        values: dict[str, Any] = {f"s{n}": text for n, text in enumerate(subjects)}
        return query, values | {"end": self._end()}

    def deny(self, transaction: Transaction, subject: Subject, entry: Entry) -> None:
        """Add an entry, or make one stricter; removes some that are over."""
        text = subject.text
        if not (text.isascii() and len(text) <= _MOST_OCTETS):
            raise ConfigurationError("a subject has at most 80 characters of ASCII")
        row = transaction.row(_LOCKED, text=text)
        if row is None:
            transaction.insert(denied, subject=text, **entry._asdict())
        else:
            present = Entry(*row)
            is_over = present.until is not None and present.until <= self._end()
            new = entry if is_over else stricter(entry, present)
            transaction.run(_CHANGED, text=text, **new._asdict())
        self.purge(transaction, _AT_A_TIME)

    def allow(self, transaction: Transaction, subject: Subject) -> None:
        """Remove the entry of a subject."""
        transaction.run(_ALLOWED, text=subject.text)

    def purge(self, transaction: Transaction, most: int = MANY) -> int:
        """Remove entries that are over, and tell how many."""
        end = self._end()
        rows = transaction.rows(_OVER, end=end, most=most)
        texts = [row[0] for row in rows]
        return transaction.run(_REMOVED, texts=texts, end=end) if texts else 0

    def _end(self) -> float:
        """Give the time; entries that were for tokens until then are over."""
        return self._clock() - self._margin


def _question(number: int, dialect: Dialect) -> Query:
    statement = select(_SUBJECT, denied.c.issued_before).where(
        _SUBJECT.in_([bindparam(f"s{n}", type_=_SUBJECT.type) for n in range(number)]),
        or_(_UNTIL.is_(None), _UNTIL > _END),
    )
    return Query.of(statement, dialect, most=number)


def denials_of(rows: Rows) -> Denials:
    """Read what a look-up finds."""
    return {text_of(text): issued_before for text, issued_before in rows}
