"""The tables, for your own migrations too (Alembic: ``target_metadata``)."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.mysql import MEDIUMBLOB, VARBINARY
from sqlalchemy.dialects.postgresql import TEXT

from jwtgate.keytext import MAX_KEY_OCTETS

__all__ = [
    "MAX_OCTETS",
    "consumer_names",
    "consumer_tags",
    "consumers",
    "credential_tags",
    "credentials",
    "denied",
    "keys",
    "metadata",
]

MAX_OCTETS: Final = MAX_KEY_OCTETS
"""Octets of UTF-8 of what is looked for: keys, kids, names of consumers, tags."""

_CASCADE: Final = "CASCADE"
_MYSQL: Final = "mysql", "mariadb"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All of them; each name begins with ``jwtgate_``."""

# Texts are compared octet by octet. The collations of MariaDB and MySQL fold case,
# accents and blanks, and its character sets lose what they lack: it keeps octets.
_EXACT = TEXT(collation="C")
_LONG = Text().with_variant(_EXACT, "postgresql").with_variant(MEDIUMBLOB(), *_MYSQL)


def _short(octets: int = MAX_OCTETS) -> Text:
    return (
        Text()
        .with_variant(_EXACT, "postgresql")
        .with_variant(VARBINARY(octets), *_MYSQL)
    )


# SQLite counts rows in no other type.
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


def _number() -> Column[Any]:
    # In the order of creation; none is used twice, so that cursors of lists stay good.
    return Column("number", _NUMBER, Identity(), primary_key=True)


def _consumer(**more: Any) -> Column[Any]:
    owner = ForeignKey("jwtgate_consumers.number", ondelete=_CASCADE)
    return Column("consumer", _NUMBER, owner, **{"nullable": False, **more})


consumers = Table(
    "jwtgate_consumers",
    metadata,
    _number(),
    Column("id", _short(), nullable=False, unique=True),
    Column("username", _short(), unique=True),
    Column("custom_id", _short(), unique=True),
    Column("groups", _LONG, nullable=False),
    Column("tags", _LONG, nullable=False),
    Column("quota", _LONG),
    Column("enabled", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
"""Groups and tags are lists of texts, as JSON."""

consumer_names = Table(
    "jwtgate_consumer_names",
    metadata,
    Column("name", _short(), primary_key=True),
    _consumer(index=True),
)
"""What consumers are found by: no id is another one's username."""

consumer_tags = Table(
    "jwtgate_consumer_tags",
    metadata,
    Column("tag", _short(), primary_key=True),
    _consumer(primary_key=True, autoincrement=False, index=True),
)

keys = Table(
    "jwtgate_keys",
    metadata,
    Column("key", _short(), primary_key=True),
    _consumer(index=True),
    UniqueConstraint("key", "consumer"),
)
"""Whose a key is: one consumer's. It goes with its last credential."""

credentials = Table(
    "jwtgate_credentials",
    metadata,
    _number(),
    Column("key", _short(), nullable=False),
    Column("consumer", _NUMBER, nullable=False),
    # Empty for none: to databases no NULL equals another.
    Column("kid", _short(), nullable=False),
    Column("id", _short()),
    Column("algorithm", _LONG, nullable=False),
    Column("secret", _LONG),
    Column("public_key", _LONG),
    Column("secret_is_base64", Boolean, nullable=False),
    Column("allow_weak_secret", Boolean, nullable=False),
    Column("token_lifetime", BigInteger, nullable=False),
    Column("lifetime_grace_period", Double),
    Column("not_before", Double),
    Column("retire_after", Double),
    Column("enabled", Boolean, nullable=False),
    Column("consumer_claim", _LONG),
    Column("tags", _LONG, nullable=False),
    Column("audience", _LONG, nullable=False),
    Column("types", _LONG, nullable=False),
    UniqueConstraint("key", "kid"),
    # The database, too, sees that a key has one consumer.
    ForeignKeyConstraint(
        ["key", "consumer"], [keys.c.key, keys.c.consumer], ondelete=_CASCADE
    ),
    Index(None, "key", "consumer"),
    Index(None, "consumer", "number"),
    sqlite_autoincrement=True,
)
"""Tags, audience and types are lists of texts, as JSON."""

credential_tags = Table(
    "jwtgate_credential_tags",
    metadata,
    Column("tag", _short(), primary_key=True),
    Column(
        "credential",
        _NUMBER,
        ForeignKey(credentials.c.number, ondelete=_CASCADE),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
)

denied = Table(
    "jwtgate_denied",
    metadata,
    Column("subject", _short(80), primary_key=True),
    Column("issued_before", Double),
    Column("until", Double, index=True),
)
"""Revoked tokens; no ``issued_before`` is all of them, no ``until`` is for ever."""
