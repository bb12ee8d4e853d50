"""The members that the tables of jwtgate's own files may have, and what each holds."""

from collections.abc import Mapping
from types import MappingProxyType

from jwtgate.configs.native.kind import (
    SECONDS,
    SWITCH,
    TABLE,
    TEXT,
    TEXTS,
    WHOLE,
    WHOLE_SECONDS,
    Kind,
    is_texts,
)

__all__ = [
    "ACCESS",
    "AGES",
    "ANSWER",
    "AWS",
    "CONSUMER",
    "CREDENTIAL",
    "GCP",
    "POLICY",
    "QUOTA",
    "QUOTAS",
    "ROUTE",
    "TERMS",
    "VAULT",
    "Kind",
]

_KEY = Kind(
    expected="a text (a PEM or a JWK), or a table (a JWK)",
    fits=lambda value: isinstance(value, str | dict),
)
_CONSUMER = Kind(
    expected="the id or username of a consumer, or a table (a consumer)",
    fits=lambda value: isinstance(value, str | dict),
)
_GATEWAY = Kind(
    expected='"native", "kong" or "apisix"',
    fits=lambda value: value in ("native", "kong", "apisix"),
)

_QUOTA = Kind(
    expected='a rate such as "3/30s", or a table (a quota)',
    fits=lambda value: isinstance(value, str | dict),
)
_QUOTAS = Kind(
    expected='a rate such as "3/30s", a table (a quota), or a list of these',
    fits=lambda value: isinstance(value, str | dict | list),
)
_ACCESS = Kind(
    expected="a table (a rule of access), or a list of these",
    fits=lambda value: isinstance(value, dict | list),
)
_METHODS = Kind(
    expected="a table of lists of methods, by consumer",
    fits=lambda value: isinstance(value, dict) and all(map(is_texts, value.values())),
)

ANSWER: Mapping[str, Kind] = MappingProxyType(
    {
        "status": WHOLE,
        "message": TEXT.or_null(),
        "body": TEXT.or_null(),
        "content_type": TEXT.or_null(),
    }
)
"""The members of an answer, such as ``termination``."""

QUOTA: Mapping[str, Kind] = MappingProxyType(
    {
        "rates": TEXT,
        "per": TEXTS,
        "scope": TEXT,
        "aligned": SWITCH,
        "storage": TEXT,
        "when_down": TEXT,
        "answer": TABLE.or_null(),
        "shown": SWITCH,
    }
)
"""The members of a quota that is a table."""

QUOTAS: Mapping[str, Kind] = MappingProxyType({"storage": TEXT, "when_down": TEXT})
"""The members of ``quotas``: what holds for all of a file."""

ACCESS: Mapping[str, Kind] = MappingProxyType(
    {
        "allow_consumers": TEXTS,
        "deny_consumers": TEXTS,
        "allow_groups": TEXTS,
        "deny_groups": TEXTS,
        "allow_methods": _METHODS,
        "answer": TABLE.or_null(),
    }
)
"""The members of a rule of access."""

TERMS: Mapping[str, Kind] = MappingProxyType(
    {
        "quota": _QUOTAS.or_null(),
        "access": _ACCESS.or_null(),
        "termination": TABLE.or_null(),
    }
)
"""What a policy, or one consumer, holds callers to."""

POLICY: Mapping[str, Kind] = MappingProxyType(
    {
        "gateway": _GATEWAY,
        "strict": SWITCH,
        "header_names": TEXTS,
        "query_names": TEXTS,
        "cookie_names": TEXTS,
        "multiple_tokens": TEXT,
        "key_claim": TEXT,
        "key_claim_in": TEXTS,
        "claims_to_verify": TEXTS,
        "required_claims": TEXTS,
        "leeway": SECONDS,
        "maximum_expiration": SECONDS.or_null(),
        "issuer": TEXTS,
        "audience": TEXTS,
        "types": TEXTS,
        "algorithms": TEXTS,
        "anonymous": _CONSUMER.or_null(),
        "anonymous_for": TEXT,
        "run_on_preflight": SWITCH,
        "hide_credentials": SWITCH,
        "csrf": SWITCH,
        "trusted_origins": TEXTS,
        "realm": TEXT.or_null(),
        "groups_header": SWITCH,
        **TERMS,
        "consumer_terms": TABLE,
        "error_response": TEXT.or_null(),
        "secret_is_base64": SWITCH.or_null(),
        "mode": TEXT,
    }
)
"""The members of ``policy``: the fields of a policy, and whose constructor."""

CONSUMER: Mapping[str, Kind] = MappingProxyType(
    {
        "username": TEXT.or_null(),
        "custom_id": TEXT.or_null(),
        "id": TEXT,
        "groups": TEXTS,
        "tags": TEXTS,
        "quota": _QUOTA.or_null(),
        "enabled": SWITCH,
    }
)
"""The members of a consumer, but for its credentials."""

CREDENTIAL: Mapping[str, Kind] = MappingProxyType(
    {
        "key": TEXT,
        "algorithm": TEXT,
        "secret": TEXT.or_null(),
        "public_key": _KEY.or_null(),
        "secret_is_base64": SWITCH,
        "kid": TEXT.or_null(),
        "id": TEXT.or_null(),
        "tags": TEXTS,
        "token_lifetime": WHOLE_SECONDS,
        "lifetime_grace_period": SECONDS.or_null(),
        "not_before": SECONDS.or_null(),
        "retire_after": SECONDS.or_null(),
        "enabled": SWITCH,
        "consumer_claim": TEXT.or_null(),
        "audience": TEXTS,
        "types": TEXTS,
        "allow_weak_secret": SWITCH,
    }
)
"""The members of a credential."""

ROUTE: Mapping[str, Kind] = MappingProxyType(
    {
        "path": TEXT,
        "prefix": SWITCH,
        "methods": TEXTS,
        "hosts": TEXTS,
        "public": SWITCH,
        "priority": WHOLE,
    }
)
"""The members of a route, but for its policy."""

AGES: Mapping[str, Kind] = MappingProxyType(
    {"refresh_every": SECONDS, "keep_for": SECONDS, "retry_after": SECONDS}
)
"""The members of ``secrets`` beside its managers."""

VAULT: Mapping[str, Kind] = MappingProxyType(
    {
        "url": TEXT,
        "mount": TEXT,
        "prefix": TEXT,
        "version": WHOLE,
        "token": TEXT,
        "role_id": TEXT,
        "secret_id": TEXT,
        "approle": TEXT,
        "namespace": TEXT,
        "ca_cert": TEXT,
        "timeout": SECONDS,
    }
)
"""The members of a Vault."""

AWS: Mapping[str, Kind] = MappingProxyType(
    {
        "region": TEXT,
        "endpoint_url": TEXT,
        "access_key_id": TEXT,
        "secret_access_key": TEXT,
        "session_token": TEXT,
        "timeout": SECONDS,
    }
)
"""The members of an AWS Secrets Manager."""

GCP: Mapping[str, Kind] = MappingProxyType(
    {
        "project": TEXT,
        "credentials_file": TEXT,
        "credentials": TABLE,
        "endpoint": TEXT,
        "timeout": SECONDS,
    }
)
"""The members of a Google Cloud Secret Manager."""
