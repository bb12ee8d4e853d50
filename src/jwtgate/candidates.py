"""From what a store found to the credential that a token was signed with."""

from collections.abc import Collection, Sequence

from jwtgate._log import Problems
from jwtgate.credential import Credential, UnusableCredential
from jwtgate.errors import KeyRejected, Unavailable
from jwtgate.jose import UnverifiedToken, VerifiedToken, verify
from jwtgate.reason import Reason
from jwtgate.store import Found

__all__ = ["MAX_LIVE_CREDENTIALS", "is_broken", "verify_with"]

MAX_LIVE_CREDENTIALS = 4
"""Live credentials that a consumer may hold under one key: a bound on the work."""


def verify_with(
    found: Found,
    token: UnverifiedToken,
    key: str,
    now: float,
    algorithms: Collection[str],
    problems: Problems,
) -> tuple[Credential, VerifiedToken]:
    """Find the credential under which the signature holds.

    The token's ``kid`` picks the credentials with the equal one, else those without,
    never one with another. Of these the live ones are tried, at most four.

    Args:
        found: What the store gave, in its order.
        token: The token.
        key: The key it names; a credential with another key is passed over, since a
            store may compare texts more loosely than we do.
        now: Seconds since the epoch.
        algorithms: Those that the policy allows; a credential with another is passed
            over like one whose algorithm is not the token's.
        problems: Logs why one could not be made.

    Raises:
        KeyRejected: None of them verifies the token; the reason is that of the one
            that came closest.
        Unavailable: None verifies it, and there is one that could not be made: the
            token may be good.
    """
    rows = tuple(found)
    if not rows:
        raise KeyRejected(Reason.KEY_UNKNOWN)
    kid = token.header.kid
    tried, closest = 0, None
    for credential in rows if kid is None else _picked(rows, key, kid):
        if type(credential) is not Credential or credential.key != key:
            continue
        if off_duty := _off_duty(credential, now):
            closest = closest if tried else off_duty
        elif (tried := tried + 1) <= MAX_LIVE_CREDENTIALS:
            try:
                if credential.algorithm in algorithms:
                    return credential, verify(token, credential.verification_key)
                closest = _closer(closest, Reason.ALGORITHM_MISMATCH)
            except KeyRejected as error:
                closest = _closer(closest, error.reason)
    reason = closest or _unknown(rows, key)
    raise KeyRejected(_judge_unusable(rows, token, key, reason, problems))


def _unknown(rows: Sequence[object], key: str) -> Reason:
    is_known = any(type(each) is Credential and each.key == key for each in rows)
    return Reason.KID_UNKNOWN if is_known else Reason.KEY_UNKNOWN


def _judge_unusable(
    rows: Sequence[object],
    token: UnverifiedToken,
    key: str,
    reason: Reason,
    problems: Problems,
) -> Reason:
    if broken := [each for each in rows if is_broken(each, key)]:
        for row in broken:
            problems.log(f"a credential cannot be used: {_why(row)}")
        raise Unavailable(Reason.CREDENTIAL_UNUSABLE)
    for row in rows:
        if isinstance(row, UnusableCredential) and row.key == key:
            reason = _closer(reason, _refusal(row, token))
    return reason


def _refusal(row: UnusableCredential, token: UnverifiedToken) -> Reason:
    if row.algorithm is not None and row.algorithm != token.header.alg:
        return Reason.ALGORITHM_MISMATCH
    return Reason.KEY_UNUSABLE


def _why(row: object) -> str:
    if isinstance(row, UnusableCredential):
        return row.why
    return f"the store gave a {type(row).__name__}"


def is_broken(row: object, key: str) -> bool:
    """Whether a row that a store gave for a key cannot be judged, and may be good."""
    if type(row) is UnusableCredential:
        return row.key == key and not row.refuses
    return type(row) is not Credential


def _picked(rows: Sequence[object], key: str, kid: str) -> Sequence[Credential]:
    usable = [each for each in rows if type(each) is Credential and each.key == key]
    equal = [each for each in usable if each.kid == kid]
    return equal or [each for each in usable if each.kid is None]


def _off_duty(credential: Credential, now: float) -> Reason | None:
    if not credential.enabled:
        return Reason.CREDENTIAL_DISABLED
    if not credential.consumer.enabled:
        return Reason.CONSUMER_DISABLED
    if credential.not_before is not None and now < credential.not_before:
        return Reason.CREDENTIAL_NOT_YET_VALID
    if credential.retire_after is not None and credential.retire_after <= now:
        return Reason.CREDENTIAL_RETIRED
    return None


def _closer(one: Reason | None, other: Reason) -> Reason:
    # A signature that was looked at says more than an algorithm that was not.
    return one if one is Reason.SIGNATURE_INVALID else other
