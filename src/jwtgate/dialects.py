"""The ways of the two gateways.

Texts, order of checks, whole-second time, which headers are set. Where a gateway is
lax beyond what its users rely on (NaN as ``exp``, an unanchored ``Bearer``, identity
headers of the client on skipped requests), its dialect does not follow it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from jwtgate.dialect import Dialect
from jwtgate.extraction.bearer import read_bearer_or_bare, read_two_spellings
from jwtgate.identity import (
    CONSUMER_CUSTOM_ID,
    CONSUMER_GROUPS,
    CONSUMER_USERNAME,
    CREDENTIAL_IDENTIFIER,
)
from jwtgate.reason import Reason

__all__ = ["APISIX", "KONG"]


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

# Kong's kong/plugins/jwt/handler.lua and jwt_parser.lua, 3.10.
KONG = Dialect(
    name="kong",
    read_header=read_two_spellings,
    keep_valueless=True,
    cookies_in_any_case=True,
    cookies_quoted=False,
    exempts_every_options=True,
    signature_before_key=True,
    key_claims_must_agree=False,
    asks_groupless=True,
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
        ("Invalid key/secret", (Reason.KEY_UNUSABLE,)),
        ("Invalid signature", (Reason.SIGNATURE_INVALID,)),
        ("no Route matched with those values", (Reason.ROUTE_UNKNOWN,)),
        ("You cannot consume this service", (Reason.CONSUMER_FORBIDDEN,)),
        ("API rate limit exceeded", (Reason.QUOTA_EXCEEDED,)),
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
    quota_headers="by_period",
    describes_error=False,
    content_type="application/json; charset=utf-8",
)

# APISIX's apisix/plugins/jwt-auth.lua, 3.18.
APISIX = Dialect(
    name="apisix",
    read_header=read_bearer_or_bare,
    keep_empty=True,
    keep_valueless=True,
    unique_parameter=True,
    cookies_quoted=False,
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
                Reason.KEY_UNUSABLE,
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
        ("404 Route Not Found", (Reason.ROUTE_UNKNOWN,)),
        ("The consumer_name is forbidden.", (Reason.CONSUMER_FORBIDDEN,)),
    ),
    text_names=MappingProxyType(
        {Reason.ROUTE_UNKNOWN: "error_msg", Reason.QUOTA_EXCEEDED: "error_msg"}
    ),
    statuses=MappingProxyType({Reason.ANONYMOUS_UNKNOWN: 401}),
    error="none",
    describes_error=False,
    content_type="text/plain; charset=utf-8",
    body_end="\n",
    identity_headers=frozenset(
        {
            CONSUMER_CUSTOM_ID,
            CONSUMER_USERNAME,
            CONSUMER_GROUPS,
            CREDENTIAL_IDENTIFIER,
        }
    ),
    anonymous_headers=frozenset({CONSUMER_USERNAME, CONSUMER_GROUPS}),
    credential_identifier="id",
)
