"""The tables as statements use them: how values go into them, not how they are made.

What is here is no concern of migrations, which would write it down.
"""

from typing import Final

from sqlalchemy import MetaData, Table, Text
from sqlalchemy.dialects.postgresql import TEXT

from jwtgate.stores.sql import schema
from jwtgate.stores.sql.masking import MaskedOctets, MaskedText
from jwtgate.stores.sql.octets import Octets

__all__ = [
    "consumer_names",
    "consumer_tags",
    "consumers",
    "credential_tags",
    "credentials",
    "denied",
    "keys",
]

_TABLES: Final = MetaData()
_TEXT: Final = (
    Text()
    .with_variant(TEXT(collation="C"), "postgresql")
    .with_variant(Octets(), "mysql", "mariadb")
)
_SECRET: Final = MaskedText().with_variant(MaskedOctets(), "mysql", "mariadb")


def _used(table: Table) -> Table:
    copy = table.to_metadata(_TABLES)
    for column in copy.c:
        if isinstance(column.type, Text):
            column.type = _SECRET if column.name == "secret" else _TEXT
    return copy


consumers = _used(schema.consumers)
consumer_names = _used(schema.consumer_names)
consumer_tags = _used(schema.consumer_tags)
keys = _used(schema.keys)
credentials = _used(schema.credentials)
credential_tags = _used(schema.credential_tags)
denied = _used(schema.denied)
