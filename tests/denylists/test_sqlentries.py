import pytest
from sqlalchemy.dialects import sqlite

from jwtgate import ConfigurationError
from jwtgate.denylists.sqlentries import SQLEntries, denials_of
from tests.kit import NOW, clock


def entries(margin: float = 10) -> SQLEntries:
    """Make entries at the time of the tests."""
    return SQLEntries(sqlite.dialect(), margin, clock)


def test_a_question_is_for_all_subjects_at_once() -> None:
    """And for those whose time is not over, with the margin."""
    query, values = entries().question(["a", "b"])
    assert values == {"s0": "a", "s1": "b", "end": NOW - 10}
    assert query.text.endswith(" LIMIT 2")


def test_a_question_of_nothing_finds_nothing() -> None:
    """No subject is empty."""
    _, values = entries().question([])
    assert values["s0"] == ""


def test_a_margin_has_to_be_one() -> None:
    """With another one, entries would be over at once."""
    with pytest.raises(ConfigurationError, match="margin"):
        entries(-1)


def test_texts_may_come_as_octets() -> None:
    """From MariaDB."""
    assert denials_of([(b"jti:1", None), ("jti:2", 5.0)]) == {"jti:1": None, "jti:2": 5}
