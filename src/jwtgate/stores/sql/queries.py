"""Look-ups as the text of one statement, which drivers take as it is."""

from dataclasses import dataclass
from typing import Any, Final, Self, final

from sqlalchemy import Dialect, Select, bindparam

from jwtgate.candidates import MAX_LIVE_CREDENTIALS
from jwtgate.stores.sql.octets import hexadecimal
from jwtgate.stores.sql.rows import CONSUMER, CREDENTIAL
from jwtgate.stores.sql.tables import consumer_names, consumers, credentials

__all__ = ["BY_KEY", "BY_NAME", "Query", "takes_digits"]

_MOST: Final = 4 * MAX_LIVE_CREDENTIALS

BY_KEY: Final = CREDENTIAL.where(credentials.c.key == bindparam("key")).order_by(
    # Those that are retired come last, so that the bound leaves out none that lives.
    credentials.c.retire_after.is_(None).desc(),
    credentials.c.retire_after.desc(),
    credentials.c.number,
)
"""The credentials of a key."""

BY_NAME: Final = CONSUMER.join_from(
    consumers, consumer_names, consumer_names.c.consumer == consumers.c.number
).where(consumer_names.c.name == bindparam("name"))
"""The consumer whose id or username this is."""


def takes_digits(dialect: Dialect) -> bool:
    """Whether texts go to a database as :class:`jwtgate.stores.sql.octets.Octets`."""
    return dialect.name in ("mysql", "mariadb")


@final
@dataclass(frozen=True, slots=True)
class Query:
    """A statement for a driver. SQLAlchemy's own way costs more than the database.

    Attributes:
        text: The statement.
        order: The names of its values, if the driver takes them by place.
        digits: Whether texts go to the database as hexadecimal digits.
    """

    text: str
    order: tuple[str, ...] | None
    digits: bool

    @classmethod
    def of(cls, statement: Select[Any], dialect: Dialect, *, most: int = _MOST) -> Self:
        """Compile a statement, and bound what it finds.

        Args:
            statement: What to find.
            dialect: Of the database.
            most: Rows at most.
        """
        compiled = statement.compile(dialect=dialect)
        order = tuple(compiled.positiontup or ()) if compiled.positional else None
        return cls(f"{compiled} LIMIT {most}", order, takes_digits(dialect))

    def values(self, given: dict[str, Any]) -> Any:
        """Give values by name the form that the driver takes."""
        if self.digits:
            given = {
                name: hexadecimal(value) if type(value) is str else value
                for name, value in given.items()
            }
        return given if self.order is None else tuple(map(given.get, self.order))
