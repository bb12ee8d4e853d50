"""The identity headers that an app behind the gate gets."""

from functools import lru_cache

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
    return _headers(
        consumer.id,
        consumer.custom_id,
        consumer.username,
        tuple(consumer.groups) if policy.groups_header else (),
        (CREDENTIAL_IDENTIFIER, identifier),
        dialect.identity_headers,
    )


def anonymous_headers(consumer: Consumer, policy: Policy) -> HeaderPairs:
    """Give the headers of the anonymous consumer, where there is a value."""
    return _headers(
        consumer.id,
        consumer.custom_id,
        consumer.username,
        tuple(consumer.groups) if policy.groups_header else (),
        (ANONYMOUS_CONSUMER, "true"),
        policy.dialect.anonymous_headers,
    )


@lru_cache(maxsize=1024)
def _headers(
    consumer_id: str,
    custom_id: str | None,
    username: str | None,
    groups: tuple[str, ...],
    last: tuple[str, str],
    names: frozenset[str],
) -> HeaderPairs:
    candidates = (
        (CONSUMER_ID, consumer_id),
        (CONSUMER_CUSTOM_ID, custom_id),
        (CONSUMER_USERNAME, username),
        (CONSUMER_GROUPS, ", ".join(groups)),
        last,
    )
    return tuple(
        (name, header_text(value))
        for name, value in candidates
        if value and name in names
    )
