"""What can be done with credentials in a transaction."""

from collections.abc import Callable
from math import inf
from typing import Final, final

from sqlalchemy import BindParameter, bindparam, delete, select, update

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError, NotFound
from jwtgate.keytext import is_key_text
from jwtgate.stores.fields import CredentialFields, completed
from jwtgate.stores.fitting import Seat, check_fits, is_retired
from jwtgate.stores.records import Record, consumer_of
from jwtgate.stores.rotation import succession
from jwtgate.stores.sql.consumers import locked
from jwtgate.stores.sql.rows import (
    CONSUMER,
    CREDENTIAL,
    KeptCredential,
    RawRow,
    kept_consumer,
    kept_credential,
    row_of,
)
from jwtgate.stores.sql.tables import consumers, credential_tags, credentials, keys
from jwtgate.stores.sql.transaction import Transaction
from jwtgate.stores.strongbox import Strongbox

__all__ = ["Credentials", "consumer_of_key", "row_of_credential"]

_KEY: BindParameter[str] = bindparam("key")
_NUMBER: BindParameter[int] = bindparam("row")

_OWNER: Final = CONSUMER.join_from(
    keys, consumers, keys.c.consumer == consumers.c.number
).where(keys.c.key == _KEY)
_OWNER_LOCKED: Final = _OWNER.with_for_update(of=consumers)
_OF_KEY: Final = CREDENTIAL.where(credentials.c.key == _KEY).order_by(
    credentials.c.number
)
_ONE: Final = _OF_KEY.where(credentials.c.kid == bindparam("kid"))
_CHANGED: Final = update(credentials).where(credentials.c.number == _NUMBER)
_ENDED: Final = _CHANGED.values(retire_after=bindparam("end"))
_GONE: Final = delete(credentials).where(credentials.c.number == _NUMBER)
_NO_TAGS: Final = delete(credential_tags).where(credential_tags.c.credential == _NUMBER)
_FREED: Final = delete(keys).where(
    keys.c.key == _KEY,
    ~select(credentials.c.number).where(credentials.c.key == keys.c.key).exists(),
)


def consumer_of_key(transaction: Transaction, key: str) -> Consumer:
    """Get the consumer whose key this is; raises NotFound."""
    row = transaction.row(_OWNER, key=key) if is_key_text(key) else None
    if row is None:
        raise NotFound("no such credential")
    return consumer_of(kept_consumer(row).record)


def row_of_credential(transaction: Transaction, key: str, kid: str | None) -> RawRow:
    """Get the row of the credential with exactly this key and kid; raises NotFound."""
    row = None
    if is_key_text(key) and (kid is None or is_key_text(kid)):
        row = transaction.row(_ONE, key=key, kid=kid or "")
    if row is None:
        raise NotFound("no such credential")
    return row


