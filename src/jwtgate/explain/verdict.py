"""From the first rejection to the outcome that the gate comes to, without a log."""

from typing import Literal

from jwtgate.errors import Barred, Rejection, UnknownRoute
from jwtgate.explain.case import Case
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt, Outcome
from jwtgate.reason import Reason
from jwtgate.refusals import Refusals
from jwtgate.requirement import Requirement

__all__ = ["is_optional", "passed", "refused", "settled", "stands_in"]


def stands_in(case: Case, reason: Reason) -> bool:
    """Whether the anonymous consumer may stand in for a request refused so."""
    policy = case.policy
    if policy.anonymous is None or reason.our_fault:
        return False
    return policy.anonymous_for == "any" or reason is Reason.TOKEN_MISSING


def is_optional(case: Case, rejection: Rejection) -> bool:
    """Whether the view lets a request pass, without identity, that is refused so."""
    if case.demands is None or stands_in(case, rejection.reason):
        return False
    return case.demands.passes(rejection)


def passed(
    case: Case, why: Literal["public", "preflight", "report", "optional"]
) -> Exempt:
    """Make the outcome of a request that passes without identity."""
    return Exempt(why, None, case.gate, (), case.guard)


def refused(case: Case, rejection: Rejection) -> Outcome:
    """Make the outcome of a rejection, by the policy's mode."""
    refusals = Refusals(case.policy, case.gate)
    demanded = case.demands is not None and case.demands.authenticated
    reports = case.policy.mode == "report" and not demanded
    if reports and rejection.reason.may_pass:
        answer = case.policy.termination
        if answer is None:
            would = refusals.of(rejection)
            return Exempt("report", would, case.gate, (), case.guard)
        rejection = Barred(Reason.TERMINATED, answer=answer)
        text = "requests are not answered here, in report mode, too"
        case.note("termination", "bad", text, rejection.reason)
    return refusals.of(rejection)


def settled(case: Case, outcome: Outcome) -> Outcome:
    """Hold an outcome to what the view demands, and to there being a route."""
    if isinstance(outcome, Denied):
        return outcome
    if case.route is None and case.ready.is_closed:
        case.tell("route", "bad", "no route is for this path", UnknownRoute())
        return refused(case, UnknownRoute())
    return outcome if case.demands is None else _narrowed(case, outcome, case.demands)


def _narrowed(
    case: Case, outcome: Authenticated | Anonymous | Exempt, demands: Requirement
) -> Outcome:
    unmet = demands.unmet(outcome)
    if unmet is None:
        return outcome
    if demands.passes(unmet):
        return passed(case, "optional")
    case.tell("view", "bad", "the caller is not what the view demands", unmet)
    return refused(case, unmet)
