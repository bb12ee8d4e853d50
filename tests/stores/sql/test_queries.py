from typing import Any

import pytest
from sqlalchemy.dialects import mysql, postgresql, sqlite

from jwtgate.stores.sql.queries import BY_KEY, BY_NAME, Query, takes_digits

MYSQL: Any = mysql.dialect
POSTGRESQL: Any = postgresql.dialect


def test_a_driver_that_takes_places_gets_a_tuple() -> None:
    """In the order of the statement."""
    query = Query.of(BY_KEY, sqlite.dialect())
    assert query.values({"key": "jack-key"}) == ("jack-key",)


def test_a_driver_that_takes_names_gets_a_mapping() -> None:
    """As it was given."""
    query = Query.of(BY_NAME, POSTGRESQL(paramstyle="pyformat"))
    assert query.values({"name": "jack"}) == {"name": "jack"}


def test_mariadb_gets_digits() -> None:
    """There is nothing to quote in them. Numbers stay numbers."""
    query = Query.of(BY_KEY, MYSQL(paramstyle="pyformat"))
    given = {"key": "j\u00e4ck", "end": 1.5}
    assert query.values(given) == {"key": "6ac3a4636b", "end": 1.5}
    assert "unhex(" in query.text


@pytest.mark.parametrize(
    ("dialect", "digits"),
    [(MYSQL(), True), (sqlite.dialect(), False), (POSTGRESQL(), False)],
    ids=["mysql", "sqlite", "postgresql"],
)
def test_who_takes_digits(dialect: Any, digits: bool) -> None:  # noqa: FBT001 - a column
    """MariaDB and MySQL do, whatever the driver."""
    assert takes_digits(dialect) is digits


def test_what_a_look_up_finds_is_bounded() -> None:
    """Four times what may be live."""
    assert Query.of(BY_KEY, sqlite.dialect()).text.endswith(" LIMIT 16")


def test_the_bound_may_be_another_one() -> None:
    """For lists of revoked tokens."""
    assert Query.of(BY_KEY, sqlite.dialect(), most=2).text.endswith(" LIMIT 2")
