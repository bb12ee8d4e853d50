from typing import Any

import pytest
from sqlalchemy.dialects import mysql, postgresql, sqlite

from jwtgate.stores.sql.masking import MaskedOctets, MaskedText, unmasked

KINDS: Any = sqlite.dialect, postgresql.dialect, mysql.dialect
SQLITE, POSTGRESQL, MYSQL = (kind() for kind in KINDS)


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL])
def test_what_goes_into_a_statement_is_masked(dialect: Any) -> None:
    """It is the same text all the same."""
    bound = MaskedText().process_bind_param("s3cret", dialect)
    assert bound == "s3cret"
    assert "s3cret" not in repr([bound])


@pytest.mark.parametrize("kind", [MaskedText, MaskedOctets])
@pytest.mark.parametrize("value", ["s3cret", b"s3cret", b"\xff"])
def test_what_a_row_has_is_masked(kind: Any, value: str | bytes) -> None:
    """And is what it was once it is unmasked."""
    found = kind().process_result_value(value, MYSQL)
    assert found == value
    assert repr(found) == "'***'"
    plain = unmasked(found)
    assert plain == value
    assert type(plain) is type(value)


@pytest.mark.parametrize("value", [None, 1, 0.5])
def test_what_is_no_text_stays(value: object) -> None:
    """A row may hold anything."""
    assert MaskedText().process_bind_param(value, MYSQL) is value
    assert MaskedOctets().process_result_value(value, MYSQL) is value
    assert unmasked(value) is value
