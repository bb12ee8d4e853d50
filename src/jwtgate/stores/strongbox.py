"""How a store keeps the secrets of its credentials, and gives them back."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast, final
from uuid import uuid4

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import ConfigurationError, SecretUnavailable, StoreError
from jwtgate.secrets import is_like_a_reference
from jwtgate.stores.fields import CredentialFields
from jwtgate.stores.records import (
    PLAIN,
    Record,
    consumer_of,
    credential_record,
    given_of,
    stored,
)
from jwtgate.stores.sealing import MATERIAL, Sealing

if TYPE_CHECKING:
    from jwtgate.secrets import Secrets
    from jwtgate.secrets.keyring import Keyring

__all__ = ["Strongbox"]

_LISTS = ("tags", "audience", "types")


@final
class Strongbox:
    """Makes records of credentials, and credentials of records.

    A record has the fields of a credential, ``secret`` and ``public_key`` as texts, and
    ``consumer``, a record too. With a keyring both are envelopes; see
    :class:`jwtgate.stores.sealing.Sealing` for what they are bound to.

    Args:
        keyring: Seals the secrets; None leaves them as they are.
        secrets: Tells what references stand for; None takes none.
    """

    def __init__(self, keyring: "Keyring | None", secrets: "Secrets | None") -> None:
        self._sealing = Sealing(keyring)
        self._secrets = secrets

    def draft(
        self, owner: Consumer, fields: CredentialFields
    ) -> tuple[Credential, dict[str, Any]]:
        """Check a credential that is to be written.

        It gets an id if it has none, so that it can be told from those that have its
        key after it.

        Args:
            owner: Its consumer.
            fields: The others, all of them; the material may be a reference.

        Returns:
            The credential, and its record without ``consumer``.

        Raises:
            ConfigurationError: A field that cannot work, or a reference that means
                nothing here.
            SecretUnavailable: What a reference stands for cannot be had now.
        """
        given: dict[str, Any] = {**fields, "id": fields.get("id") or str(uuid4())}
        resolved: dict[str, Any] = {
            name: self._resolved(given[name]) for name in MATERIAL if name in given
        }
        values: dict[str, Any] = {**given, **resolved}
        credential = Credential(consumer=owner, **values)
        record = credential_record(credential)
        within: dict[str, Any] = {**record, "consumer": {"id": owner.id}}
        for name in MATERIAL:
            text = stored(given.get(name))
            record[name] = self._sealing.sealed(name, text, within)
        return credential, record

    def fields_of(self, record: Record) -> CredentialFields:
        """Give the fields that a record was drafted of, references as they were.

        Raises:
            SecretUnavailable: The secret does not open.
            ConfigurationError: It was not written by :meth:`draft`.
        """
        fields = {name: record[name] for name in (*PLAIN, *_LISTS)}
        for name in MATERIAL:
            text = self._sealing.opened(name, record)
            fields[name] = None if text is None else given_of(text)
        return cast("CredentialFields", fields)

    def open(self, record: Record) -> Credential | UnusableCredential:
        """Make a credential of a record; it may wait for a secret manager.

        A record that cannot be one becomes an unusable credential.
        """
        return self._open(record, waits=True)

    async def aopen(
        self, records: Iterable[Record]
    ) -> tuple[Credential | UnusableCredential, ...]:
        """Make credentials of records, letting others run while a manager answers."""
        found = tuple(records)
        for record in found if self._secrets is not None else ():
            with suppress(Exception):  # opening it tells what is wrong
                await self.afetch(self.fields_of(record))
        return tuple(self._open(record, waits=False) for record in found)

    async def afetch(self, fields: CredentialFields) -> None:
        """See that what references stand for is known, letting others run.

        Raises:
            ConfigurationError: A reference that means nothing here.
            SecretUnavailable: What it stands for cannot be had now.
        """
        for name in MATERIAL:
            text = fields.get(name)
            if self._secrets is not None and _refers(text):
                await self._secrets.aresolve(cast("str", text))

    def is_settled(self, record: Record) -> bool:
        """Whether a record will always make the same: no reference is in it."""
        if self._secrets is None:
            return True
        fields = self.fields_of(record)
        return not any(_refers(fields.get(name)) for name in MATERIAL)

    def resealed(self, record: Record, *, plain: bool) -> dict[str, str]:
        """Seal with the newest key what is not; see :meth:`Sealing.resealed`.

        Raises:
            ConfigurationError: There is no keyring.
            SecretUnavailable: Something does not open, or is not sealed.
        """
        try:
            return self._sealing.resealed(record, plain=plain)
        except (ConfigurationError, StoreError):
            raise
        except Exception as error:  # noqa: BLE001 - a row may hold anything
            raise SecretUnavailable(_unreadable(error)) from None

    def _open(self, record: Record, *, waits: bool) -> Credential | UnusableCredential:
        try:
            fields: dict[str, Any] = {**self.fields_of(record)}
            for name in MATERIAL:
                fields[name] = self._resolved(fields[name], waits=waits)
            return Credential(consumer=consumer_of(record["consumer"]), **fields)
        except (ConfigurationError, StoreError) as error:
            return _unusable(record, str(error))
        except Exception as error:  # noqa: BLE001 - a row may hold anything
            return _unusable(record, _unreadable(error))

    def _resolved(self, given: Any, *, waits: bool = True) -> Any:
        if not _refers(given):
            return given
        if self._secrets is None:
            raise ConfigurationError(
                "a secret or public_key looks like a reference, and this store was "
                "given no secrets=Secrets(...) that would tell what it stands for"
            )
        if waits:
            return self._secrets.resolve(given)
        found = self._secrets.peek(given)
        if found is None:
            raise SecretUnavailable("what a reference stands for is not known now")
        return found


def _refers(given: object) -> bool:
    return isinstance(given, str) and is_like_a_reference(given)


def _unreadable(error: Exception) -> str:
    return f"it cannot be read: {type(error).__name__}"


def _unusable(record: Record, why: str) -> UnusableCredential:
    consumer = record["consumer"]
    return UnusableCredential(
        key=record["key"],
        why=f"{record['id']!r}: {why}",
        algorithm=record["algorithm"],
        # Once it is shut out, its tokens would be refused were it whole.
        refuses=record["enabled"] is False or consumer["enabled"] is False,
    )
