"""Past the claims: who calls, revocation, access, quotas, termination."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from jwtgate.admission import Admission
from jwtgate.asks import Ask, IsRevoked, TakeQuota
from jwtgate.consumer import Consumer
from jwtgate.counting.windows import Taken
from jwtgate.credential import Credential
from jwtgate.errors import ClaimRejected, Rejection, Unavailable
from jwtgate.explain.case import Case, Failure
from jwtgate.explain.wording import shown
from jwtgate.extraction import Carrier, Hiding
from jwtgate.jose import UnverifiedToken, VerifiedToken
from jwtgate.outcome import Anonymous, Authenticated
from jwtgate.reason import Reason
from jwtgate.revocation import Revocation, judge

__all__ = ["hold_to_terms", "identify", "look_up"]

_BARRED = {
    Reason.TOKEN_MISSING: (
        "access",
        "it needs a caller, and nobody is known to call",
    ),
    Reason.CONSUMER_FORBIDDEN: ("access", "{who} may not use this"),
    Reason.QUOTA_EXCEEDED: ("quota", "{who} has used it up"),
    Reason.TERMINATED: ("termination", "requests are not answered here"),
    Reason.STORE_UNAVAILABLE: ("quota", "the storage of the quota does not answer"),
}


def identify(case: Case, credential: Credential, verified: VerifiedToken) -> None:
    """Find who calls, from a token that is good so far."""
    carriers: frozenset[Carrier] = (
        frozenset() if case.sent is None else case.sent.carriers
    )
    try:
        admission = Admission(case.policy, case.gate, case.guard)
        case.caller = admission.admit(credential, verified, carriers, Hiding())
    except ClaimRejected as rejection:
        text = f"{shown(rejection.claim)} names the caller, and is missing or no name"
        case.tell("consumer", "bad", text, rejection)
        return
    case.tell("consumer", "good", _name(case.caller.consumer))


def look_up(
    case: Case,
    revocation: Revocation,
    caller: Authenticated,
    verified: tuple[Credential, UnverifiedToken],
) -> Generator[Ask, Any, None]:
    """Ask a denylist for the token, as the gate would."""
    try:
        yield from _look_up(case, revocation, caller, *verified)
    except ClaimRejected as rejection:
        text = f"it cannot be told, for want of a good {shown(rejection.claim)}"
        case.tell("revocation", "bad", text, rejection)
    except Rejection as rejection:
        case.tell("revocation", "bad", "the denylist has the token", rejection)


def _look_up(
    case: Case,
    revocation: Revocation,
    caller: Authenticated,
    credential: Credential,
    token: UnverifiedToken,
) -> Generator[Ask, Any, None]:
    subjects = revocation.subjects(caller, credential, token)
    denials = yield IsRevoked(subjects, revocation)
    if isinstance(denials, Failure):
        text = f"the denylist failed: {denials.kind}"
        case.tell("revocation", "bad", text, Unavailable(Reason.STORE_UNAVAILABLE))
        return
    latest = case.now + case.verifier.grace(credential)
    judge(denials, subjects, caller, latest=latest)
    case.tell("revocation", "good", "the denylist does not have it")


def hold_to_terms(
    case: Case, caller: Authenticated | Anonymous | None, consumer: Consumer | None
) -> Generator[Ask, Any, None]:
    """Hold a caller to access, quotas and termination; no quota is taken.

    Args:
        case: Gets the steps.
        caller: The outcome so far; None on a public route.
        consumer: Who it is, or would be.
    """
    known = caller.credential if isinstance(caller, Authenticated) else None
    identity = () if caller is None else caller.request_headers
    asks = case.guard.enforcement.enforce(case.request, consumer, known, identity)
    who = "the caller" if consumer is None else _name(consumer)
    try:
        ask = next(asks)
        while True:
            answer = yield from _look_at_quota(case, ask)
            ask = asks.send(answer)
    except StopIteration:
        case.tell("access", "good", f"open to {who}")
    except Rejection as rejection:
        name, text = _BARRED[rejection.reason]
        case.tell(name, "bad", text.format(who=who), rejection)


def _look_at_quota(case: Case, ask: TakeQuota) -> Generator[Ask, Any, Taken]:
    limits = ask.quota.limits
    rates = ", ".join(f"{rate.amount} in {rate.seconds} s" for rate in limits)
    answer = yield replace(ask, now=case.now, takes=False)
    if isinstance(answer, Failure):
        raise Unavailable(Reason.STORE_UNAVAILABLE)
    taken: Taken = answer
    left = min((figure.remaining for figure in taken.figures), default=None)
    if left is None:
        text = f"{rates}: the storage is down, and requests pass until it answers"
    else:
        text = f"{rates}: {left} left; none is taken"
    facts = {"taken": False, "left": left}
    case.tell("quota", "good" if taken.ok else "plain", text, facts=facts)
    return taken


def _name(consumer: Consumer) -> str:
    return shown(consumer.username or consumer.custom_id)
