"""The credentials of a token's key, and what came of each."""

from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import Any

from jwtgate._log import Problems
from jwtgate.asks import Ask, FindCredentials
from jwtgate.candidates import MAX_LIVE_CREDENTIALS, is_broken, verify_with
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import ClaimRejected, KeyRejected, Rejection, Unavailable
from jwtgate.explain.case import Case, Failure, Tried
from jwtgate.explain.wording import moment, plain, shown
from jwtgate.jose import UnverifiedToken, VerifiedToken
from jwtgate.keytext import is_key_text
from jwtgate.reason import Reason
from jwtgate.store import Found

__all__ = ["find", "judge"]

_OFF_DUTY = (
    Reason.CREDENTIAL_DISABLED,
    Reason.CONSUMER_DISABLED,
    Reason.CREDENTIAL_NOT_YET_VALID,
    Reason.CREDENTIAL_RETIRED,
)
_IN_WORDS = {
    Reason.KEY_UNKNOWN: "no credential has this key",
    Reason.KID_UNKNOWN: "no credential of this key has this kid, or none at all",
    Reason.CREDENTIAL_DISABLED: "the credential is disabled",
    Reason.CONSUMER_DISABLED: "the consumer is disabled",
    Reason.CREDENTIAL_NOT_YET_VALID: "the credential may not be used yet",
    Reason.CREDENTIAL_RETIRED: "the credential is retired",
    Reason.ALGORITHM_MISMATCH: "the token's algorithm is not the credential's",
    Reason.KEY_UNUSABLE: "what the credential has is no key",
    Reason.SIGNATURE_MALFORMED: "it is not base64url",
    Reason.SIGNATURE_INVALID: "it does not hold",
    Reason.CREDENTIAL_UNUSABLE: "a credential of this key cannot be used",
}


def find(case: Case, key: str, token: UnverifiedToken) -> Generator[Ask, Any, None]:
    """Ask the store for the credentials of the token's key."""
    if not is_key_text(key):
        case.rows = ()
        case.tell("credentials", "bad", "no store is asked for such a key")
        return
    found = yield FindCredentials(key, token.header.kid, case.guard)
    if isinstance(found, Failure):
        text = f"the store of credentials failed: {found.kind}"
        case.tell("credentials", "bad", text, Unavailable(Reason.STORE_UNAVAILABLE))
    else:
        case.rows = tuple(found)


def judge(case: Case, key: str, token: UnverifiedToken, rows: Found) -> None:
    """Try each credential, then verify the token as the gate does."""
    usable = [row for row in rows if type(row) is Credential and row.key == key]
    case.tried = [_tried(row, usable, token, case) for row in usable]
    live = 0
    for tried in case.tried:
        live += tried.is_picked and tried.off_duty is None
        is_beyond = live > MAX_LIVE_CREDENTIALS
        is_good = tried.is_picked and tried.off_duty is None and not is_beyond
        case.tell(
            "credential",
            "good" if is_good and tried.holds else "bad" if tried.is_picked else "open",
            _told(tried, is_beyond=is_beyond),
            facts=_facts(tried),
        )
    for row in rows:
        if isinstance(row, UnusableCredential):
            case.tell("credential", "bad", f"cannot be used: {plain(row.why)}")
    try:
        _verify(case, key, token, rows)
    except ClaimRejected as rejection:
        case.reject(rejection)
    except Rejection as rejection:
        _tell_refused(case, rejection, token)
        return
    case.tell("algorithm", "good", f"{token.header.alg}, as the credential's")
    case.tell("signature", "good", "holds")


def _tell_refused(case: Case, rejection: Rejection, token: UnverifiedToken) -> None:
    name, text = "credentials", _IN_WORDS[rejection.reason]
    if rejection.reason is Reason.ALGORITHM_MISMATCH:
        name, text = "algorithm", _told_of_algorithm(case, token)
    elif rejection.reason in (Reason.SIGNATURE_MALFORMED, Reason.SIGNATURE_INVALID):
        name = "signature"
    case.tell(name, "bad", text, rejection)


def _told_of_algorithm(case: Case, token: UnverifiedToken) -> str:
    alg = plain(str(token.header.alg))
    if token.header.alg not in case.policy.algorithms:
        return f"the policy does not allow {alg}"
    bound = dict.fromkeys(tried.credential.algorithm for tried in case.tried)
    return f"the token has {alg}, the credential {' or '.join(bound) or 'another'}"


def _verify(case: Case, key: str, token: UnverifiedToken, rows: Found) -> None:
    credentials = [tried.credential for tried in case.tried]
    with suppress(KeyRejected):
        case.verified = _verify_with(credentials, token, key, case)
    # Without the rows that cannot be used: the gate would log them.
    sound = [row for row in rows if not is_broken(row, key)]
    try:
        case.verifier.verify(sound, token, key, case.now)
    except KeyRejected:
        if len(sound) < len(rows):
            raise Unavailable(Reason.CREDENTIAL_UNUSABLE) from None
        raise


def _verify_with(
    rows: Sequence[Credential], token: UnverifiedToken, key: str, case: Case
) -> tuple[Credential, VerifiedToken]:
    allowed = case.policy.algorithms
    return verify_with(rows, token, key, case.time, allowed, Problems())


def _tried(
    row: Credential, usable: Sequence[Credential], token: UnverifiedToken, case: Case
) -> Tried:
    kid = token.header.kid
    equal = any(other.kid == kid for other in usable)
    off_duty = None
    try:
        _verify_with([row], token, row.key, case)
    except KeyRejected as rejection:
        off_duty = rejection.reason if rejection.reason in _OFF_DUTY else None
    return Tried(
        credential=row,
        is_picked=kid is None or row.kid == (kid if equal else None),
        off_duty=off_duty,
        holds=_holds(row, token),
    )


def _holds(row: Credential, token: UnverifiedToken) -> bool | None:
    if token.header.alg != row.algorithm or token.signature is None:
        return None
    return row.verification_key.verify(token.signature, token.signing_input)


def _told(tried: Tried, *, is_beyond: bool) -> str:
    row = tried.credential
    named = [
        f"id {shown(row.id)}" if row.id else "",
        f"kid {shown(row.kid)}" if row.kid else "",
        row.algorithm,
        f"of {shown(row.consumer.username or row.consumer.custom_id)}",
    ]
    state, signature = _state(tried), "signature not comparable"
    if tried.holds is not None:
        signature = "signature holds" if tried.holds else "signature does not hold"
    if is_beyond:
        state = f"not tried, since {MAX_LIVE_CREDENTIALS} others are live"
    return f"{', '.join(filter(None, named))}: {state}; {signature}"


def _state(tried: Tried) -> str:
    row = tried.credential
    if not tried.is_picked:
        return "passed over for its kid"
    match tried.off_duty:
        case Reason.CREDENTIAL_NOT_YET_VALID:
            return f"not before {moment(row.not_before or 0)}"
        case Reason.CREDENTIAL_RETIRED:
            return f"retired since {moment(row.retire_after or 0)}"
        case None:
            return "live"
        case reason:
            return _IN_WORDS[reason].removeprefix("the credential is ")


def _facts(tried: Tried) -> dict[str, Any]:
    row = tried.credential
    return {
        "id": row.id,
        "kid": row.kid,
        "algorithm": row.algorithm,
        "consumer": row.consumer.id,
        "picked": tried.is_picked,
        "state": "live" if tried.off_duty is None else tried.off_duty.code,
        "signature_holds": tried.holds,
    }
