"""What can be done with consumers in a transaction."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, delete, or_, select, update

from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError, NotFound
from jwtgate.stores.fields import ConsumerFields
from jwtgate.stores.paging import Page, begin, cut
from jwtgate.stores.records import consumer_of, consumer_record
from jwtgate.stores.sql.queries import BY_NAME
from jwtgate.stores.sql.rows import (
    CONSUMER,
    KeptConsumer,
    can_be_kept,
    kept_consumer,
    row_of,
    text_of,
)
from jwtgate.stores.sql.tables import (
    consumer_names,
    consumer_tags,
    consumers,
    credential_tags,
    credentials,
    keys,
)
from jwtgate.stores.sql.transaction import Transaction
from jwtgate.stores.tables import Tables

__all__ = [
    "create",
    "delete_with_credentials",
    "find",
    "get",
    "listed",
    "locked",
    "update_with_names",
]

_OWNER: BindParameter[int] = bindparam("owner")
_LOCKED: Final = BY_NAME.with_for_update(of=consumers)
_NAMESAKES: Final = CONSUMER.where(
    or_(
        consumers.c.custom_id == bindparam("custom_id"),
        consumers.c.number.in_(
            select(consumer_names.c.consumer).where(
                consumer_names.c.name.in_([bindparam("id"), bindparam("username")])
            )
        ),
    )
)
_CHANGED: Final = update(consumers).where(consumers.c.number == _OWNER)
_KEYS: Final = select(keys.c.key).where(keys.c.consumer == _OWNER)

_NO_NAMES: Final = delete(consumer_names).where(consumer_names.c.consumer == _OWNER)
_NO_TAGS: Final = delete(consumer_tags).where(consumer_tags.c.consumer == _OWNER)
# All by name: an SQLite heeds ON DELETE CASCADE only if its connection is told to.
_NOTHING_LEFT: Final = (
    delete(credential_tags).where(
        credential_tags.c.credential.in_(
            select(credentials.c.number).where(credentials.c.consumer == _OWNER)
        )
    ),
    delete(credentials).where(credentials.c.consumer == _OWNER),
    delete(keys).where(keys.c.consumer == _OWNER),
    _NO_TAGS,
    _NO_NAMES,
    delete(consumers).where(consumers.c.number == _OWNER),
)

_IN_ORDER: Final = CONSUMER.where(consumers.c.number > bindparam("after"))
_ALL: Final = _IN_ORDER.order_by(consumers.c.number).limit(bindparam("most"))
_TAGGED: Final = (
    CONSUMER.join_from(
        consumer_tags, consumers, consumer_tags.c.consumer == consumers.c.number
    )
    .where(
        consumer_tags.c.tag == bindparam("tag"),
        consumer_tags.c.consumer > bindparam("after"),
    )
    .order_by(consumer_tags.c.consumer)
    .limit(bindparam("most"))
)


def find(transaction: Transaction, consumer: Consumer | str) -> KeptConsumer:
    """Find a consumer, given itself, its id or username; raises NotFound."""
    name = _name(consumer)
    row = transaction.row(BY_NAME, name=name) if can_be_kept(name) else None
    return _found(row, consumer)


def get(transaction: Transaction, name: str) -> Consumer:
    """Get a consumer by id, else by username; raises NotFound."""
    return consumer_of(find(transaction, name).record)


def locked(transaction: Transaction, consumer: Consumer | str) -> KeptConsumer:
    """Find a consumer whom nobody else changes until the end.

    Nor the credentials: whoever does so has its consumer locked.

    Raises:
        NotFound: No such consumer.
    """
    name = _name(consumer)
    row = transaction.row(_LOCKED, name=name) if can_be_kept(name) else None
    found = _found(row, consumer)
    # It may have been given another name while we waited.
    if name not in (found.record["id"], found.record["username"]):
        raise NotFound("no such consumer")
    return found


def create(transaction: Transaction, consumer: Consumer) -> Consumer:
    """Add a consumer.

    Raises:
        ConfigurationError: A text that is too long, or a quota that is no rate.
        Conflict: Its id, username or custom_id is taken.
    """
    row = row_of(consumer_record(consumer))
    _check(transaction, consumer, None)
    number = transaction.insert(consumers, **row)
    _name_and_tag(transaction, number, consumer)
    transaction.touch(consumers=True)
    return consumer


def update_with_names(
    transaction: Transaction, consumer: Consumer | str, changes: ConsumerFields
) -> Consumer:
    """Change a consumer; its credentials follow.

    Raises:
        NotFound: No such consumer.
        ConfigurationError: A field that cannot work, or an id.
        Conflict: The new username or custom_id is taken.
    """
    if "id" in changes:
        raise ConfigurationError("the id of a consumer cannot change")
    number, record = locked(transaction, consumer)
    fields: Any = {**record, **changes}
    new = Consumer(**fields)
    row = row_of(consumer_record(new))
    _check(transaction, new, number)
    transaction.run(_CHANGED, owner=number, **row)
    transaction.run(_NO_NAMES, owner=number)
    transaction.run(_NO_TAGS, owner=number)
    _name_and_tag(transaction, number, new)
    transaction.touch(_keys(transaction, number), consumers=True)
    return new


def delete_with_credentials(transaction: Transaction, consumer: Consumer | str) -> None:
    """Remove a consumer and its credentials; raises NotFound."""
    number = locked(transaction, consumer).number
    transaction.touch(_keys(transaction, number), consumers=True)
    for statement in _NOTHING_LEFT:
        transaction.run(statement, owner=number)


def listed(
    transaction: Transaction, tag: str | None, limit: int, cursor: str | None
) -> Page[Consumer]:
    """List consumers in the order of their creation.

    Raises:
        StoreError: A limit or cursor that cannot be.
    """
    after = begin(limit, cursor)
    rows: Sequence[Any] = ()
    if tag is None:
        rows = transaction.rows(_ALL, after=after, most=limit + 1)
    elif can_be_kept(tag):
        rows = transaction.rows(_TAGGED, tag=tag, after=after, most=limit + 1)
    found = map(kept_consumer, rows)
    return cut([(each.number, consumer_of(each.record)) for each in found], limit)


def _name(consumer: Consumer | str) -> str:
    return consumer.id if isinstance(consumer, Consumer) else consumer


def _found(row: Sequence[Any] | None, asked: Consumer | str) -> KeptConsumer:
    if row is None:
        raise NotFound("no such consumer")
    found = kept_consumer(row)
    # The id of one who is gone may be another one's username.
    if isinstance(asked, Consumer) and asked.id != found.record["id"]:
        raise NotFound("no such consumer")
    return found


def _check(transaction: Transaction, new: Consumer, number: int | None) -> None:
    """See that the names of a consumer are free, or its own; raises Conflict."""
    rows = transaction.rows(
        _NAMESAKES, id=new.id, username=new.username, custom_id=new.custom_id
    )
    tables = Tables()
    for other in map(kept_consumer, rows):
        if other.number != number:
            names = {
                name: other.record[name] for name in ("id", "username", "custom_id")
            }
            tables.put_consumer(Consumer(**names))
    tables.put_consumer(new)


def _name_and_tag(transaction: Transaction, number: int, consumer: Consumer) -> None:
    for name in {consumer.id, consumer.username} - {None}:
        transaction.insert(consumer_names, name=name, consumer=number)
    for tag in dict.fromkeys(consumer.tags):
        transaction.insert(consumer_tags, tag=tag, consumer=number)


def _keys(transaction: Transaction, number: int) -> list[str]:
    return [text_of(row[0]) for row in transaction.rows(_KEYS, owner=number)]
