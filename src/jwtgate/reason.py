"""Why a request is refused: the one table of reasons."""

from enum import Enum, unique
from typing import Self

# RFC 6750 3: the characters an error_description may hold leave out '"' and '\'.
_MALFORMED = "The token is malformed"
# One text until the signature holds (RFC 8725 has no say here; security: enumeration
# of keys). Whoever changes one of these texts tells attackers which keys exist.
_UNVERIFIED = "The token could not be verified"
_UNAVAILABLE = "Authentication is temporarily unavailable"


@unique
class Reason(Enum):
    """A stable slug with its HTTP status, RFC 6750 error code and public text.

    ``Reason("token_expired")`` finds a member by its slug. The slug goes to logs and
    to :attr:`jwtgate.Denied.reason`; only the public text goes to the client.

    Attributes:
        code: The slug, the same as ``value``.
        status: HTTP status of the refusal.
        bearer_error: ``error`` of the challenge (RFC 6750 section 3.1), or None where
            the challenge has no error or there is no challenge.
        text: What the client is told.
    """

    code: str
    status: int
    bearer_error: str | None
    text: str

    # The request itself.
    TOKEN_MISSING = "token_missing", 401, None, "A bearer token is required"
    TOKEN_REPEATED = (
        "token_repeated",
        401,
        "invalid_request",
        "The header of the token was sent more than once",
    )
    TOKENS_DIFFER = (
        "tokens_differ",
        401,
        "invalid_request",
        "The request carries more than one token",
    )
    TOKEN_UNRECOGNIZABLE = (
        "token_unrecognizable",
        401,
        "invalid_request",
        "A token parameter has no value",
    )
    CARRIER_TOO_LONG = (
        "carrier_too_long",
        401,
        "invalid_request",
        "The request is too long to look for a token in",
    )
    PATH_AMBIGUOUS = "path_ambiguous", 400, None, "The path is ambiguous"
    ROUTE_UNKNOWN = "route_unknown", 404, None, "No route is for this path"
    CROSS_SITE = "cross_site", 403, None, "Cross-site request refused"

    # The form of the token.
    TOKEN_TOO_LONG = "token_too_long", 401, "invalid_token", "The token is too long"
    TOKEN_MALFORMED = "token_malformed", 401, "invalid_token", _MALFORMED
    HEADER_MALFORMED = "header_malformed", 401, "invalid_token", _MALFORMED
    PAYLOAD_MALFORMED = "payload_malformed", 401, "invalid_token", _MALFORMED
    PAYLOAD_NOT_OBJECT = "payload_not_object", 401, "invalid_token", _MALFORMED
    EXTENSION_UNSUPPORTED = (
        "extension_unsupported",
        401,
        "invalid_token",
        "The token uses an extension that is not supported",
    )
    ALGORITHM_UNSUPPORTED = (
        "algorithm_unsupported",
        401,
        "invalid_token",
        "The algorithm of the token is not supported",
    )
    KEY_CLAIM_MISSING = (
        "key_claim_missing",
        401,
        "invalid_token",
        "The token does not name its key",
    )
    KEY_CLAIM_INVALID = (
        "key_claim_invalid",
        401,
        "invalid_token",
        "The token does not name its key by a text",
    )
    KEY_CLAIM_CONFLICT = (
        "key_claim_conflict",
        401,
        "invalid_token",
        "The token names two different keys",
    )

    # Its key: all alike to the client, until the signature holds.
    KEY_UNKNOWN = "key_unknown", 401, "invalid_token", _UNVERIFIED
    KID_UNKNOWN = "kid_unknown", 401, "invalid_token", _UNVERIFIED
    CREDENTIAL_DISABLED = "credential_disabled", 401, "invalid_token", _UNVERIFIED
    CREDENTIAL_NOT_YET_VALID = (
        "credential_not_yet_valid",
        401,
        "invalid_token",
        _UNVERIFIED,
    )
    CREDENTIAL_RETIRED = "credential_retired", 401, "invalid_token", _UNVERIFIED
    CONSUMER_DISABLED = "consumer_disabled", 401, "invalid_token", _UNVERIFIED
    ALGORITHM_MISMATCH = "algorithm_mismatch", 401, "invalid_token", _UNVERIFIED
    KEY_UNUSABLE = "key_unusable", 401, "invalid_token", _UNVERIFIED
    SIGNATURE_MALFORMED = "signature_malformed", 401, "invalid_token", _UNVERIFIED
    SIGNATURE_INVALID = "signature_invalid", 401, "invalid_token", _UNVERIFIED

    # Its claims, after a good signature.
    TOKEN_EXPIRED = "token_expired", 401, "invalid_token", "The token has expired"
    TOKEN_NOT_YET_VALID = (
        "token_not_yet_valid",
        401,
        "invalid_token",
        "The token is not valid yet",
    )
    EXPIRATION_TOO_FAR = (
        "expiration_too_far",
        401,
        "invalid_token",
        "The token expires later than is allowed",
    )
    CLAIM_MISSING = "claim_missing", 401, "invalid_token", "The token lacks a claim"
    CLAIM_INVALID = (
        "claim_invalid",
        401,
        "invalid_token",
        "A claim of the token has an invalid value",
    )
    ISSUER_MISMATCH = (
        "issuer_mismatch",
        401,
        "invalid_token",
        "The issuer of the token is not accepted",
    )
    AUDIENCE_MISMATCH = (
        "audience_mismatch",
        401,
        "invalid_token",
        "The token is meant for another audience",
    )
    TYPE_MISMATCH = (
        "type_mismatch",
        401,
        "invalid_token",
        "The type of the token is not accepted",
    )
    TOKEN_REVOKED = (
        "token_revoked",
        401,
        "invalid_token",
        "The token was revoked",
    )

    # The caller is known, and may not.
    CONSUMER_FORBIDDEN = (
        "consumer_forbidden",
        403,
        "insufficient_scope",
        "The caller may not use this",
    )
    SCOPE_MISSING = (
        "scope_missing",
        403,
        "insufficient_scope",
        "The token does not grant this",
    )
    QUOTA_EXCEEDED = "quota_exceeded", 429, None, "The quota of requests is used up"
    TERMINATED = "terminated", 403, None, "Requests are not answered here"

    # Our side. Never a 401: it would make clients throw good tokens away.
    CREDENTIAL_UNUSABLE = "credential_unusable", 503, None, _UNAVAILABLE
    ANONYMOUS_UNKNOWN = "anonymous_unknown", 503, None, _UNAVAILABLE
    STORE_UNAVAILABLE = "store_unavailable", 503, None, _UNAVAILABLE
    INTERNAL = "internal", 503, None, _UNAVAILABLE

    def __new__(
        cls,
        code: str,
        status: int = 503,
        bearer_error: str | None = None,
        text: str = _UNAVAILABLE,
    ) -> Self:
        """Make the slug the value.

        The defaults are for the type checker alone, which takes ``Reason(slug)``, the
        look-up of a member, for a call of this.
        """
        member = object.__new__(cls)
        member._value_ = code
        member.code = code
        member.status = status
        member.bearer_error = bearer_error
        member.text = text
        return member

    @property
    def about_keys(self) -> bool:
        """Whether the client may not tell this reason from its siblings."""
        return self.text is _UNVERIFIED

    @property
    def may_pass(self) -> bool:
        """Whether report mode may let the request pass.

        Not where our side failed, not on a path that could be read as another, since
        that may be one of a route that enforces, and not where nobody passes.
        """
        return not self.our_fault and self not in (
            Reason.PATH_AMBIGUOUS,
            Reason.ROUTE_UNKNOWN,
            Reason.TERMINATED,
        )

    @property
    def our_fault(self) -> bool:
        """Whether the service failed rather than the request."""
        return self.status == 503
