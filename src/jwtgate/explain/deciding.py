"""The decision of a gate, told step by step, past the first that refuses.

Every step is the pure function that the gate itself calls; what differs is that a
rejection is noted, and the next step is taken where it has a meaning without.
"""

from collections.abc import Generator
from typing import Any, Literal, TypeAlias

from jwtgate.asks import Ask, FindConsumer
from jwtgate.consumer import Consumer
from jwtgate.errors import Barred, Rejection, Unavailable
from jwtgate.explain.case import Case, Failure
from jwtgate.explain.terms import hold_to_terms
from jwtgate.explain.verdict import is_optional, passed, refused, settled, stands_in
from jwtgate.explain.walking import walk
from jwtgate.explain.wording import plain, shown
from jwtgate.extraction import RequestView
from jwtgate.outcome import Anonymous, Outcome
from jwtgate.paths import is_ambiguous, is_ambiguous_raw
from jwtgate.reason import Reason
from jwtgate.rules import is_exempt
from jwtgate.upstream import anonymous_headers

__all__ = ["decide"]

_Deciding: TypeAlias = Generator[Ask, Any, Outcome]


def decide(case: Case) -> _Deciding:
    """Come to the outcome that the gate comes to; the case gets the steps.

    Yields what is asked of stores, as the gate's own flow does; quotas are only
    looked at.
    """
    try:
        return settled(case, (yield from _decide(case)))
    except Exception as error:  # noqa: BLE001 - the gate fails closed on the same
        text = f"the gate failed: {type(error).__name__}"
        case.tell("gate", "bad", text, Unavailable(Reason.INTERNAL))
        return _refused(case)


def _decide(case: Case) -> _Deciding:
    try:
        case.route, case.guard = case.ready.match(case.request)
    except Rejection as rejection:
        case.tell("route", "bad", _unroutable(case.request, rejection), rejection)
        return _refused(case)
    kind = case.policy.dialect.name
    if case.route is None:
        case.tell("route", "plain", f"none, so the gate's own policy ({kind})")
    else:
        case.tell("route", "plain", f"{plain(case.route.path)} ({kind})")
    if case.route is not None and case.route.public:
        return (yield from _nobody(case, "public"))
    if is_exempt(case.policy, case.request):
        return (yield from _preflight(case))
    yield from _walk(case)
    if case.rejection is None:
        yield from hold_to_terms(case, case.caller, case.consumer)
        return _unless_refused(case, case.caller)
    return (yield from _without_token(case, case.rejection))


def _unroutable(request: RequestView, rejection: Rejection) -> str:
    if rejection.reason is Reason.ROUTE_UNKNOWN:
        return "no route is for this path"
    if is_ambiguous(request.path or "/") or is_ambiguous_raw(request.raw_path):
        return "a proxy, or the app, may read this path as another one"
    if request.host is None:
        return "some routes go by host, and there is no Host header, or several"
    return "a proxy, or the app, may read this host or path as another one"


def _walk(case: Case) -> Generator[Ask, Any, None]:
    try:
        yield from walk(case)
    except Exception as error:
        # What the gate does not do any more must not change what it did.
        if case.rejection is None:
            raise
        case.note("gate", "open", f"the rest cannot be told: {type(error).__name__}")


def _preflight(case: Case) -> _Deciding:
    case.tell("preflight", "plain", "the policy asks no token of it")
    if case.policy.dialect.exempts_every_options:
        return (yield from _nobody(case, "preflight"))
    if case.policy.termination is None:
        return passed(case, "preflight")
    shut = Barred(Reason.TERMINATED, answer=case.policy.termination)
    case.tell("termination", "bad", "requests are not answered here", shut)
    return refused(case, shut)


def _nobody(case: Case, why: Literal["public", "preflight", "optional"]) -> _Deciding:
    if why != "preflight":
        case.tell("token", "plain", f"none is asked for: {why}")
    yield from hold_to_terms(case, None, None)
    return _unless_refused(case, passed(case, why))


def _without_token(case: Case, rejection: Rejection) -> _Deciding:
    if is_optional(case, rejection):
        case.rejection = None
        return (yield from _nobody(case, "optional"))
    if not stands_in(case, rejection.reason):
        if case.consumer is not None:
            # What it would meet next, once this is mended.
            yield from hold_to_terms(case, case.caller, case.consumer)
        return refused(case, rejection)
    return (yield from _anonymous(case, rejection))


def _anonymous(case: Case, rejection: Rejection) -> _Deciding:
    named = case.policy.anonymous
    found: object = named
    if isinstance(named, str):
        found = yield FindConsumer(named, case.guard)
    if isinstance(found, Failure):
        text = f"the store of consumers failed: {found.kind}"
        return _instead(case, text, Unavailable(Reason.STORE_UNAVAILABLE))
    if not isinstance(found, Consumer):
        unknown = Unavailable(Reason.ANONYMOUS_UNKNOWN)
        return _instead(case, f"there is no consumer {shown(named)}", unknown)
    if not found.enabled:
        return _instead(case, "the anonymous consumer is disabled", rejection)
    name = shown(found.username or found.custom_id)
    case.tell("anonymous", "plain", f"{name} stands in")
    headers = anonymous_headers(found, case.policy)
    stand_in = Anonymous(found, rejection.reason, headers, (), case.gate)
    case.rejection = None
    yield from hold_to_terms(case, stand_in, found)
    return _unless_refused(case, stand_in)


def _instead(case: Case, text: str, rejection: Rejection) -> Outcome:
    case.note("anonymous", "bad", text, rejection.reason)
    case.rejection = rejection
    return refused(case, rejection)


def _unless_refused(case: Case, outcome: Outcome | None) -> Outcome:
    if outcome is None or case.rejection is not None:
        return _refused(case)
    return outcome


def _refused(case: Case) -> Outcome:
    return refused(case, case.rejection or Unavailable(Reason.INTERNAL))
