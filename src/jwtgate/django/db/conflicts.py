"""What must be unique among the rows."""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import connections, router
from django.db.models import Q

import jwtgate
from jwtgate.errors import ConfigurationError, Conflict
from jwtgate.stores.tables import Tables

if TYPE_CHECKING:
    from jwtgate.django.db.models import Consumer, Credential

__all__ = ["of_consumer", "of_credential"]

_BOTH = 2  # rows that can have taken a name: one by its id, one by its username


def of_consumer(row: "Consumer") -> Iterator[tuple[str, str]]:
    """Tell which names of a consumer are another's, by field."""
    # Consumers are found by both, so one's id may not be another's username.
    others = type(row).objects.using(_alias(row)).exclude(pk=row.pk)
    for other in others.filter(Q(username=row.uid) | Q(uid=row.username))[:_BOTH]:
        if other.username == row.uid:
            yield "uid", "this id is another consumer's username"
        if other.uid == row.username:
            yield "username", "this username is another consumer's id"


def of_credential(row: "Credential") -> Iterator[tuple[str, str]]:
    """Tell what keeps a credential from its place beside the others of its key.

    In a transaction, whoever else asks about a credential waits until it ends.

    Args:
        row: One that can be made a credential.
    """
    tables = Tables()
    tables.by_key[row.key] = tuple(_usable(_others_of_key(row)))
    try:
        tables.check_credential(row.as_credential(), besides=None, now=time.time())
    except Conflict as error:
        yield "key", str(error)


def _usable(rows: Iterable["Credential"]) -> Iterator[jwtgate.Credential]:
    # One that cannot be used verifies nothing, and is checked when it is mended.
    for row in rows:
        with suppress(ConfigurationError):
            yield row.as_credential()


def _others_of_key(row: "Credential") -> list["Credential"]:
    alias = _alias(row)
    manager = type(row).objects.using(alias).select_related("consumer")
    rows = manager.filter(key=row.key).exclude(pk=row.pk)
    if connections[alias].in_atomic_block:
        _wait_for_turn(type(row.consumer), alias)
        rows = rows.select_for_update()  # reads what others committed meanwhile
    return [each for each in rows if each.key == row.key]


def _wait_for_turn(consumers: type["Consumer"], alias: str) -> None:
    # The first row of all: two that give one key to two consumers both lock it, while
    # each would lock its own consumer. SQLite has one writer at a time anyway.
    first = consumers.objects.using(alias).order_by("pk")[:1]
    if connections[alias].features.supports_select_for_update_with_limit:
        tuple(first.select_for_update())


def _alias(row: "Consumer | Credential") -> str:
    return router.db_for_write(type(row), instance=row)
