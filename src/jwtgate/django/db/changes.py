"""Changes to the tables that keep the rules, one at a time."""

from datetime import timedelta
from typing import Any, TypeVar, Unpack

from django.db import router, transaction
from django.utils import timezone

import jwtgate
from jwtgate.django.db.models import ALIKE, Consumer, Credential
from jwtgate.django.db.moments import moment
from jwtgate.errors import ConfigurationError
from jwtgate.stores.fields import CredentialFields, new_secret
from jwtgate.stores.rotation import successor

__all__ = ["create_consumer", "create_credential", "put", "rotate"]

_LONGEST = 100 * 366 * 86_400
_Row = TypeVar("_Row", Consumer, Credential)


def put(row: _Row) -> _Row:
    """Check a row and save it, while nobody else gives its key or name away.

    Raises:
        ValidationError: A field that cannot work, or what is taken.
    """
    with transaction.atomic(using=router.db_for_write(type(row), instance=row)):
        row.full_clean()
        row.save()
    return row


def create_consumer(**fields: Any) -> Consumer:
    """Add a consumer, given the fields of the model; raises ValidationError."""
    return put(Consumer(**fields))


def create_credential(consumer: Consumer, **fields: Any) -> Credential:
    """Add a credential, given the fields of the model.

    A key that is left out is made: 32 of A-Za-z0-9; so is the secret of an HS
    algorithm, as long as its hash and 32 at least.

    Raises:
        ValidationError: A field that cannot work, the key is another consumer's, or
            it has four live credentials already.
    """
    secret = new_secret(fields.get("algorithm", "HS256")) or ""
    return put(Credential(consumer=consumer, **{"secret": secret, **fields}))


def rotate(
    row: Credential, *, overlap: float, **fields: Unpack[CredentialFields]
) -> Credential:
    """Add a successor under the same key, and retire the credential after a while.

    As :meth:`jwtgate.MemoryStore.rotate` does: the fields are those of
    :class:`jwtgate.Credential`, texts as material; a kid and a secret are made, and
    what is retired already under the key is removed.

    Raises:
        ConfigurationError: The credential cannot be used, an overlap or a field that
            cannot work, or no new public key.
        ValidationError: What is taken, or the key has four live credentials.
    """
    if not 0 <= overlap <= _LONGEST:
        raise ConfigurationError("overlap must be seconds, 0 or more, up to a century")
    alias = router.db_for_write(Credential, instance=row)
    with transaction.atomic(using=alias):
        new = _row_of(successor(row.as_credential(), fields), row.consumer)
        new.full_clean()
        others = Credential.objects.using(alias).filter(key=row.key).exclude(pk=row.pk)
        others.filter(retire_after__lte=timezone.now()).delete()
        end = timezone.now() + timedelta(seconds=overlap)
        if row.retire_after is None or end < row.retire_after:
            row.retire_after = end
            row.save(update_fields=["retire_after", "updated"])
        new.save()
    return new


def _row_of(credential: jwtgate.Credential, consumer: Consumer) -> Credential:
    material = credential.public_key
    return Credential(
        consumer=consumer,
        secret=(credential.reveal_secret() or b"").decode(),
        public_key=material if isinstance(material, str) else "",
        kid=credential.kid or "",
        not_before=moment(credential.not_before),
        retire_after=moment(credential.retire_after),
        consumer_claim=credential.consumer_claim or "",
        tags=list(credential.tags),
        **{name: getattr(credential, name) for name in ALIKE},
    )
