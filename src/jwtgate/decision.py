"""The flow of a decision: the steps of ``docs/decision.md``, in their order."""

from typing import TYPE_CHECKING

from jwtgate._log import log_failure
from jwtgate.asks import Flow
from jwtgate.errors import Rejection, Unavailable, UnknownRoute
from jwtgate.extraction import RequestView
from jwtgate.outcome import Authenticated, Outcome
from jwtgate.ready import Ready
from jwtgate.reason import Reason
from jwtgate.requirement import Requirement
from jwtgate.telling import Case, Teller

if TYPE_CHECKING:
    from jwtgate.credential import Credential

__all__ = ["decision"]


def decision(
    ready: Ready,
    teller: Teller,
    began: float,
    request: RequestView,
    demands: Requirement | None = None,
    begun: Authenticated | Exception | None = None,
    found: object = None,
) -> Flow:
    """Decide on a request, and tell of it.

    Args:
        ready: What is decided by.
        teller: Tells of the outcome.
        began: When the decision began, by the clock of the teller.
        request: The request.
        demands: What its view demands besides.
        begun: What :meth:`Guard.identify` gave or raised, if that was asked.
        found: What is on the request of an outcome.

    Returns:
        A generator that yields asks, is sent their answers, and returns the outcome. It
        raises nothing, whatever the request holds.
    """
    route, guard = None, ready.guard
    caller: Outcome | Credential | None = None
    outcome: Outcome
    try:
        route, guard = ready.match(request)
        if route is not None and route.public:
            outcome = yield from guard.decide_public(request, "public", found)
        else:
            outcome = yield from guard.decide(request, demands, begun, found)
    except Rejection as rejection:
        caller = rejection.caller
        outcome = guard.refuse(rejection, demands)
        # Frames of its traceback hold it: a cycle, and the request with its token in
        # it, until the collector runs, which some servers switch off.
        rejection.__traceback__ = None
    except Exception as error:  # noqa: BLE001 - fail closed, and never by raising
        log_failure("the gate failed", error)
        outcome = guard.refuse(Unavailable(Reason.INTERNAL))
        error.__traceback__ = None
    before = caller or outcome
    if ready.closes(route, outcome):
        outcome = guard.refuse(UnknownRoute())
    elif demands is not None:
        outcome = guard.narrow(outcome, demands)
    if teller.is_silent_on(outcome) or outcome is found:
        return outcome
    return teller.tell(outcome, Case(guard, request, route, before, began))
