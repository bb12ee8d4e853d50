"""The identity headers that an app behind the gate gets."""

from collections.abc import Collection

from jwtgate.consumer import Consumer
from jwtgate.credential import CredentialView
from jwtgate.dialect import Dialect
from jwtgate.identity import (
    ANONYMOUS_CONSUMER,
    CONSUMER_CUSTOM_ID,
    CONSUMER_GROUPS,
    CONSUMER_ID,
    CONSUMER_USERNAME,
    CREDENTIAL_IDENTIFIER,
    header_text,
)
from jwtgate.outcome import HeaderPairs

__all__ = ["anonymous_headers", "authenticated_headers"]


def authenticated_headers(
    consumer: Consumer, credential: CredentialView, dialect: Dialect
) -> HeaderPairs:
    """Give the headers of a consumer and the credential, where there is a value."""
    identifier = credential.key
    if dialect.credential_identifier == "id":
        identifier = credential.id or ""
    return _chosen(
        consumer, (CREDENTIAL_IDENTIFIER, identifier), dialect.identity_headers
    )


def anonymous_headers(consumer: Consumer, dialect: Dialect) -> HeaderPairs:
    """Give the headers of the anonymous consumer, where there is a value."""
    return _chosen(consumer, (ANONYMOUS_CONSUMER, "true"), dialect.anonymous_headers)


def _chosen(
    consumer: Consumer, last: tuple[str, str], names: Collection[str]
) -> HeaderPairs:
    candidates = (
        (CONSUMER_ID, consumer.id),
        (CONSUMER_CUSTOM_ID, consumer.custom_id),
        (CONSUMER_USERNAME, consumer.username),
        (CONSUMER_GROUPS, ", ".join(consumer.groups)),
        last,
    )
    return tuple(
        (name, header_text(value))
        for name, value in candidates
        if value and name in names
    )
