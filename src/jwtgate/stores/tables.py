"""The rows of a memory store, their indexes, and what must be unique."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import TypeAlias, final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import Conflict, NotFound
from jwtgate.stores.fitting import check_fits

__all__ = ["Tables"]

# What names one credential: its key, with its kid if it has one.
_Place: TypeAlias = str | tuple[str, str]


@final
class Tables:
    """Consumers and credentials by what they are found by.

    Each row has a number, in the order of creation, which a change leaves as it is.
    Whoever changes rows holds a lock; ``by_key`` and what finds or gets one row may be
    used without.
    """

    def __init__(self) -> None:
        self._numbers = count(1)
        self._names: dict[str, Consumer] = {}  # its id, and its username
        self._custom_ids: dict[str, Consumer] = {}
        # Beside the rows, not in one object with them: of a million each object counts.
        self._consumers: dict[str, int] = {}
        self._credentials: dict[_Place, int] = {}
        self.by_key: dict[str, tuple[Credential, ...]] = {}

    def find_consumer(self, name: str) -> Consumer | None:
        """Find a consumer by id, else by username."""
        return self._names.get(name)

    def get_consumer(self, consumer: Consumer | str) -> Consumer:
        """Get a consumer as it is now, given itself, its id or username."""
        name = consumer.id if isinstance(consumer, Consumer) else consumer
        found = self._names.get(name)
        # The id of one who is gone may be another one's username.
        if found is None or (consumer is not name and found.id != name):
            raise NotFound("no such consumer")
        return found

    def consumers(self) -> Iterator[tuple[int, Consumer]]:
        """Give all consumers, each with its number."""
        names = self._names
        return ((number, names[own]) for own, number in self._consumers.items())

    def put_consumer(
        self, new: Consumer, *, instead_of: Consumer | None = None
    ) -> None:
        """Add a consumer, or put it in place of what it was.

        Args:
            new: The new one.
            instead_of: The same consumer, with the same id, as it is now.

        Raises:
            Conflict: A name is another consumer's.
        """
        if instead_of is None and new.id in self._consumers:
            raise Conflict("a consumer with this id exists")
        self._check_names(new)
        if instead_of is None:
            self._consumers[new.id] = next(self._numbers)
        self._names[new.id] = new
        if new.username:
            self._names[new.username] = new
        if new.custom_id:
            self._custom_ids[new.custom_id] = new
        if instead_of is not None:
            # What stays is never dropped and set again: a look-up may come in between.
            self._drop_names(_names(instead_of) - _names(new))
            if instead_of.custom_id != new.custom_id:
                self._custom_ids.pop(instead_of.custom_id or "", None)

    def _check_names(self, new: Consumer) -> None:
        own = new.id
        namesake = self._names.get(new.username or "", new)
        if namesake.id != own and namesake.username == new.username:
            raise Conflict("a consumer with this username exists")
        if self._custom_ids.get(new.custom_id or "", new).id != own:
            raise Conflict("a consumer with this custom_id exists")
        # Consumers are found by both, so one's id may not be another's username.
        if self._names.get(own, new).id != own:
            raise Conflict("this id is another consumer's username")
        if namesake.id != own:
            raise Conflict("this username is another consumer's id")

    def drop_consumer(self, consumer: Consumer) -> None:
        """Remove a consumer; its credentials are gone already."""
        self._drop_names(_names(consumer))
        self._custom_ids.pop(consumer.custom_id or "", None)
        del self._consumers[consumer.id]

    def _drop_names(self, names: set[str]) -> None:
        for name in names:
            del self._names[name]

    def get_credential(self, key: str, kid: str | None) -> Credential:
        """Get the credential with exactly this key and kid."""
        for each in self.by_key.get(key, ()):
            if each.kid == kid:
                return each
        raise NotFound("no such credential")

    def credentials(self) -> Iterator[tuple[int, Credential]]:
        """Give all credentials, each with its number."""
        return self._numbered(self.by_key.values())

    def owned_by(self, consumer: Consumer) -> Iterator[tuple[int, Credential]]:
        """Give a consumer's credentials, each with its number."""
        own = consumer.id
        # Those of one key are one consumer's.
        rows = (found for found in self.by_key.values() if found[0].consumer.id == own)
        return self._numbered(rows)

    def _numbered(
        self, rows: Iterable[tuple[Credential, ...]]
    ) -> Iterator[tuple[int, Credential]]:
        numbers = self._credentials
        return ((numbers[_place(each)], each) for found in rows for each in found)

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
        if present := self.by_key.get(credential.key):
            check_fits(credential, present, besides, now)

    def put_credential(
        self, new: Credential, *, instead_of: Credential | None = None
    ) -> None:
        """Add a credential, or put it in another one's place.

        Each key changes in one step, so that a look-up without the lock sees the old
        credential or the new one, never a gap.
        """
        key = new.key
        if instead_of is None:
            self._credentials[_place(new)] = next(self._numbers)
            self.by_key[key] = (*self.by_key.get(key, ()), new)
            return
        self._credentials[_place(new)] = self._credentials.pop(_place(instead_of))
        self.by_key[key] = (*self._others(key, instead_of), new)
        if instead_of.key != key:
            self._unindex(instead_of)

    def drop_credential(self, credential: Credential) -> None:
        """Remove a credential."""
        del self._credentials[_place(credential)]
        self._unindex(credential)

    def _unindex(self, credential: Credential) -> None:
        if rest := self._others(credential.key, credential):
            self.by_key[credential.key] = rest
        else:
            del self.by_key[credential.key]

    def _others(self, key: str, but: Credential) -> tuple[Credential, ...]:
        return tuple(each for each in self.by_key.get(key, ()) if each is not but)


def _names(consumer: Consumer) -> set[str]:
    return {consumer.id, consumer.username or consumer.id}


def _place(credential: Credential) -> _Place:
    return (
        credential.key if credential.kid is None else (credential.key, credential.kid)
    )
