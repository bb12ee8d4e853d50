import time

import pytest
from sqlalchemy.dialects import sqlite

from jwtgate.stores.sql.parts import Parts


def parts(secrets: object = None) -> Parts:
    """Make the parts of a store."""
    return Parts(sqlite.dialect(), None, secrets, time.time)  # type: ignore[arg-type] # whatever it is


def test_look_ups_are_compiled_once() -> None:
    """For the dialect of the store."""
    made = parts()
    assert "jwtgate_credentials" in made.by_key.text
    assert "jwtgate_consumer_names" in made.by_name.text


@pytest.mark.parametrize("secrets", [None, object()])
def test_it_is_known_whether_references_are_taken(secrets: object) -> None:
    """Without them nothing has to be fetched before a change."""
    assert parts(secrets).takes_references is (secrets is not None)
