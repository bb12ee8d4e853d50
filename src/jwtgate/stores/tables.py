"""The rows of a memory store, their indexes, and what must be unique."""

from itertools import count
from typing import final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import Conflict, NotFound
from jwtgate.stores.fitting import check_fits

__all__ = ["Tables"]


@final
class Tables:
    """Consumers and credentials by what they are found by.

    Each row has a number, in the order of creation. Whoever changes rows holds a lock;
    ``by_key`` and the look-ups of consumers may be read without.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._usernames: dict[str, str] = {}
        self._custom_ids: dict[str, str] = {}
        self.consumers: dict[str, tuple[int, Consumer]] = {}
        self.credentials: dict[tuple[str, str | None], tuple[int, Credential]] = {}
        self.by_key: dict[str, tuple[Credential, ...]] = {}

    def next_number(self) -> int:
        """Give the number of a new row."""
        return next(self._numbers)

    def find_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username."""
        row = self._consumer_row(name)
        return row[1] if row else None

    def consumer_row(self, consumer: Consumer | str) -> tuple[int, Consumer]:
        """Get the row of a consumer, given itself, its id or username."""
        name = consumer.id if isinstance(consumer, Consumer) else consumer
        row = self._consumer_row(name)
        if row is None:
            raise NotFound("no such consumer")
        return row

    def _consumer_row(self, name: str) -> tuple[int, Consumer] | None:
        return self.consumers.get(name) or self.consumers.get(
            self._usernames.get(name, "")
        )

    def put_consumer(self, number: int, consumer: Consumer) -> None:
        """Add or replace a consumer whose names are free or its own.

        Raises:
            Conflict: A name is another consumer's.
        """
        old = self.consumers.get(consumer.id)
        if old is not None and old[0] != number:
            raise Conflict("a consumer with this id exists")
        self._check_names(consumer)
        self.consumers[consumer.id] = number, consumer
        if consumer.username:
            self._usernames[consumer.username] = consumer.id
        if consumer.custom_id:
            self._custom_ids[consumer.custom_id] = consumer.id
        if old is not None:
            self._drop_names(old[1], but_for=consumer)

    def _check_names(self, consumer: Consumer) -> None:
        own = consumer.id
        if self._usernames.get(consumer.username or "", own) != own:
            raise Conflict("a consumer with this username exists")
        if self._custom_ids.get(consumer.custom_id or "", own) != own:
            raise Conflict("a consumer with this custom_id exists")
        # Consumers are found by both, so one's id may not be another's username.
        if self._usernames.get(own, own) != own:
            raise Conflict("this id is another consumer's username")
        if consumer.username != own and consumer.username in self.consumers:
            raise Conflict("this username is another consumer's id")

    def drop_consumer(self, consumer: Consumer) -> None:
        """Remove a consumer; its credentials are gone already."""
        self._drop_names(consumer)
        del self.consumers[consumer.id]

    def _drop_names(self, old: Consumer, *, but_for: Consumer | None = None) -> None:
        # What stays is never dropped and set again: a look-up may come in between.
        if but_for is None or but_for.username != old.username:
            self._usernames.pop(old.username or "", None)
        if but_for is None or but_for.custom_id != old.custom_id:
            self._custom_ids.pop(old.custom_id or "", None)

    def credential_row(self, key: str, kid: str | None) -> tuple[int, Credential]:
        """Get the row with exactly this key and kid."""
        row = self.credentials.get((key, kid))
        if row is None:
            raise NotFound("no such credential")
        return row

    def owned_by(self, consumer: Consumer) -> list[tuple[int, Credential]]:
        """Give the rows of a consumer's credentials."""
        return [
            row
            for row in self.credentials.values()
            if row[1].consumer.id == consumer.id
        ]

    def check_credential(
        self, credential: Credential, *, besides: Credential | None, now: float
    ) -> None:
        """See that a credential may be put.

        Args:
            credential: The new one.
            besides: One that it replaces.
            now: Seconds since the epoch, for who is live.

        Raises:
            Conflict: The (key, kid) is taken, the key is another consumer's, or four
                live credentials have it.
        """
        check_fits(credential, self.by_key.get(credential.key, ()), besides, now)

    def put_credential(
        self, number: int, new: Credential, *, instead_of: Credential | None = None
    ) -> None:
        """Add a credential, or put it in another one's place.

        Each key changes in one step, so that a look-up without the lock sees the old
        credential or the new one, never a gap.
        """
        if instead_of is not None:
            del self.credentials[instead_of.key, instead_of.kid]
        self.credentials[new.key, new.kid] = number, new
        rest = tuple(
            each for each in self.by_key.get(new.key, ()) if each is not instead_of
        )
        self.by_key[new.key] = (*rest, new)
        if instead_of is not None and instead_of.key != new.key:
            self._unindex(instead_of)

    def drop_credential(self, credential: Credential) -> None:
        """Remove a credential."""
        del self.credentials[credential.key, credential.kid]
        self._unindex(credential)

    def _unindex(self, credential: Credential) -> None:
        rest = tuple(
            each for each in self.by_key[credential.key] if each is not credential
        )
        if rest:
            self.by_key[credential.key] = rest
        else:
            del self.by_key[credential.key]
