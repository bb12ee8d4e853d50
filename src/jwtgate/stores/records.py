"""Consumers and credentials as plain values, which a database or JSON can hold."""

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError
from jwtgate.masked import Secret
from jwtgate.quota import Quota
from jwtgate.secrets import is_like_a_reference

__all__ = [
    "PLAIN",
    "Record",
    "consumer_of",
    "consumer_record",
    "credential_record",
    "given_of",
    "stored",
]

Record = Mapping[str, Any]
"""Values by the names of fields: texts, numbers, bools, None, and lists of texts."""

PLAIN = (
    *("id", "key", "kid", "algorithm", "secret_is_base64", "allow_weak_secret"),
    *("token_lifetime", "lifetime_grace_period", "not_before", "retire_after"),
    *("enabled", "consumer_claim"),
)
"""The fields of a credential that are values as they are."""

# What cannot be kept as the text that it is, begins with this.
_MARK = "jwtgate:"
_OCTETS = "jwtgate:base64:"


def consumer_record(consumer: Consumer) -> dict[str, Any]:
    """Write a consumer.

    Raises:
        ConfigurationError: Its quota has more than rates: where it counts, and what
            it answers, is for a policy to say.
    """
    return {
        "id": consumer.id,
        "username": consumer.username,
        "custom_id": consumer.custom_id,
        "groups": list(consumer.groups),
        "tags": list(consumer.tags),
        "quota": _rates(consumer.quota),
        "enabled": consumer.enabled,
    }


def consumer_of(record: Record) -> Consumer:
    """Read a consumer.

    Raises:
        ConfigurationError: A field that cannot work.
    """
    return Consumer(
        **{name: record[name] for name in ("id", "username", "custom_id", "groups")},
        tags=record["tags"],
        quota=record["quota"],
        enabled=record["enabled"],
    )


def credential_record(credential: Credential) -> dict[str, Any]:
    """Write a credential, but for its consumer, secret and public key."""
    record: dict[str, Any] = {name: getattr(credential, name) for name in PLAIN}
    return record | {
        name: list(getattr(credential, name)) for name in ("tags", "audience", "types")
    }


def stored(material: object) -> str | None:
    """Write a secret or a public key as it was given, as a text that gives it back.

    A text stays as it is, a reference too; a JWK becomes JSON; octets become a text if
    they are one.

    Raises:
        ConfigurationError: A text that is no Unicode, or a JWK that is no JSON.
    """
    if material is None:
        return None
    if isinstance(material, Secret):
        material = material.reveal()
    try:
        if isinstance(material, Mapping):
            return json.dumps(dict(material))
        if isinstance(material, str):
            octets = material.encode()
            return material if _is_plain(material) else _marked(octets)
    except (TypeError, ValueError, RecursionError):
        raise ConfigurationError(
            "a secret or public_key must be Unicode, octets or a JWK"
        ) from None
    return _of_octets(cast("bytes", material))


def given_of(text: str) -> str | bytes:
    """Read what :func:`stored` wrote.

    Returns:
        A text, which may be a reference, or octets, which are none.

    Raises:
        ConfigurationError: It was not written by :func:`stored`.
    """
    if not text.startswith(_MARK):
        return text
    try:
        if text.startswith(_OCTETS):
            return a2b_base64(text.removeprefix(_OCTETS), strict_mode=True)
    except ValueError:
        pass
    raise ConfigurationError("a secret or public_key is not written as it has to be")


def _of_octets(octets: bytes) -> str:
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        return _marked(octets)
    plain = _is_plain(text) and not is_like_a_reference(text)
    return text if plain else _marked(octets)


def _is_plain(text: str) -> bool:
    return not (text.startswith(_MARK) or "\0" in text)  # PostgreSQL takes no NUL


def _marked(octets: bytes) -> str:
    return _OCTETS + b2a_base64(octets, newline=False).decode()


def _rates(quota: object) -> str | None:
    if not isinstance(quota, Quota):
        return None
    rates = ", ".join(map(str, quota.limits))
    alone = Quota(rates=rates)
    if any(
        getattr(quota, each.name) != getattr(alone, each.name) for each in fields(Quota)
    ):
        raise ConfigurationError(
            "a store keeps the rates of a consumer's quota, as '3/30s'; what else a "
            "quota says belongs into a policy"
        )
    return rates
