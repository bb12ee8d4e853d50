"""The tables of consumers and credentials."""

from collections.abc import Sequence
from typing import ClassVar

from django.core.validators import ProhibitNullCharactersValidator
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from jwtgate.django.db.exact import ExactField, ExactTextField
from jwtgate.stores.fields import new_key

__all__ = ["Migration"]

_ALGORITHMS = (
    *("HS256", "HS384", "HS512"),
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
    "EdDSA",
)


class Migration(migrations.Migration):
    """Make both tables."""

    initial = True
    dependencies: ClassVar[Sequence[tuple[str, str]]] = []
    operations: ClassVar[Sequence[Operation]] = [
        migrations.CreateModel(
            name="Consumer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "username",
                    ExactField(blank=True, max_length=255, null=True, unique=True),
                ),
                (
                    "custom_id",
                    ExactField(blank=True, max_length=255, null=True, unique=True),
                ),
                (
                    "uid",
                    ExactField(
                        blank=True, max_length=255, unique=True, verbose_name="id"
                    ),
                ),
                ("groups", models.JSONField(blank=True, default=list)),
                ("tags", models.JSONField(blank=True, default=list)),
                ("quota", models.CharField(blank=True, default="", max_length=255)),
                ("enabled", models.BooleanField(default=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("updated", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("key", ExactField(default=new_key, max_length=512)),
                ("kid", ExactField(blank=True, default="", max_length=255)),
                (
                    "algorithm",
                    models.CharField(
                        choices=[(name, name) for name in _ALGORITHMS],
                        default="HS256",
                        max_length=16,
                    ),
                ),
                (
                    "secret",
                    ExactTextField(
                        blank=True,
                        default="",
                        validators=[ProhibitNullCharactersValidator()],
                    ),
                ),
                (
                    "public_key",
                    ExactTextField(
                        blank=True,
                        default="",
                        validators=[ProhibitNullCharactersValidator()],
                    ),
                ),
                ("secret_is_base64", models.BooleanField(default=False)),
                ("allow_weak_secret", models.BooleanField(default=False)),
                ("token_lifetime", models.PositiveIntegerField(default=86400)),
                ("lifetime_grace_period", models.FloatField(blank=True, null=True)),
                ("not_before", models.DateTimeField(blank=True, null=True)),
                ("retire_after", models.DateTimeField(blank=True, null=True)),
                ("consumer_claim", ExactField(blank=True, default="", max_length=255)),
                ("tags", models.JSONField(blank=True, default=list)),
                ("enabled", models.BooleanField(default=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("updated", models.DateTimeField(auto_now=True)),
                (
                    "consumer",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="credentials",
                        to="jwtgate_db.consumer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("key", "kid"), name="jwtgate_db_key_kid"
                    )
                ],
            },
        ),
    ]
