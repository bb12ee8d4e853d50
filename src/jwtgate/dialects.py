"""What differs between the gateways beyond what is a user's choice.

Texts, order of checks, whole-second time, which headers are set. Where a gateway is
lax beyond what its users rely on (NaN as ``exp``, an unanchored ``Bearer``, identity
headers of the client on skipped requests), no dialect follows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from jwtgate.extraction.bearer import (
    HeaderReader,
    read_bearer,
    read_bearer_or_bare,
    read_two_spellings,
)
from jwtgate.identity import (
    ANONYMOUS_CONSUMER,
    CONSUMER_CUSTOM_ID,
    CONSUMER_GROUPS,
    CONSUMER_ID,
    CONSUMER_USERNAME,
    CREDENTIAL_IDENTIFIER,
)
from jwtgate.reason import Reason

__all__ = ["APISIX", "KONG", "NATIVE", "Dialect", "strict"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dialect:
    """One gateway's ways; the defaults are jwtgate's own.

    Attributes:
        name: For messages.
        read_header: The form of a header that holds a token.
        keep_empty: An empty value in a carrier is a (malformed) token.
        keep_valueless: A parameter without ``=`` is a (malformed) token.
        unique_parameter: A repeated parameter is refused, equal values too.
        cookies_in_any_case: Names of cookies match in any case.
        exempts_every_options: ``run_on_preflight=False`` exempts every OPTIONS, not
            only true preflights.
        algorithm_before_key: An ``alg`` that is not allowed is refused before the
            look-up, else like one that differs from the credential's.
        signature_before_key: A signature segment that is no base64url is refused
            before the look-up, else when it is checked.
        key_claims_must_agree: A key in the payload and another in the header refuse;
            else the payload's counts.
        hides_keys: All failures about keys have one text, and cost the same work.
        whole_seconds: The time is cut to seconds.
        nbf_exclusive: The very second of ``nbf`` is too early.
        texts: What the client is told; ``{name}`` is the key claim's name,
            ``{anonymous}`` the anonymous consumer's. A reason that is not listed has
            its own text.
        claim_texts: The same, where the body has the claim's name for ``message``.
        statuses: HTTP statuses that differ from the reason's own.
        error: What ``error`` of the challenge says: the reason's own code, always
            ``invalid_token`` once a token came, or nothing.
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
    exempts_every_options: bool = False
    algorithm_before_key: bool = True
    signature_before_key: bool = False
    key_claims_must_agree: bool = True
    hides_keys: bool = True
    whole_seconds: bool = False
    nbf_exclusive: bool = False
    texts: Mapping[Reason, str] = field(default_factory=dict)
    claim_texts: Mapping[Reason, str] = field(default_factory=dict)
    statuses: Mapping[Reason, int] = field(default_factory=dict)
    error: Literal["own", "invalid_token", "none"] = "own"
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


def _texts(*rows: tuple[str, tuple[Reason, ...]]) -> Mapping[Reason, str]:
    return MappingProxyType({reason: text for text, group in rows for reason in group})


_UNREADABLE = (
    Reason.TOKEN_TOO_LONG,
    Reason.TOKEN_MALFORMED,
    Reason.HEADER_MALFORMED,
    Reason.PAYLOAD_MALFORMED,
    Reason.EXTENSION_UNSUPPORTED,
)
_SEVERAL = (
    Reason.TOKEN_REPEATED,
    Reason.TOKENS_DIFFER,
    Reason.CARRIER_TOO_LONG,
)
# To these gateways a key that is off duty does not exist, nor does its consumer.
_NO_SUCH_KEY = (
    Reason.KEY_UNKNOWN,
    Reason.KID_UNKNOWN,
    Reason.CREDENTIAL_DISABLED,
    Reason.CREDENTIAL_NOT_YET_VALID,
    Reason.CREDENTIAL_RETIRED,
    Reason.CONSUMER_DISABLED,
)

NATIVE = Dialect()

