"""Rows that a command line names, and what it may print of them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from jwtgate.django.db.models import Consumer, Credential
from jwtgate.errors import JWTGateError

__all__ = [
    "as_json",
    "as_line",
    "command_errors",
    "consumer_named",
    "credential_of",
    "told",
]

_CREDENTIAL = (
    "consumer",
    "key",
    "kid",
    "algorithm",
    "not_before",
    "retire_after",
    "tags",
    "enabled",
)


def consumer_named(name: str) -> Consumer:
    """Find a consumer by id, else by username; raises CommandError."""
    rows = Consumer.objects.filter(Q(uid=name) | Q(username=name))
    for row in sorted(rows, key=lambda row: row.uid != name):
        if name in (row.uid, row.username):
            return row
    raise CommandError("no such consumer")


def credential_of(key: str, kid: str | None) -> Credential:
    """Find a credential by its key, and its kid where the key has several.

    Args:
        key: The key, compared exactly.
        kid: The kid; empty for the credential without one, None for the only one.

    Raises:
        CommandError: There is none, or there are several.
    """
    rows = Credential.objects.select_related("consumer").filter(key=key)
    of_key = [row for row in rows if row.key == key]
    found = [row for row in of_key if kid is None or row.kid == kid]
    if len(found) == 1:
        return found[0]
    if not of_key:
        raise CommandError("no such credential")
    kids = ", ".join(repr(row.kid) for row in of_key)
    raise CommandError(f"say which of the key's credentials by --kid: {kids}")


def told(row: Consumer | Credential) -> dict[str, Any]:
    """Give what may be printed of a row: no secret, no key."""
    if isinstance(row, Consumer):
        return {**row.as_fields()}
    fields = {name: getattr(row, name) for name in _CREDENTIAL}
    return {**fields, "consumer": str(row.consumer)}


def as_json(value: object) -> str:
    """Write JSON, moments as ISO 8601."""
    return json.dumps(value, cls=DjangoJSONEncoder, indent=2)


def as_line(fields: Mapping[str, Any]) -> str:
    """Write fields in a line, those that are empty left out."""
    return "  ".join(
        f"{name}={_text(value)}"
        for name, value in fields.items()
        if value not in (None, "", [])
    )


def _text(value: object) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    # A terminal obeys what is not printable.
    return text if text.isprintable() else ascii(text)


@contextmanager
def command_errors() -> Iterator[None]:
    """Tell what cannot be done as a command does, without a traceback."""
    try:
        yield
    except ValidationError as error:
        raise CommandError("; ".join(_sentences(error))) from None
    except JWTGateError as error:
        raise CommandError(str(error)) from None


def _sentences(error: ValidationError) -> Iterable[str]:
    for field, problems in error.message_dict.items():
        name = "" if field == NON_FIELD_ERRORS else f"{field}: "
        yield from (f"{name}{problem}" for problem in problems)
