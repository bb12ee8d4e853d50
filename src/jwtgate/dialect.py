"""What may differ between gateways beyond what is a user's choice."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Literal

from jwtgate.extraction.bearer import HeaderReader, read_bearer
from jwtgate.identity import (
    ANONYMOUS_CONSUMER,
    CONSUMER_CUSTOM_ID,
    CONSUMER_GROUPS,
    CONSUMER_ID,
    CONSUMER_USERNAME,
    CREDENTIAL_IDENTIFIER,
)
from jwtgate.reason import Reason

__all__ = ["NATIVE", "Dialect", "strict"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Dialect:
    """One gateway's ways; the defaults are jwtgate's own.

    Attributes:
        name: For messages.
        read_header: The form of a header that holds a token.
        keep_empty: An empty value in a carrier is a (malformed) token.
        keep_valueless: A parameter without ``=`` is a (malformed) token.
        unique_parameter: A repeated parameter is refused, equal values too.
        cookies_in_any_case: Names of cookies match in any case.
        cookies_quoted: One pair of quotes around a cookie's value is none of it.
        exempts_every_options: ``run_on_preflight=False`` exempts every OPTIONS, not
            only true preflights.
        algorithm_before_key: An ``alg`` that is not allowed is refused before the
            look-up, else like one that differs from the credential's.
        signature_before_key: A signature segment that is no base64url is refused
            before the look-up, else when it is checked.
        key_claims_must_agree: A key in the payload and another in the header refuse;
            else the payload's counts.
        asks_groupless: Where groups are allowed, who is anonymous and in no group is
            asked for a token, not forbidden.
        hides_keys: All failures about keys have one text, and cost the same work.
        whole_seconds: The time is cut to seconds.
        nbf_exclusive: The very second of ``nbf`` is too early.
        texts: What the client is told; ``{name}`` is the key claim's name,
            ``{anonymous}`` the anonymous consumer's. A reason that is not listed has
            its own text.
        text_names: What the member with the text is called, if not ``message``.
        claim_texts: Texts for which the body has the claim's name for ``message``.
        statuses: HTTP statuses that differ from the reason's own.
        error: What ``error`` of the challenge says: the reason's own code, always
            ``invalid_token`` once a token came, or nothing.
        quota_headers: ``X-RateLimit-Limit``, ``-Remaining`` and ``-Reset`` of the
            rate that has least left; or Kong's, of each rate by its period.
        describes_error: The challenge has an ``error_description``.
        content_type: Of the body.
        body_end: What follows the JSON.
        identity_headers: Which identity headers are set.
        anonymous_headers: The same for the anonymous consumer.
        credential_identifier: What ``X-Credential-Identifier`` says.
    """

    name: str = "jwtgate"
    read_header: HeaderReader = read_bearer
    keep_empty: bool = False
    keep_valueless: bool = False
    unique_parameter: bool = False
    cookies_in_any_case: bool = False
    cookies_quoted: bool = True
    exempts_every_options: bool = False
    algorithm_before_key: bool = True
    signature_before_key: bool = False
    key_claims_must_agree: bool = True
    asks_groupless: bool = False
    hides_keys: bool = True
    whole_seconds: bool = False
    nbf_exclusive: bool = False
    texts: Mapping[Reason, str] = field(default_factory=dict)
    text_names: Mapping[Reason, str] = field(default_factory=dict)
    claim_texts: Mapping[Reason, str] = field(default_factory=dict)
    statuses: Mapping[Reason, int] = field(default_factory=dict)
    error: Literal["own", "invalid_token", "none"] = "own"
    quota_headers: Literal["tightest", "by_period"] = "tightest"
    describes_error: bool = True
    content_type: str = "application/json"
    body_end: str = ""
    identity_headers: frozenset[str] = frozenset(
        {
            CONSUMER_ID,
            CONSUMER_CUSTOM_ID,
            CONSUMER_USERNAME,
            CONSUMER_GROUPS,
            CREDENTIAL_IDENTIFIER,
        }
    )
    anonymous_headers: frozenset[str] = frozenset(
        {
            CONSUMER_ID,
            CONSUMER_CUSTOM_ID,
            CONSUMER_USERNAME,
            CONSUMER_GROUPS,
            ANONYMOUS_CONSUMER,
        }
    )
    credential_identifier: Literal["key", "id"] = "key"


NATIVE = Dialect()


@cache
def strict(dialect: Dialect) -> Dialect:
    """Keep a gateway's names and texts, with jwtgate's own strictness.

    All failures about keys get the text of a bad signature in that gateway.
    """
    one_text = dialect.texts[Reason.SIGNATURE_INVALID]
    return replace(
        NATIVE,
        name=dialect.name,
        texts=MappingProxyType(
            dict(dialect.texts)
            | {reason: one_text for reason in Reason if reason.about_keys}
        ),
        text_names=dialect.text_names,
        claim_texts=dialect.claim_texts,
        quota_headers=dialect.quota_headers,
        error=dialect.error,
        describes_error=dialect.describes_error,
        content_type=dialect.content_type,
        body_end=dialect.body_end,
        identity_headers=dialect.identity_headers,
        anonymous_headers=dialect.anonymous_headers,
        credential_identifier=dialect.credential_identifier,
    )
