"""The identity headers that an app behind the gate gets."""

from collections.abc import Collection

from jwtgate.consumer import Consumer
from jwtgate.credential import CredentialView
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
from jwtgate.policy import Policy

__all__ = ["anonymous_headers", "authenticated_headers"]


def authenticated_headers(
    consumer: Consumer, credential: CredentialView, policy: Policy
) -> HeaderPairs:
    """Give the headers of a consumer and the credential, where there is a value."""
    dialect = policy.dialect
    identifier = credential.key
    if dialect.credential_identifier == "id":
        identifier = credential.id or ""
    names = dialect.identity_headers
    return _chosen(consumer, (CREDENTIAL_IDENTIFIER, identifier), names, policy)


def anonymous_headers(consumer: Consumer, policy: Policy) -> HeaderPairs:
    """Give the headers of the anonymous consumer, where there is a value."""
    names = policy.dialect.anonymous_headers
    return _chosen(consumer, (ANONYMOUS_CONSUMER, "true"), names, policy)


def _chosen(
    consumer: Consumer, last: tuple[str, str], names: Collection[str], policy: Policy
) -> HeaderPairs:
    groups = consumer.groups if policy.groups_header else ()
    candidates = (
        (CONSUMER_ID, consumer.id),
        (CONSUMER_CUSTOM_ID, consumer.custom_id),
        (CONSUMER_USERNAME, consumer.username),
        (CONSUMER_GROUPS, ", ".join(groups)),
        last,
    )
    return tuple(
        (name, header_text(value))
        for name, value in candidates
        if value and name in names
    )
