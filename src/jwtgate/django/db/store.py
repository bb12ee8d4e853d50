"""The store of the tables, for a gate."""

from typing import TypeVar, final

from asgiref.sync import sync_to_async
from django.db import Error, connections
from django.db.models import F, Model, Q, QuerySet

import jwtgate
from jwtgate.candidates import MAX_LIVE_CREDENTIALS
from jwtgate.django.db.models import Consumer, Credential
from jwtgate.errors import ConfigurationError
from jwtgate.store import Found

__all__ = ["DjangoStore"]

_ROWS_OF_A_KEY = 4 * MAX_LIVE_CREDENTIALS
_Row = TypeVar("_Row", bound=Model)


@final
class DjangoStore:
    """Finds what the admin and the commands have put into the database.

    One query for each look-up, none before the first; asynchronous code does not wait
    in the event loop. An error of the database goes through, and becomes a 503.

    Args:
        using: The alias of a database; left out, the routers of the project choose.
    """

    def __init__(self, using: str | None = None) -> None:
        self._using = using

    def find(self, key: str, kid: str | None = None) -> Found:  # noqa: ARG002 - the gate picks by kid
        """Find the credentials of a key; see :class:`jwtgate.CredentialStore`."""
        rows = Credential.objects.using(self._using).select_related("consumer")
        # Those that are retired come last, so that the bound leaves out none that live.
        living_first = F("retire_after").desc(nulls_first=True)
        chosen = rows.filter(key=key).order_by(living_first)[:_ROWS_OF_A_KEY]
        return tuple(_value(row) for row in _read(chosen) if row.key == key)

    async def afind(self, key: str, kid: str | None = None) -> Found:
        """Do the same in the thread that Django keeps for its database."""
        return await sync_to_async(self.find)(key, kid)

    def find_consumer(self, name: str) -> jwtgate.Consumer | None:
        """Find a consumer by id, else by username."""
        rows = Consumer.objects.using(self._using)
        found = _read(rows.filter(Q(uid=name) | Q(username=name)).order_by("pk")[:2])
        ranked = [row for row in found if row.uid == name]
        ranked += [row for row in found if row.username == name]
        return ranked[0].as_consumer() if ranked else None

    async def afind_consumer(self, name: str) -> jwtgate.Consumer | None:
        """Do the same in the thread that Django keeps for its database."""
        return await sync_to_async(self.find_consumer)(name)


def _read(rows: QuerySet[_Row]) -> list[_Row]:
    try:
        return list(rows)
    except Error:
        # Django drops a connection that is lost when a request begins. A gate around
        # Django, or without it, is asked before, and would find it lost for ever.
        connection = connections[rows.db]
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        raise


def _value(row: Credential) -> jwtgate.Credential | jwtgate.UnusableCredential:
    try:
        return row.as_credential()
    except ConfigurationError as error:
        return jwtgate.UnusableCredential(
            key=row.key,
            why=f"row {row.pk}: {error}",
            algorithm=row.algorithm,
            # Once it is shut out, its tokens would be refused were it whole.
            refuses=not (row.enabled and row.consumer.enabled),
        )
