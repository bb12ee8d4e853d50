"""Rows of the tables, and the records that they stand for."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import select

from jwtgate.errors import ConfigurationError
from jwtgate.stores.records import Record
from jwtgate.stores.sql.masking import unmasked
from jwtgate.stores.sql.schema import MAX_OCTETS
from jwtgate.stores.sql.tables import consumers, credentials
from jwtgate.values import is_unicode

__all__ = [
    "CONSUMER",
    "CREDENTIAL",
    "KeptConsumer",
    "KeptCredential",
    "RawRow",
    "can_be_kept",
    "kept_consumer",
    "kept_credential",
    "row_of",
    "text_of",
]

RawRow: TypeAlias = Sequence[Any]
"""A row as the driver gives it: MariaDB's texts are octets, SQLite's bools numbers."""

_MAX_NUMBER: Final = 2**63  # of a BIGINT
_AT_MOST: Final = f"{MAX_OCTETS} octets of UTF-8 at most"
_OF_CONSUMER: Final = tuple(column for column in consumers.c)
_OF_CREDENTIAL: Final = tuple(
    column for column in credentials.c if column.name != "consumer"
)

_Readers: TypeAlias = tuple[tuple[str, Callable[[Any], Any]], ...]

CONSUMER: Final = select(*_OF_CONSUMER)
"""Selects what :func:`kept_consumer` reads."""

CREDENTIAL: Final = select(
    *_OF_CREDENTIAL, *(each.label(f"consumer_{each.name}") for each in _OF_CONSUMER)
).join_from(credentials, consumers, credentials.c.consumer == consumers.c.number)
"""Selects what :func:`kept_credential` reads."""


class KeptConsumer(NamedTuple):
    """A row of the table of consumers.

    Attributes:
        number: Its place in the order of creation.
        record: What it stands for.
    """

    number: int
    record: Record


class KeptCredential(NamedTuple):
    """A row of the table of credentials, with its consumer's.

    Attributes:
        number: Its place in the order of creation.
        owner: The number of its consumer.
        record: What it stands for; its consumer's record is in it.
    """

    number: int
    owner: int
    record: Record


def kept_consumer(row: RawRow) -> KeptConsumer:
    """Read a row that :data:`CONSUMER` selected."""
    values = _read(_CONSUMER_READERS, row)
    return KeptConsumer(values.pop("number"), values)


def kept_credential(row: RawRow) -> KeptCredential:
    """Read a row that :data:`CREDENTIAL` selected.

    What no store wrote is left as it is: no credential can be made of it.
    """
    length = len(_OF_CREDENTIAL)
    values = _read(_CREDENTIAL_READERS, row[:length])
    owner = kept_consumer(row[length:])
    values["kid"] = values["kid"] or None
    values["consumer"] = owner.record
    return KeptCredential(values.pop("number"), owner.number, values)


def row_of(record: Record) -> dict[str, Any]:
    """Write a record, but for numbers and the consumer, as values of columns.

    Raises:
        ConfigurationError: A text or number that not every database can hold.
    """
    values = {name: _written(name, value) for name, value in record.items()}
    if "kid" in values:
        values["kid"] = values["kid"] or ""
    return values


def can_be_kept(text: object) -> bool:
    """Whether this is a text that can be looked for; others are in no table."""
    return (
        isinstance(text, str)
        and is_unicode(text)
        and "\0" not in text
        and len(text.encode()) <= MAX_OCTETS
    )


def text_of(value: Any) -> Any:
    """Read a text; what is none is left as it is."""
    try:
        return value.decode() if type(value) is bytes else value
    except UnicodeDecodeError:
        return value


def _secret(value: Any) -> Any:
    return text_of(unmasked(value))


def _texts(value: Any) -> Any:
    text = text_of(value)
    if text == "[]":  # as most are; each would cost as much as the whole row
        return ()
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return text
    return tuple(found) if type(found) is list else text


def _switch(value: Any) -> Any:
    return bool(value) if value in (0, 1) else value


_READERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("groups", "tags", "audience", "types"), _texts),
    "secret": _secret,
    **dict.fromkeys(("enabled", "secret_is_base64", "allow_weak_secret"), _switch),
}
# Those that an index or a constraint bounds.
_SHORT: Final = frozenset({"id", "username", "custom_id", "key", "kid"})


def _readers(columns: Sequence[Any]) -> _Readers:
    names = (column.name for column in columns)
    return tuple((name, _READERS.get(name, text_of)) for name in names)


_CONSUMER_READERS: Final = _readers(_OF_CONSUMER)
_CREDENTIAL_READERS: Final = _readers(_OF_CREDENTIAL)


def _read(readers: _Readers, row: RawRow) -> dict[str, Any]:
    return {name: read(value) for (name, read), value in zip(readers, row, strict=True)}


def _written(name: str, value: Any) -> Any:
    if isinstance(value, list):
        if name == "tags" and not all(map(can_be_kept, value)):
            raise ConfigurationError(f"a tag must be Unicode without NUL, {_AT_MOST}")
        return json.dumps(value)  # ASCII, whatever is in it
    if isinstance(value, str):
        if "\0" in value or not is_unicode(value):
            raise ConfigurationError(f"{name} must be Unicode without NUL")
        if name in _SHORT and not can_be_kept(value):
            raise ConfigurationError(f"{name} must have {_AT_MOST}")
    if name == "token_lifetime" and value >= _MAX_NUMBER:
        raise ConfigurationError("token_lifetime must be below 2**63")
    return value
