"""What a token says of itself: header, claims, and the key it names."""

from jwtgate.errors import MalformedToken
from jwtgate.explain.case import Case
from jwtgate.explain.malformed import decoded, flaw
from jwtgate.explain.wording import bounded, members, shown
from jwtgate.jose import UnverifiedToken, parse_compact
from jwtgate.keyclaim import read_key
from jwtgate.reason import Reason

__all__ = ["read"]

_NO_KEY = {
    Reason.KEY_CLAIM_MISSING: "the token has no {name} in its {places}",
    Reason.KEY_CLAIM_INVALID: "{name} is no text, or an empty one",
    Reason.KEY_CLAIM_CONFLICT: "{name} is not the same in payload and header",
}


def read(case: Case, value: bytes) -> None:
    """Read the token and the key that it names."""
    policy = case.policy
    try:
        lax = policy.dialect.signature_before_key
        case.token = token = parse_compact(value, dots_in_signature=lax)
    except MalformedToken as rejection:
        case.tell("form", "bad", flaw(value, rejection), rejection)
        _tell_what_decodes(case, value)
        return
    header, claims = token.header.members, token.claims
    case.tell("header", "plain", shown(header), facts=members(header))
    case.tell("claims", "plain", shown(claims), facts=members(claims))
    try:
        case.verifier.parse(value)
    except MalformedToken as rejection:
        text = flaw(value, rejection, ", ".join(policy.algorithms))
        case.tell("form", "bad", text, rejection)
    _read_key(case, token)


def _read_key(case: Case, token: UnverifiedToken) -> None:
    policy = case.policy
    name = shown(policy.key_claim)
    try:
        case.key = read_key(token, policy)
    except MalformedToken as rejection:
        text = _NO_KEY[rejection.reason].format(
            name=name, places=" or ".join(policy.key_claim_in)
        )
        case.tell("key", "bad", text, rejection)
        return
    places = {"payload": token.claims, "header": token.header.members}
    place = next(
        each for each in policy.key_claim_in if policy.key_claim in places[each]
    )
    case.tell(
        "key",
        "good",
        f"{shown(case.key)}, by {name} in the {place}",
        facts={
            "key": bounded(case.key),
            "claim": policy.key_claim,
            "place": place,
        },
    )


def _tell_what_decodes(case: Case, value: bytes) -> None:
    for name, segment in zip(("header", "claims"), value.split(b".")[:2], strict=False):
        if found := decoded(segment):
            case.tell(name, "open", shown(found), facts=members(found))
