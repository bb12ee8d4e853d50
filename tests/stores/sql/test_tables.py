from typing import Any

import pytest
from sqlalchemy import Text, insert
from sqlalchemy.dialects import mysql, postgresql

from jwtgate.stores.sql import metadata, tables

MYSQL: Any = mysql.dialect
POSTGRESQL: Any = postgresql.dialect


def test_there_is_one_for_each_that_is_made() -> None:
    """With the same columns."""
    used = [getattr(tables, name) for name in tables.__all__]
    assert {table.name: table.c.keys() for table in used} == {
        table.name: table.c.keys() for table in metadata.tables.values()
    }


@pytest.mark.parametrize("name", tables.__all__)
def test_every_text_goes_to_mariadb_as_digits(name: str) -> None:
    """One that did not could end the statement that it is written into."""
    table = getattr(tables, name)
    made = metadata.tables[table.name]
    texts = [column for column in made.c if isinstance(column.type, Text)]
    assert texts
    compiled = str(
        insert(table).values(dict.fromkeys(table.c)).compile(dialect=MYSQL())
    )
    assert compiled.lower().count("unhex(") == len(texts)


@pytest.mark.parametrize("name", tables.__all__)
def test_migrations_know_nothing_of_it(name: str) -> None:
    """They would need this library to run."""
    table = metadata.tables[getattr(tables, name).name]
    assert "jwtgate" not in {
        type(column.type.dialect_impl(dialect)).__module__.partition(".")[0]
        for column in table.c
        for dialect in (MYSQL(), POSTGRESQL())
    }