@final
class Credentials:
    """Changes of credentials; see :class:`jwtgate.MemoryStore` for what they do.

    Args:
        box: Makes records, and tells what they were made of.
        clock: Gives seconds since the epoch.
    """

    def __init__(self, box: Strongbox, clock: Callable[[], float]) -> None:
        self._box = box
        self._clock = clock

    def fields(
        self, transaction: Transaction, key: str, kid: str | None
    ) -> CredentialFields:
        """Give the fields of a credential, references as they were.

        Raises:
            NotFound: No such credential.
            SecretUnavailable: Its secret does not open.
        """
        row = row_of_credential(transaction, key, kid)
        return self._box.fields_of(kept_credential(row).record)

    def create(
        self,
        transaction: Transaction,
        consumer: Consumer | str,
        fields: CredentialFields,
    ) -> Credential:
        """Add a credential."""
        owner = locked(transaction, consumer)
        person = consumer_of(owner.record)
        credential, record = self._box.draft(person, completed(fields))
        self._seat(transaction, credential, owner.number, None)
        self._add(transaction, owner.number, record)
        transaction.touch([credential.key])
        return credential

    def update(
        self,
        transaction: Transaction,
        key: str,
        kid: str | None,
        changes: CredentialFields,
    ) -> Credential:
        """Change the credential with exactly this key and kid; it may move to a key."""
        old, _ = self._locked(transaction, key, kid)
        person = consumer_of(old.record["consumer"])
        fields: CredentialFields = {**self._box.fields_of(old.record), **changes}
        credential, record = self._box.draft(person, fields)
        row = row_of(record)
        self._seat(transaction, credential, old.owner, old.number)
        transaction.run(_CHANGED, **row, row=old.number)
        transaction.run(_NO_TAGS, row=old.number)
        _tag(transaction, old.number, record)
        transaction.run(_FREED, key=key)
        transaction.touch([key, credential.key])
        return credential

    def delete(self, transaction: Transaction, key: str, kid: str | None) -> None:
        """Remove the credential with exactly this key and kid."""
        old, _ = self._locked(transaction, key, kid)
        _remove(transaction, old)
        transaction.run(_FREED, key=key)
        transaction.touch([key])

    def rotate(
        self,
        transaction: Transaction,
        key: str,
        kid: str | None,
        overlap: float,
        fields: CredentialFields,
    ) -> Credential:
        """Add a successor, and retire the credential after a while."""
        if not 0 <= overlap < inf:
            raise ConfigurationError("overlap must be seconds, 0 or more")
        old, others = self._locked(transaction, key, kid)
        kept = self._box.fields_of(old.record)
        chosen: CredentialFields = {
            **kept,
            **succession(key, old.record["algorithm"], fields),
        }
        person = consumer_of(old.record["consumer"])
        credential, record = self._box.draft(person, chosen)
        self._seat(transaction, credential, old.owner, None)
        now = self._clock()
        for each in others:
            if is_retired(_seat(each), now):
                _remove(transaction, each)
        end = old.record["retire_after"]
        if end is None or now + overlap < end:
            transaction.run(_ENDED, row=old.number, end=now + overlap)
        self._add(transaction, old.owner, record)
        transaction.touch([key])
        return credential

    def _locked(
        self, transaction: Transaction, key: str, kid: str | None
    ) -> tuple[KeptCredential, list[KeptCredential]]:
        """Find a credential, and the others of its key, and lock their consumer."""
        row = transaction.row(_OWNER_LOCKED, key=key) if is_key_text(key) else None
        owner = None if row is None else kept_consumer(row).number
        found = [] if row is None else _of_key(transaction, key)
        for old in found:
            # Another consumer's, if the key was given away while we waited.
            if old.record["kid"] == kid and old.owner == owner:
                return old, [each for each in found if each is not old]
        raise NotFound("no such credential")

    def _seat(
        self,
        transaction: Transaction,
        new: Credential,
        owner: int,
        besides: int | None,
    ) -> None:
        """See that a credential may be put, and that the key is its consumer's.

        Args:
            transaction: Has the consumer locked.
            new: The credential.
            owner: The number of its consumer.
            besides: The number of the row that it replaces.

        Raises:
            Conflict: It may not.
        """
        found = _of_key(transaction, new.key)
        others = [_seat(each) for each in found if each.number != besides]
        check_fits(new, others, None, self._clock())
        if not found:
            transaction.insert(keys, key=new.key, consumer=owner)

    def _add(self, transaction: Transaction, owner: int, record: Record) -> None:
        row = row_of(record)
        number = transaction.insert(credentials, **row, consumer=owner)
        _tag(transaction, number, record)


def _seat(kept: KeptCredential) -> Seat:
    record = kept.record
    return Seat(consumer_of(record["consumer"]), record["kid"], record["retire_after"])


def _of_key(transaction: Transaction, key: str) -> list[KeptCredential]:
    return [kept_credential(row) for row in transaction.rows(_OF_KEY, key=key)]


def _remove(transaction: Transaction, old: KeptCredential) -> None:
    transaction.run(_NO_TAGS, row=old.number)
    transaction.run(_GONE, row=old.number)


def _tag(transaction: Transaction, number: int, record: Record) -> None:
    for tag in dict.fromkeys(record["tags"]):
        transaction.insert(credential_tags, tag=tag, credential=number)
