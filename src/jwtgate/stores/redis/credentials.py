"""What can be done with the credentials of a store in Redis."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from typing import Final, final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import ConfigurationError, NotFound, StoreError
from jwtgate.stores.changes import Change
from jwtgate.stores.fields import CredentialFields, completed
from jwtgate.stores.fitting import Seat, check_fits, is_retired
from jwtgate.stores.records import Record, consumer_of
from jwtgate.stores.redis.consumers import read_owner
from jwtgate.stores.redis.documents import KeyDocument
from jwtgate.stores.redis.footprints import key_footprint
from jwtgate.stores.redis.names import Names
from jwtgate.stores.redis.steps import Command, Fetch, Open, Work
from jwtgate.stores.redis.transaction import Transaction, transact
from jwtgate.stores.rotation import succession
from jwtgate.stores.strongbox import Strongbox

__all__ = ["Credentials"]

_NOBODY: Final[Record] = {}


@final
class Credentials:
    """Operations on credentials; see :class:`jwtgate.MemoryStore` for what they do.

    Args:
        names: Of the store.
        channel: What changes are told on.
        box: Makes records and opens them.
        clock: Gives seconds since the epoch.
    """

    def __init__(
        self, names: Names, channel: str, box: Strongbox, clock: Callable[[], float]
    ) -> None:
        self._names = names
        self._channel = channel
        self._box = box
        self._clock = clock

    def get(self, key: str, kid: str | None) -> Work[Credential]:
        """Get the credential with exactly this key and kid.

        Raises:
            NotFound: No such credential.
            StoreError: It cannot be used.
        """
        document = yield from self._look(key)
        row = document.row(kid)
        ((found,),) = yield Open(self._box, (replace(document, rows=(row,)),))
        if isinstance(found, UnusableCredential):
            raise StoreError(f"this credential cannot be used: {found.why}")
        credential: Credential = found
        return credential

    def consumer_of(self, key: str) -> Work[Consumer]:
        """Get the consumer whose key this is; raises NotFound."""
        document = yield from self._look(key)
        return consumer_of(document.owner)

    def create(
        self, consumer: Consumer | str, fields: CredentialFields
    ) -> Work[Credential]:
        """Add a credential."""
        chosen = completed(fields)

        def attempt(transaction: Transaction) -> Work[Credential]:
            owner = yield from read_owner(self._names, transaction, consumer)
            yield Fetch(self._box, chosen)
            credential, record = self._box.draft(owner.consumer(), chosen)
            old = yield from self._read(transaction, credential.key, owner.record)
            self._check(credential, old)
            number = yield from transaction.number()
            self._exchange(transaction, (old, old.plus(record, number)))
            return credential

        return transact(self._names, attempt)

    def update(
        self, key: str, kid: str | None, changes: CredentialFields
    ) -> Work[Credential]:
        """Change the credential with exactly this key and kid; it may move to a key."""

        def attempt(transaction: Transaction) -> Work[Credential]:
            old = yield from self._read(transaction, key)
            row = old.row(kid)
            kept = self._box.fields_of(old.full(row))
            fields: CredentialFields = {**kept, **changes}
            yield Fetch(self._box, fields)
            credential, record = self._box.draft(consumer_of(old.owner), fields)
            rest = old.without(row)
            if credential.key == key:
                self._check(credential, rest)
                self._exchange(transaction, (old, rest.plus(record, row["number"])))
                return credential
            there = yield from self._read(transaction, credential.key, old.owner)
            self._check(credential, there)
            came = there.plus(record, row["number"])
            self._exchange(transaction, (old, rest), (there, came))
            return credential

        return transact(self._names, attempt)

    def delete(self, key: str, kid: str | None) -> Work[None]:
        """Remove the credential with exactly this key and kid."""

        def attempt(transaction: Transaction) -> Work[None]:
            old = yield from self._read(transaction, key)
            self._exchange(transaction, (old, old.without(old.row(kid))))

        return transact(self._names, attempt)

    def rotate(
        self, key: str, kid: str | None, overlap: float, fields: CredentialFields
    ) -> Work[Credential]:
        """Add a successor, and retire the credential after a while."""
        if not 0 <= overlap < inf:
            raise ConfigurationError("overlap must be seconds, 0 or more")

        def attempt(transaction: Transaction) -> Work[Credential]:
            old = yield from self._read(transaction, key)
            row = old.row(kid)
            kept = self._box.fields_of(old.full(row))
            chosen: CredentialFields = {
                **kept,
                **succession(key, row["algorithm"], fields),
            }
            yield Fetch(self._box, chosen)
            credential, record = self._box.draft(consumer_of(old.owner), chosen)
            self._check(credential, old)
            now = self._clock()
            over = (each for each in old.rows if is_retired(_seat(old, each), now))
            retiring = {
                **row,
                "retire_after": _first(row["retire_after"], now + overlap),
            }
            new = old.without(row, *over).plus(retiring, row["number"])
            number = yield from transaction.number()
            self._exchange(transaction, (old, new.plus(record, number)))
            return credential

        return transact(self._names, attempt)

    def _look(self, key: str) -> Work[KeyDocument]:
        raw = yield Command(("GET", self._names.key(key)))
        if raw is None:
            raise NotFound("no such credential")
        return KeyDocument.read(key, raw).checked()

    def _read(
        self, transaction: Transaction, key: str, owner: Record = _NOBODY
    ) -> Work[KeyDocument]:
        """Read a key that a change is about; the owner's, if nobody has it."""
        (raw,) = yield from transaction.read(self._names.key(key))
        if raw is None:
            return KeyDocument(key, owner, ())
        return KeyDocument.read(key, raw).checked()

    def _check(self, new: Credential, document: KeyDocument) -> None:
        present = [_seat(document, row) for row in document.rows]
        check_fits(new, present, None, self._clock())

    def _exchange(
        self, transaction: Transaction, *changes: tuple[KeyDocument, KeyDocument]
    ) -> None:
        for old, new in changes:
            transaction.exchange(
                key_footprint(self._names, old), key_footprint(self._names, new)
            )
        keys = tuple(old.key for old, _ in changes)
        transaction.tell(self._channel, Change(keys))


def _seat(document: KeyDocument, row: Record) -> Seat:
    return Seat(consumer_of(document.owner), row["kid"], row["retire_after"])


def _first(one: float | None, other: float) -> float:
    return other if one is None else min(one, other)
