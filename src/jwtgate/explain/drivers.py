"""``explain`` and ``aexplain``: the two drivers of an explanation."""

from jwtgate.explain.case import Failure, open_case
from jwtgate.explain.explanation import Explanation
from jwtgate.explain.telling import examine
from jwtgate.extraction import RequestView
from jwtgate.gate import Gate
from jwtgate.requirement import Requirement

__all__ = ["aexplain", "explain"]


def explain(
    gate: Gate,
    request: RequestView,
    demands: Requirement | None = None,
    *,
    at: float | None = None,
) -> Explanation:
    """Explain what a gate decides on a request, and why, waiting for the store.

    The gate stays as it is: nothing is logged, no quota is taken. The store and the
    denylist are asked, as for a request; of a token whose key is unknown, up to eight
    times more.

    Args:
        gate: Decides.
        request: The request.
        demands: What its view demands besides.
        at: Decide as if it were this time, in seconds since the epoch; None is now.

    Returns:
        Every step, the usual mistakes that fit, and the outcome; without secrets and
        signatures.

    Raises:
        ConfigurationError: ``at`` is no time, or a store is asked that synchronous
            code cannot use.
    """
    case = open_case(gate, request, demands, at)
    flow = examine(case)
    try:
        ask = next(flow)
        case.ready.require("sync")
        while True:
            answer: object
            try:
                answer = ask.put()
            except Exception as error:  # noqa: BLE001 - a store may raise anything
                answer = Failure(type(error).__name__)
            ask = flow.send(answer)
    except StopIteration as done:
        explanation: Explanation = done.value
        return explanation


async def aexplain(
    gate: Gate,
    request: RequestView,
    demands: Requirement | None = None,
    *,
    at: float | None = None,
) -> Explanation:
    """Explain as :func:`explain` does, letting others run while the store answers.

    Args:
        gate: Decides.
        request: The request.
        demands: What its view demands besides.
        at: Decide as if it were this time, in seconds since the epoch; None is now.

    Raises:
        ConfigurationError: ``at`` is no time, or a store is asked that would block.
    """
    case = open_case(gate, request, demands, at)
    flow = examine(case)
    try:
        ask = next(flow)
        case.ready.require("async")
        while True:
            answer: object
            try:
                answer = await ask.aput()
            except Exception as error:  # noqa: BLE001 - a store may raise anything
                answer = Failure(type(error).__name__)
            ask = flow.send(answer)
    except StopIteration as done:
        explanation: Explanation = done.value
        return explanation
