"""Consumers and credentials as tables and JSON have them: never a secret."""

from collections.abc import Mapping, Sequence
from typing import Final

from jwtgate.cli.times import utc
from jwtgate.consumer import Consumer
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.quota import Quota
from jwtgate.stores.records import credential_record

__all__ = [
    "CONSUMER_COLUMNS",
    "CREDENTIAL_COLUMNS",
    "consumer_json",
    "consumer_row",
    "credential_json",
    "credential_row",
    "name_of",
    "state_of",
]

CONSUMER_COLUMNS: Final = ("username", "custom_id", "groups", "quota", "state", "id")
CREDENTIAL_COLUMNS: Final = ("key", "kid", "consumer", "algorithm", "state", "tags")
_NONE: Final = "-"


def name_of(consumer: Consumer) -> str:
    """Give what people call a consumer."""
    return consumer.username or consumer.custom_id or consumer.id


def consumer_row(consumer: Consumer) -> Sequence[str]:
    """Give the cells of :data:`CONSUMER_COLUMNS`."""
    return (
        consumer.username or _NONE,
        consumer.custom_id or _NONE,
        ",".join(consumer.groups) or _NONE,
        _rates(consumer) or _NONE,
        "live" if consumer.enabled else "disabled",
        consumer.id,
    )


def consumer_json(consumer: Consumer) -> Mapping[str, object]:
    """Give the members of a consumer."""
    return {
        "id": consumer.id,
        "username": consumer.username,
        "custom_id": consumer.custom_id,
        "groups": list(consumer.groups),
        "tags": list(consumer.tags),
        "quota": _rates(consumer),
        "enabled": consumer.enabled,
    }


def credential_row(row: Credential | UnusableCredential, now: float) -> Sequence[str]:
    """Give the cells of :data:`CREDENTIAL_COLUMNS`."""
    if isinstance(row, UnusableCredential):
        return (
            row.key,
            _NONE,
            _NONE,
            row.algorithm or _NONE,
            state_of(row, now),
            _NONE,
        )
    return (
        row.key,
        row.kid or _NONE,
        name_of(row.consumer),
        row.algorithm,
        state_of(row, now),
        ",".join(row.tags) or _NONE,
    )


def credential_json(
    row: Credential | UnusableCredential, now: float
) -> Mapping[str, object]:
    """Give the members of a credential, less what verifies."""
    if isinstance(row, UnusableCredential):
        return {
            "key": row.key,
            "algorithm": row.algorithm,
            "state": "unusable",
            "why": row.why,
        }
    return {
        **credential_record(row),
        "consumer": consumer_json(row.consumer),
        "state": state_of(row, now),
    }


def state_of(row: Credential | UnusableCredential, now: float) -> str:
    """Say whether a credential may be used, and until when."""
    if isinstance(row, UnusableCredential):
        return f"unusable: {row.why}"
    if not row.enabled:
        return "disabled"
    if row.not_before is not None and now < row.not_before:
        return f"from {_moment(row.not_before)}"
    if row.retire_after is None:
        return "live"
    if now < row.retire_after:
        return f"until {_moment(row.retire_after)}"
    return f"retired {_moment(row.retire_after)}"


def _moment(seconds: float) -> str:
    return utc(seconds) or str(seconds)


def _rates(consumer: Consumer) -> str | None:
    # Not what else it has: the URL of where it counts may have a password.
    quota = consumer.quota
    return ", ".join(map(str, quota.limits)) if isinstance(quota, Quota) else None
