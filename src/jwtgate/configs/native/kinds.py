"""The members that the tables of jwtgate's own files may have, and what each holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

__all__ = [
    "ACCESS",
    "ANSWER",
    "CONSUMER",
    "CREDENTIAL",
    "POLICY",
    "QUOTA",
    "QUOTAS",
    "ROUTE",
    "TERMS",
    "Kind",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a member may hold.

    Attributes:
        expected: Its words.
        fits: Whether a value is one. What it means is checked by whoever takes it.
    """

    expected: str
    fits: Callable[[object], bool]

    def or_null(self) -> "Kind":
        """Take null beside, which switches something off."""
        fits = self.fits
        return replace(
            self,
            expected=f"{self.expected}, or null",
            fits=lambda value: value is None or fits(value),
        )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_TEXT = Kind(expected="a text", fits=lambda value: isinstance(value, str))
_TEXTS = Kind(expected="a list of texts", fits=_is_texts)
_SWITCH = Kind(expected="true or false", fits=lambda value: type(value) is bool)
_SECONDS = Kind(
    expected="a number of seconds", fits=lambda value: type(value) in (int, float)
)
_WHOLE_SECONDS = Kind(
    expected="a whole number of seconds", fits=lambda value: type(value) is int
)
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

_TABLE = Kind(expected="a table", fits=lambda value: isinstance(value, dict))
_WHOLE = Kind(expected="a whole number", fits=lambda value: type(value) is int)
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
    fits=lambda value: isinstance(value, dict) and all(map(_is_texts, value.values())),
)

ANSWER: Mapping[str, Kind] = MappingProxyType(
    {
        "status": _WHOLE,
        "message": _TEXT.or_null(),
        "body": _TEXT.or_null(),
        "content_type": _TEXT.or_null(),
    }
)
"""The members of an answer, such as ``termination``."""

QUOTA: Mapping[str, Kind] = MappingProxyType(
    {
        "rates": _TEXT,
        "per": _TEXTS,
        "scope": _TEXT,
        "aligned": _SWITCH,
        "storage": _TEXT,
        "when_down": _TEXT,
        "answer": _TABLE.or_null(),
        "shown": _SWITCH,
    }
)
"""The members of a quota that is a table."""

QUOTAS: Mapping[str, Kind] = MappingProxyType({"storage": _TEXT, "when_down": _TEXT})
"""The members of ``quotas``: what holds for all of a file."""

ACCESS: Mapping[str, Kind] = MappingProxyType(
    {
        "allow_consumers": _TEXTS,
        "deny_consumers": _TEXTS,
        "allow_groups": _TEXTS,
        "deny_groups": _TEXTS,
        "allow_methods": _METHODS,
        "answer": _TABLE.or_null(),
    }
)
"""The members of a rule of access."""

TERMS: Mapping[str, Kind] = MappingProxyType(
    {
        "quota": _QUOTAS.or_null(),
        "access": _ACCESS.or_null(),
        "termination": _TABLE.or_null(),
    }
)
"""What a policy, or one consumer, holds callers to."""

POLICY: Mapping[str, Kind] = MappingProxyType(
    {
        "gateway": _GATEWAY,
        "strict": _SWITCH,
        "header_names": _TEXTS,
        "query_names": _TEXTS,
        "cookie_names": _TEXTS,
        "multiple_tokens": _TEXT,
        "key_claim": _TEXT,
        "key_claim_in": _TEXTS,
        "claims_to_verify": _TEXTS,
        "required_claims": _TEXTS,
        "leeway": _SECONDS,
        "maximum_expiration": _SECONDS.or_null(),
        "issuer": _TEXTS,
        "audience": _TEXTS,
        "types": _TEXTS,
        "algorithms": _TEXTS,
        "anonymous": _CONSUMER.or_null(),
        "anonymous_for": _TEXT,
        "run_on_preflight": _SWITCH,
        "hide_credentials": _SWITCH,
        "csrf": _SWITCH,
        "trusted_origins": _TEXTS,
        "realm": _TEXT.or_null(),
        "groups_header": _SWITCH,
        **TERMS,
        "consumer_terms": _TABLE,
        "error_response": _TEXT.or_null(),
        "secret_is_base64": _SWITCH.or_null(),
        "mode": _TEXT,
    }
)
"""The members of ``policy``: the fields of a policy, and whose constructor."""

CONSUMER: Mapping[str, Kind] = MappingProxyType(
    {
        "username": _TEXT.or_null(),
        "custom_id": _TEXT.or_null(),
        "id": _TEXT,
        "groups": _TEXTS,
        "tags": _TEXTS,
        "quota": _QUOTA.or_null(),
        "enabled": _SWITCH,
    }
)
"""The members of a consumer, but for its credentials."""

CREDENTIAL: Mapping[str, Kind] = MappingProxyType(
    {
        "key": _TEXT,
        "algorithm": _TEXT,
        "secret": _TEXT.or_null(),
        "public_key": _KEY.or_null(),
        "secret_is_base64": _SWITCH,
        "kid": _TEXT.or_null(),
        "id": _TEXT.or_null(),
        "tags": _TEXTS,
        "token_lifetime": _WHOLE_SECONDS,
        "lifetime_grace_period": _SECONDS.or_null(),
        "not_before": _SECONDS.or_null(),
        "retire_after": _SECONDS.or_null(),
        "enabled": _SWITCH,
        "consumer_claim": _TEXT.or_null(),
        "allow_weak_secret": _SWITCH,
    }
)
"""The members of a credential."""

ROUTE: Mapping[str, Kind] = MappingProxyType(
    {
        "path": _TEXT,
        "prefix": _SWITCH,
        "methods": _TEXTS,
        "hosts": _TEXTS,
        "public": _SWITCH,
        "priority": _WHOLE,
    }
)
"""The members of a route, but for its policy."""
