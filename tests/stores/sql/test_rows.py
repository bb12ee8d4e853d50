from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate import ConfigurationError
from jwtgate.stores.records import consumer_of, consumer_record, credential_record
from jwtgate.stores.sql.rows import (
    CREDENTIAL,
    can_be_kept,
    kept_consumer,
    kept_credential,
    row_of,
    text_of,
)
from tests.kit import credential, jack

# Of a credential's row and its consumer's.
COLUMNS = [column.name for column in CREDENTIAL.selected_columns]

RECORD = {
    **credential_record(credential(kid="a", tags=["t"], retire_after=1.5)),
    "secret": "s",
    "public_key": None,
}


def raw(**changes: Any) -> tuple[Any, ...]:
    """Give a row as a driver would."""
    owner = {**row_of(consumer_record(jack(groups=["g"]))), "number": 3}
    values = {f"consumer_{name}": value for name, value in owner.items()}
    values |= {**row_of(RECORD), "number": 7, **changes}
    return tuple(values[name] for name in COLUMNS)


def test_a_row_is_read_as_it_was_written() -> None:
    """Lists come back as tuples."""
    record = dict(kept_credential(raw()).record)
    del record["consumer"]
    lists = {"tags": ("t",), "audience": (), "types": ()}
    assert record == RECORD | lists


def test_a_row_has_its_consumer() -> None:
    """With its number."""
    kept = kept_credential(raw())
    assert (kept.number, kept.owner) == (7, 3)
    assert consumer_of(kept.record["consumer"]) == jack(groups=["g"])


def test_no_kid_is_an_empty_one_in_the_table() -> None:
    """To databases no NULL equals another, and two could have none."""
    assert row_of({"kid": None}) == {"kid": ""}
    assert kept_credential(raw(kid="")).record["kid"] is None


def test_a_row_of_mariadb_is_octets() -> None:
    """Its bools are numbers."""
    octets = [each.encode() if type(each) is str else each for each in raw()]
    numbers = [int(each) if type(each) is bool else each for each in octets]
    assert kept_credential(numbers) == kept_credential(raw())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tags", "{"),
        ("tags", '{"a": 1}'),
        ("tags", "[" * 100_000),
        ("tags", None),
        ("enabled", 2),
        ("enabled", None),
        ("secret", b"\xff"),
    ],
    ids=str,
)
def test_what_no_store_wrote_is_left_as_it_is(column: str, value: Any) -> None:
    """No credential can be made of it: that is for who opens it to say."""
    assert kept_credential(raw(**{column: value})).record[column] == value


@given(st.text())
def test_texts_in_lists_come_back(text: str) -> None:
    """Whatever is in them: they are JSON of ASCII."""
    row = raw(audience=row_of({"audience": [text]})["audience"])
    assert kept_credential(row).record["audience"] == (text,)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a" * 513),
        ("username", "\u00e9" * 257),
        ("id", "a" * 513),
        ("custom_id", "\ud800"),
        ("consumer_claim", "a\0b"),
        ("consumer_claim", "\ud800"),
        ("tags", ["a" * 513]),
        ("tags", ["\0"]),
        ("token_lifetime", 2**63),
    ],
    ids=str,
)
def test_what_not_every_database_can_hold_is_refused(field: str, value: Any) -> None:
    """Some would cut it off, and it would be another one's."""
    with pytest.raises(ConfigurationError, match=field.removesuffix("s")):
        row_of({field: value})


def test_a_long_text_that_is_no_name_is_kept() -> None:
    """As public keys are."""
    assert row_of({"public_key": "a" * 10_000}) == {"public_key": "a" * 10_000}


@pytest.mark.parametrize("text", ["", " ", "a" * 512, "\u00e9" * 256, "' OR 1"])
def test_texts_that_can_be_looked_for(text: str) -> None:
    """Whatever they mean to others."""
    assert can_be_kept(text)


@pytest.mark.parametrize("text", ["a" * 513, "a\0", "\ud800", None, b"a", 5])
def test_texts_that_are_in_no_table(text: Any) -> None:
    """Drivers fail on some of them; whoever asks shall be told that there is none."""
    assert not can_be_kept(text)


@given(st.text() | st.binary() | st.none() | st.integers())
def test_reading_a_text_is_total(value: Any) -> None:
    """Octets that are no text stay what they are."""
    found = text_of(value)
    assert found == value or found.encode() == value


def test_a_consumer_s_row_is_read_alone_too() -> None:
    """The number is its place in the order of creation."""
    values = {**row_of(consumer_record(jack(quota="3/30s"))), "number": 3}
    names = ("number", "id", "username", "custom_id", "groups", "tags", "quota")
    kept = kept_consumer([*(values[name] for name in names), values["enabled"]])
    assert (kept.number, kept.record["quota"]) == (3, "3/30s")
