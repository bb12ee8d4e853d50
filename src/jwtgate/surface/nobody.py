"""What becomes of a request without a token: read off a policy, and nobody is asked."""

from typing import Literal

from jwtgate.consumer import Consumer, is_named
from jwtgate.guard import Guard
from jwtgate.outcome import Anonymous, Exempt
from jwtgate.policy import Policy
from jwtgate.reason import Reason
from jwtgate.requirement import Requirement
from jwtgate.surface.verdict import Fate, Nobody

__all__ = ["at_guard", "narrowed"]

_Became = tuple[Fate, Nobody]
_CLOSED: _Became = ("closed", None)
_REFUSED: _Became = ("guarded", None)


def at_guard(
    guard: Guard, method: str, demands: Requirement | None, *, is_public: bool
) -> _Became:
    """Tell what becomes of it where a guard of a gate decides.

    Args:
        guard: The gate's own, or that of a route.
        method: Of the request.
        demands: What is demanded besides.
        is_public: Whether the route is.
    """
    policy = guard.policy
    if policy.termination is not None:
        return _CLOSED
    if is_public:
        became = _CLOSED if guard.admits_nobody else _exempt("public", guard)
    elif (stand_in := _stand_in(guard, method)) is not None:
        became = "optional", stand_in
    elif demands is not None and demands.optional and not guard.admits_nobody:
        became = _exempt("optional", guard)
    elif policy.mode == "report":
        became = _exempt("report", guard)
    else:
        became = _REFUSED
    return became if demands is None else narrowed(*became, demands)


def narrowed(fate: Fate, nobody: Nobody, demands: Requirement) -> _Became:
    """Hold what came through a gate to what is demanded besides.

    Args:
        fate: What became of it there.
        nobody: The outcome; None if it did not come through.
        demands: What is demanded.
    """
    if nobody is None:
        return fate, None
    is_report = fate == "report"
    unmet = demands.unmet(nobody)
    if unmet is None:
        return _REFUSED if demands.authenticated and is_report else (fate, nobody)
    guard = nobody.guard
    policy = guard.policy if isinstance(guard, Guard) else Policy()
    if policy.mode == "report" and not demands.authenticated:
        return _exempt("report", guard)
    # No token is read on a public route, so that nobody can be what is demanded.
    return _CLOSED if fate == "public" else _REFUSED


def _exempt(why: Literal["public", "report", "optional"], guard: object) -> _Became:
    return why, Exempt(why, None, None, (), guard)


def _stand_in(guard: Guard, method: str) -> Anonymous | None:
    chosen = guard.policy.anonymous
    if chosen is None:
        return None
    # One that the store has is not asked for; its name is what is known.
    consumer = Consumer(username=chosen) if isinstance(chosen, str) else chosen
    found = Anonymous(consumer, Reason.TOKEN_MISSING, (), (), None, guard=guard)
    terms = (
        terms
        for name, terms in guard.policy.consumer_terms.items()
        if is_named(consumer, name)
    )
    is_shut = any(each.termination is not None for each in terms)
    if is_shut or not consumer.enabled:
        return None
    is_known = not isinstance(chosen, str)
    return None if is_known and not guard.admits(found, method) else found
