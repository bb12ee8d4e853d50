"""The tables of consumers and credentials."""

from collections.abc import Collection
from typing import Any

from django.core.validators import ProhibitNullCharactersValidator
from django.db import models

import jwtgate
from jwtgate.django.db import checking
from jwtgate.django.db.exact import ExactField, ExactTextField
from jwtgate.django.db.moments import seconds
from jwtgate.jose import ALGORITHMS
from jwtgate.stores.fields import ConsumerFields, new_key

__all__ = ["ALIKE", "Consumer", "Credential"]

ALIKE = (
    *("key", "algorithm", "secret_is_base64", "allow_weak_secret"),
    *("token_lifetime", "lifetime_grace_period", "enabled"),
)
"""Fields of a credential that are the same in its row and in the core."""

_NO_NUL = [ProhibitNullCharactersValidator()]


class Consumer(models.Model):
    """Who may call; see :class:`jwtgate.Consumer` for what the fields mean."""

    username = ExactField(max_length=255, unique=True, null=True, blank=True)
    custom_id = ExactField(max_length=255, unique=True, null=True, blank=True)
    uid = ExactField("id", max_length=255, unique=True, blank=True)
    groups = models.JSONField(default=list, blank=True)
    tags = models.JSONField(default=list, blank=True)
    quota = models.CharField(max_length=255, blank=True, default="")
    enabled = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        """Name the consumer."""
        return self.username or self.custom_id or self.uid

    def save(self, *args: Any, **options: Any) -> None:
        """Save the row; the id, once made, stays when names change."""
        fields = self.as_fields()
        self.username, self.custom_id = fields["username"], fields["custom_id"]
        self.uid = self.uid or self.as_consumer().id
        super().save(*args, **options)

    def as_fields(self) -> ConsumerFields:
        """Give the fields by the names that :class:`jwtgate.Consumer` has for them."""
        return {
            "username": self.username or None,
            "custom_id": self.custom_id or None,
            "id": self.uid,
            "groups": self.groups,
            "tags": self.tags,
            "quota": self.quota or None,
            "enabled": self.enabled,
        }

    def as_consumer(self) -> jwtgate.Consumer:
        """Make the consumer that a gate knows.

        Raises:
            ConfigurationError: A field that cannot work.
        """
        return jwtgate.Consumer(**self.as_fields())

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Check the fields alone, then by the rules of :class:`jwtgate.Consumer`."""
        super().clean_fields(exclude)
        checking.check_consumer(self, exclude or ())


class Credential(models.Model):
    """What proves who calls; see :class:`jwtgate.Credential` for the fields."""

    consumer = models.ForeignKey(
        Consumer, on_delete=models.CASCADE, related_name="credentials"
    )
    key = ExactField(max_length=512, default=new_key)
    # 512 and 255 characters are the most that an index of InnoDB has room for.
    kid = ExactField(max_length=255, blank=True, default="")
    algorithm = models.CharField(
        max_length=16, choices=[(name, name) for name in ALGORITHMS], default="HS256"
    )
    secret = ExactTextField(blank=True, default="", validators=_NO_NUL)
    public_key = ExactTextField(blank=True, default="", validators=_NO_NUL)
    secret_is_base64 = models.BooleanField(default=False)
    allow_weak_secret = models.BooleanField(default=False)
    token_lifetime = models.PositiveIntegerField(default=86400)
    lifetime_grace_period = models.FloatField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    retire_after = models.DateTimeField(null=True, blank=True)
    consumer_claim = ExactField(max_length=255, blank=True, default="")
    tags = models.JSONField(default=list, blank=True)
    enabled = models.BooleanField(default=True)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        """A key may have several credentials, each with a kid of its own."""

        constraints = (
            models.UniqueConstraint(fields=["key", "kid"], name="jwtgate_db_key_kid"),
        )

    def __str__(self) -> str:
        """Name the credential; nothing of its material."""
        return f"{self.key} ({self.kid})" if self.kid else self.key

    def as_credential(self) -> jwtgate.Credential:
        """Make the credential that a gate knows; its id is the number of the row.

        Raises:
            ConfigurationError: A field that cannot work, of it or its consumer.
        """
        alike: dict[str, Any] = {name: getattr(self, name) for name in ALIKE}
        return jwtgate.Credential(
            consumer=self.consumer.as_consumer(),
            secret=self.secret or None,
            public_key=self.public_key or None,
            kid=self.kid or None,
            id=str(self.pk) if self.pk else None,
            not_before=seconds(self.not_before),
            retire_after=seconds(self.retire_after),
            consumer_claim=self.consumer_claim or None,
            tags=self.tags,
            **alike,
        )

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Check the fields alone, then by the rules of :class:`jwtgate.Credential`.

        In a transaction, no other row of a credential is checked until it ends, so
        that two at a time cannot give one key to two consumers.
        """
        super().clean_fields(exclude)
        checking.check_credential(self, exclude or ())
