"""What to do about each reason, where no usual mistake fits."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jwtgate.explain.explanation import OutcomeName
from jwtgate.reason import Reason

__all__ = ["ADVICE", "PASSES"]

PASSES: Final[Mapping[OutcomeName, str]] = MappingProxyType(
    {
        "authenticated": "The token was verified; there is nothing to mend.",
        "anonymous": "The anonymous consumer calls.",
        "exempt": "No token is asked for here; nobody is known to call.",
        "denied": "The request is refused.",
    }
)
"""What is said of an outcome that has no reason."""

ADVICE: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.TOKEN_MISSING: "Send the token in one of the carriers above.",
        Reason.TOKEN_REPEATED: "Send that header once; look for a proxy that adds one.",
        Reason.TOKENS_DIFFER: "Send one token, in one carrier.",
        Reason.TOKEN_UNRECOGNIZABLE: "Write the parameter as name=TOKEN.",
        Reason.CARRIER_TOO_LONG: "Send fewer headers, cookies or parameters.",
        Reason.PATH_AMBIGUOUS: "Send the path without //, dot segments, backslashes "
        "and encoded slashes, and one Host header.",
        Reason.ROUTE_UNKNOWN: "Mend the path, method or host, or add a route for them.",
        Reason.CROSS_SITE: "Let a page of the same site send it, or name the page's "
        "origin in trusted_origins; or send the token in a header.",
        Reason.TOKEN_TOO_LONG: "Issue tokens with fewer claims.",
        Reason.TOKEN_MALFORMED: "Send the token as it was issued, whole.",
        Reason.HEADER_MALFORMED: "Have the issuer mend the header of its tokens.",
        Reason.PAYLOAD_MALFORMED: "Have the issuer mend the payload of its tokens.",
        Reason.PAYLOAD_NOT_OBJECT: "Have the issuer write an object as payload.",
        Reason.EXTENSION_UNSUPPORTED: "Have the issuer leave out crit and b64.",
        Reason.ALGORITHM_UNSUPPORTED: "Sign with an algorithm that the policy allows, "
        "or allow this one in algorithms.",
        Reason.KEY_CLAIM_MISSING: "Name the credential's key in that claim, or set "
        "key_claim to the claim that has it.",
        Reason.KEY_CLAIM_INVALID: "Write the credential's key as a text.",
        Reason.KEY_CLAIM_CONFLICT: "Name the same key in both, or in one of them.",
        Reason.KEY_UNKNOWN: "Name the key of a credential, or add a credential with "
        "this key; an issuer of keys out of reach has none, either.",
        Reason.KID_UNKNOWN: "Sign with a key that the gate has, or add a credential "
        "with this kid.",
        Reason.CREDENTIAL_DISABLED: "Enable the credential, or sign with another one.",
        Reason.CREDENTIAL_NOT_YET_VALID: "Wait, or set its not_before earlier.",
        Reason.CREDENTIAL_RETIRED: "Sign with the credential that took its place.",
        Reason.CONSUMER_DISABLED: "Enable the consumer.",
        Reason.ALGORITHM_MISMATCH: "Sign with the credential's algorithm, or make a "
        "credential for the token's.",
        Reason.KEY_UNUSABLE: "Give the credential a key that fits its algorithm.",
        Reason.SIGNATURE_MALFORMED: "Send the token as it was issued, whole.",
        Reason.SIGNATURE_INVALID: "Sign with the very secret or key that the "
        "credential has; none of the usual mistakes fits.",
        Reason.TOKEN_EXPIRED: "Get a new token; if it should live still, set exp to "
        "a later time when it is issued.",
        Reason.TOKEN_NOT_YET_VALID: "Wait, or set nbf to the time of issue.",
        Reason.EXPIRATION_TOO_FAR: "Issue tokens that end sooner, or raise "
        "maximum_expiration.",
        Reason.CLAIM_MISSING: "Have the issuer add the claim, or take it out of "
        "required_claims.",
        Reason.CLAIM_INVALID: "Have the issuer write the claim as its RFC says: a "
        "time is a number of seconds since the epoch.",
        Reason.ISSUER_MISMATCH: "Accept this issuer in the policy's issuer, or use a "
        "token of one that is accepted.",
        Reason.AUDIENCE_MISMATCH: "Ask the issuer for a token for this audience, or "
        "accept the token's in audience.",
        Reason.TYPE_MISMATCH: "Use a token of an accepted typ (an ID token is no "
        "access token), or accept this typ in types.",
        Reason.TOKEN_REVOKED: "Get a new token; or allow it in the denylist again.",
        Reason.CONSUMER_FORBIDDEN: "Allow the consumer, or a group of it, in the "
        "access of this route or view.",
        Reason.SCOPE_MISSING: "Ask the issuer for a token with the scopes that the "
        "view demands.",
        Reason.QUOTA_EXCEEDED: "Wait until the window ends, or raise the quota.",
        Reason.TERMINATED: "Take the termination out of the policy of this route.",
        Reason.CREDENTIAL_UNUSABLE: "Mend the credential; why it cannot be used is "
        "said above.",
        Reason.ANONYMOUS_UNKNOWN: "Add the anonymous consumer to the store.",
        Reason.STORE_UNAVAILABLE: "See that the store answers; what it failed with "
        "is in the log of a gate that meets such a request.",
        Reason.INTERNAL: "This is a fault of jwtgate, or of a store or denylist of "
        "your own; the log of a gate that meets such a request has the traceback.",
    }
)
"""What to do, one or two sentences."""