# Kong's kong/plugins/jwt/handler.lua and jwt_parser.lua, 3.10.
KONG = Dialect(
    name="kong",
    read_header=read_two_spellings,
    keep_valueless=True,
    cookies_in_any_case=True,
    exempts_every_options=True,
    signature_before_key=True,
    key_claims_must_agree=False,
    hides_keys=False,
    whole_seconds=True,
    texts=_texts(
        ("Unauthorized", (Reason.TOKEN_MISSING,)),
        ("Multiple tokens provided", _SEVERAL),
        ("Unrecognizable token", (Reason.TOKEN_UNRECOGNIZABLE,)),
        ("Bad token; invalid JSON", _UNREADABLE),
        ("Bad token; invalid claims", (Reason.PAYLOAD_NOT_OBJECT,)),
        ("Bad token; invalid alg", (Reason.ALGORITHM_UNSUPPORTED,)),
        ("Bad token; invalid signature", (Reason.SIGNATURE_MALFORMED,)),
        ("No mandatory '{name}' in claims", (Reason.KEY_CLAIM_MISSING,)),
        ("Invalid '{name}' in claims", (Reason.KEY_CLAIM_INVALID,)),
        ("No credentials found for given '{name}'", _NO_SUCH_KEY),
        ("Invalid algorithm", (Reason.ALGORITHM_MISMATCH,)),
        ("Invalid signature", (Reason.SIGNATURE_INVALID,)),
        (
            "anonymous consumer {anonymous} is configured but doesn't exist",
            (Reason.ANONYMOUS_UNKNOWN,),
        ),
    ),
    claim_texts=_texts(
        ("must be a number", (Reason.CLAIM_MISSING, Reason.CLAIM_INVALID)),
        ("token expired", (Reason.TOKEN_EXPIRED,)),
        ("token not valid yet", (Reason.TOKEN_NOT_YET_VALID,)),
        ("exceeds maximum allowed expiration", (Reason.EXPIRATION_TOO_FAR,)),
    ),
    statuses=MappingProxyType({Reason.ANONYMOUS_UNKNOWN: 500}),
    error="invalid_token",
    describes_error=False,
    content_type="application/json; charset=utf-8",
    identity_headers=NATIVE.identity_headers - {CONSUMER_GROUPS},
    anonymous_headers=NATIVE.anonymous_headers - {CONSUMER_GROUPS},
)

# APISIX's apisix/plugins/jwt-auth.lua, 3.18.
APISIX = Dialect(
    name="apisix",
    read_header=read_bearer_or_bare,
    keep_empty=True,
    keep_valueless=True,
    unique_parameter=True,
    algorithm_before_key=False,
    key_claims_must_agree=False,
    hides_keys=False,
    whole_seconds=True,
    nbf_exclusive=True,
    texts=_texts(
        ("Missing JWT token in request", (Reason.TOKEN_MISSING,)),
        (
            "JWT token invalid",
            (*_UNREADABLE, *_SEVERAL, Reason.TOKEN_UNRECOGNIZABLE),
        ),
        (
            "missing user key in JWT token",
            (Reason.KEY_CLAIM_MISSING, Reason.PAYLOAD_NOT_OBJECT),
        ),
        ("Invalid user key in JWT token", (Reason.KEY_CLAIM_INVALID, *_NO_SUCH_KEY)),
        (
            "failed to verify jwt",
            (
                Reason.ALGORITHM_UNSUPPORTED,
                Reason.ALGORITHM_MISMATCH,
                Reason.SIGNATURE_MALFORMED,
                Reason.SIGNATURE_INVALID,
                Reason.TOKEN_EXPIRED,
                Reason.TOKEN_NOT_YET_VALID,
                Reason.EXPIRATION_TOO_FAR,
                Reason.CLAIM_MISSING,
                Reason.CLAIM_INVALID,
                Reason.ISSUER_MISMATCH,
                Reason.AUDIENCE_MISMATCH,
                Reason.TYPE_MISMATCH,
            ),
        ),
        ("Invalid user authorization", (Reason.ANONYMOUS_UNKNOWN,)),
    ),
    statuses=MappingProxyType({Reason.ANONYMOUS_UNKNOWN: 401}),
    error="none",
    describes_error=False,
    content_type="text/plain; charset=utf-8",
    body_end="\n",
    identity_headers=frozenset(
        {CONSUMER_CUSTOM_ID, CONSUMER_USERNAME, CREDENTIAL_IDENTIFIER}
    ),
    anonymous_headers=frozenset({CONSUMER_USERNAME}),
    credential_identifier="id",
)


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
        claim_texts=dialect.claim_texts,
        error=dialect.error,
        describes_error=dialect.describes_error,
        content_type=dialect.content_type,
        body_end=dialect.body_end,
        identity_headers=dialect.identity_headers,
        anonymous_headers=dialect.anonymous_headers,
        credential_identifier=dialect.credential_identifier,
    )
