"""What can be done with the consumers of a store in Redis."""

from collections.abc import Sequence
from dataclasses import replace
from typing import final

from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError, Conflict, NotFound
from jwtgate.stores.changes import Change
from jwtgate.stores.fields import ConsumerFields
from jwtgate.stores.paging import Page
from jwtgate.stores.redis.documents import (
    ConsumerDocument,
    KeyDocument,
    Member,
    Raw,
    read_id,
)
from jwtgate.stores.redis.footprints import consumer_footprint, key_footprint
from jwtgate.stores.redis.listing import listed
from jwtgate.stores.redis.names import Names
from jwtgate.stores.redis.steps import Command, Work
from jwtgate.stores.redis.transaction import Transaction, transact

__all__ = ["Consumers", "read_owner"]


@final
class Consumers:
    """Operations on consumers; see :class:`jwtgate.MemoryStore` for what they do.

    Args:
        names: Of the store.
        channel: What changes are told on.
    """

    def __init__(self, names: Names, channel: str) -> None:
        self._names = names
        self._channel = channel

    def find(self, name: str) -> Work[Consumer | None]:
        """Find a consumer by id, else by username."""
        direct, named = self._names.consumer(name), self._names.username(name)
        raw, id_ = yield Command(("MGET", direct, named))
        if raw is None and id_ is not None:
            raw = yield Command(("GET", self._names.consumer(read_id(id_))))
        return None if raw is None else ConsumerDocument.read(raw).consumer()

    def get(self, consumer: Consumer | str) -> Work[Consumer]:
        """Get a consumer by itself, its id or username; raises NotFound."""
        found = yield from self.find(_name(consumer))
        if found is None or _is_another(found.id, consumer):
            raise NotFound("no such consumer")
        return found

    def create(self, fields: ConsumerFields) -> Work[Consumer]:
        """Add a consumer."""
        consumer = Consumer(**fields)

        def attempt(transaction: Transaction) -> Work[Consumer]:
            (raw,) = yield from transaction.read(self._names.consumer(consumer.id))
            if raw is not None:
                raise Conflict("a consumer with this id exists")
            yield from self._check_names(transaction, consumer)
            number = yield from transaction.number()
            new = ConsumerDocument.of(number, consumer)
            self._exchange(transaction, None, new, ())
            return consumer

        return transact(self._names, attempt)

    def update(
        self, consumer: Consumer | str, changes: ConsumerFields
    ) -> Work[Consumer]:
        """Change a consumer, and the documents of its keys."""
        if "id" in changes:
            raise ConfigurationError("the id of a consumer cannot change")

        def attempt(transaction: Transaction) -> Work[Consumer]:
            old = yield from read_owner(self._names, transaction, consumer)
            changed = replace(old.consumer(), **changes)
            yield from self._check_names(transaction, changed)
            keys = yield from self._keys(transaction, old)
            new = ConsumerDocument.of(old.number, changed)
            self._exchange(transaction, old, new, keys)
            return changed

        return transact(self._names, attempt)

    def delete(self, consumer: Consumer | str) -> Work[None]:
        """Remove a consumer and its credentials."""

        def attempt(transaction: Transaction) -> Work[None]:
            old = yield from read_owner(self._names, transaction, consumer)
            keys = yield from self._keys(transaction, old)
            self._exchange(transaction, old, None, keys)

        return transact(self._names, attempt)

    def page(
        self, tag: str | None, limit: int, cursor: str | None
    ) -> Work[Page[Consumer]]:
        """List consumers in the order of their creation."""

        def get(members: Sequence[Member]) -> Work[list[Consumer | None]]:
            names = [self._names.consumer(member.name) for member in members]
            raws: list[Raw | None] = yield Command(("MGET", *names))
            return [
                None if raw is None else ConsumerDocument.read(raw).consumer()
                for raw in raws
            ]

        return listed(self._names.consumers(tag), limit, cursor, get)

    def _check_names(self, transaction: Transaction, consumer: Consumer) -> Work[None]:
        own, username, custom_id = consumer.id, consumer.username, consumer.custom_id
        # Consumers are found by both, so one's id may not be another's username.
        holders = {self._names.username(own): "this id is another consumer's username"}
        if username:
            name = self._names.username(username)
            holders[name] = "a consumer with this username exists"
        if custom_id:
            name = self._names.custom_id(custom_id)
            holders[name] = "a consumer with this custom_id exists"
        found = yield from transaction.read(*holders)
        for raw, conflict in zip(found, holders.values(), strict=True):
            if raw is not None and read_id(raw) != own:
                raise Conflict(conflict)
        if username and username != own:
            (raw,) = yield from transaction.read(self._names.consumer(username))
            if raw is not None:
                raise Conflict("this username is another consumer's id")

    def _keys(
        self, transaction: Transaction, document: ConsumerDocument
    ) -> Work[list[KeyDocument]]:
        """Read all keys of a consumer; none may come to it until the end."""
        listing = self._names.credentials(document.id)
        members = yield from transaction.members(listing)
        keys = list(dict.fromkeys(Member.read(raw).name for raw in members))
        raws = yield from transaction.read(*map(self._names.key, keys))
        found = [
            KeyDocument.read(key, raw).checked()
            for key, raw in zip(keys, raws, strict=True)
            if raw is not None
        ]
        # One that was evicted may be another consumer's by now.
        return [key for key in found if key.owner["id"] == document.id]

    def _exchange(
        self,
        transaction: Transaction,
        old: ConsumerDocument | None,
        new: ConsumerDocument | None,
        keys: Sequence[KeyDocument],
    ) -> None:
        names = self._names
        transaction.exchange(
            consumer_footprint(names, old), consumer_footprint(names, new)
        )
        for key in keys:
            after = replace(key, owner=new.record) if new else replace(key, rows=())
            transaction.exchange(key_footprint(names, key), key_footprint(names, after))
        changed = tuple(key.key for key in keys)
        transaction.tell(self._channel, Change(changed, consumers=True))


def read_owner(
    names: Names, transaction: Transaction, consumer: Consumer | str
) -> Work[ConsumerDocument]:
    """Read a consumer that a change is about, given itself, its id or username.

    Raises:
        NotFound: No such consumer.
    """
    name = _name(consumer)
    direct, named = names.consumer(name), names.username(name)
    raw, id_ = yield from transaction.read(direct, named)
    if raw is None and id_ is not None:
        (raw,) = yield from transaction.read(names.consumer(read_id(id_)))
    document = None if raw is None else ConsumerDocument.read(raw)
    if document is None or _is_another(document.id, consumer):
        raise NotFound("no such consumer")
    return document


def _name(consumer: Consumer | str) -> str:
    return consumer.id if isinstance(consumer, Consumer) else consumer


def _is_another(found: str, asked: Consumer | str) -> bool:
    # The id of one who is gone may be another one's username.
    return isinstance(asked, Consumer) and asked.id != found
