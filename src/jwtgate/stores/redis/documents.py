"""The documents of a store in Redis: consumers, and keys with their credentials."""

import json
from dataclasses import dataclass, replace
from typing import Any, Self, TypeAlias, final

from jwtgate.consumer import Consumer
from jwtgate.errors import NotFound, StoreError
from jwtgate.stores.records import Record, consumer_of, consumer_record

__all__ = ["ConsumerDocument", "KeyDocument", "Member", "Raw", "read_id"]

Raw: TypeAlias = bytes | str
"""What Redis answers: octets, or a text if the client decodes."""


@final
@dataclass(frozen=True, slots=True, repr=False)
class ConsumerDocument:
    """A consumer.

    Attributes:
        number: Of its creation.
        record: As :func:`consumer_record` gives it.
    """

    number: int
    record: Record

    @classmethod
    def of(cls, number: int, consumer: Consumer) -> Self:
        """Make one; raises ConfigurationError for a quota that is not kept."""
        return cls(number, consumer_record(consumer))

    @classmethod
    def read(cls, raw: Raw) -> Self:
        """Read one; raises StoreError for anything else."""
        match _loaded(raw):
            case {
                "number": int() as number,
                "consumer": {
                    "id": str(),
                    "username": str() | None,
                    "custom_id": str() | None,
                    "tags": list(),
                } as record,
            }:
                return cls(number, record)
        raise _junk()

    def written(self) -> str:
        """Write it."""
        return json.dumps({"number": self.number, "consumer": self.record})

    @property
    def id(self) -> str:
        """Its id."""
        id_: str = self.record["id"]
        return id_

    def consumer(self) -> Consumer:
        """Make the consumer; raises ConfigurationError for one that cannot be."""
        return consumer_of(self.record)


@final
@dataclass(frozen=True, slots=True, repr=False)
class KeyDocument:
    """A key, the consumer whose it is, and the credentials under it.

    Attributes:
        key: The key; not part of what is written, but each record names it.
        owner: The record of the consumer.
        rows: Records of credentials, each with the ``number`` of its creation; a key
            without is not in Redis.
    """

    key: str
    owner: Record
    rows: tuple[Record, ...]

    @classmethod
    def read(cls, key: str, raw: Raw) -> Self:
        """Read one; raises StoreError for anything else.

        The records are not looked into: one that is junk does no harm to others.
        """
        match _loaded(raw):
            case {"consumer": dict() as owner, "credentials": [*rows]} if rows:
                if all(isinstance(row, dict) for row in rows):
                    return cls(key, owner, tuple(rows))
        raise _junk()

    def checked(self) -> Self:
        """See that the records can be worked with; raises StoreError if not."""
        if isinstance(self.owner.get("id"), str) and all(map(_is_row, self.rows)):
            return self
        raise _junk()

    def written(self) -> str:
        """Write it."""
        return json.dumps({"consumer": self.owner, "credentials": self.rows})

    def full(self, row: Record) -> dict[str, Any]:
        """Give a record with its consumer, as a strongbox takes it."""
        return {**row, "consumer": self.owner}

    def row(self, kid: str | None) -> Record:
        """Give the record with exactly this kid; raises NotFound."""
        for row in self.rows:
            if row["kid"] == kid:
                return row
        raise NotFound("no such credential")

    def plus(self, row: Record, number: int) -> Self:
        """Give the same with one more record."""
        return replace(self, rows=(*self.rows, {**row, "number": number}))

    def without(self, *gone: Record) -> Self:
        """Give the same without some of its records."""
        rows = (row for row in self.rows if not any(row is each for each in gone))
        return replace(self, rows=tuple(rows))


@final
@dataclass(frozen=True, slots=True)
class Member:
    """Where a list finds a row.

    Attributes:
        number: Of its creation.
        name: The id of a consumer, or the key of a credential.
        kid: The kid of a credential.
    """

    number: int
    name: str
    kid: str | None = None

    @classmethod
    def read(cls, raw: Raw) -> Self:
        """Read one; raises StoreError for anything else."""
        match _loaded(raw):
            case [int() as number, str() as name, str() | None as kid]:
                return cls(number, name, kid)
        raise _junk()

    def written(self) -> str:
        """Write it."""
        return json.dumps([self.number, self.name, self.kid])


def read_id(raw: Raw) -> str:
    """Read the id that a consumer's name stands for; raises StoreError."""
    match _loaded(raw):
        case str() as id_:
            return id_
    raise _junk()


def _is_row(row: Record) -> bool:
    match row:
        case {
            "number": int(),
            "id": str(),
            "kid": str() | None,
            "secret": str() | None,
            "tags": list(),
            "retire_after": int() | float() | None,
            "algorithm": str(),
        }:
            return True
    return False


def _loaded(raw: Raw) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise _junk() from None


def _junk() -> StoreError:
    # Not what was found: it may be a secret, and somebody else's.
    return StoreError("Redis holds something that this store did not write")
