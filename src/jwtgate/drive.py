"""The two drivers of a decision."""

from collections.abc import Generator

from jwtgate.asks import Flow, failed
from jwtgate.extraction import RequestView
from jwtgate.gate import Gate
from jwtgate.outcome import Authenticated, Outcome
from jwtgate.requirement import Requirement

__all__ = ["aauthenticate", "aended", "authenticate", "ended"]


def authenticate(
    gate: Gate,
    request: RequestView,
    demands: Requirement | None = None,
    *,
    found: object = None,
) -> Outcome:
    """Decide on a request, waiting for the store.

    Args:
        gate: Decides.
        request: The request.
        demands: What its view demands besides.
        found: What is on the request of an outcome; if it is this gate's and stands,
            nothing is verified twice.

    Returns:
        The outcome; a store that fails gives ``Denied`` with status 503.

    Raises:
        ConfigurationError: The gate's store is asked, and has no ``find``.
    """
    begun = gate.begin(request, demands, found)
    return begun if isinstance(begun, Authenticated) else ended(gate, begun)


def ended(gate: Gate, begun: Outcome | Flow) -> Outcome:
    """Bring what :meth:`Gate.begin` gave to its end, waiting for the store."""
    if not isinstance(begun, Generator):
        return begun
    try:
        ask = next(begun)
        gate.require_sync()
        while True:
            try:
                answer = ask.put()
            except Exception as error:  # noqa: BLE001 - a store may raise anything
                ask = begun.throw(failed(error))
            else:
                ask = begun.send(answer)
    except StopIteration as done:
        outcome: Outcome = done.value
        return outcome


async def aauthenticate(
    gate: Gate,
    request: RequestView,
    demands: Requirement | None = None,
    *,
    found: object = None,
) -> Outcome:
    """Decide on a request, letting others run while the store answers.

    Args:
        gate: Decides.
        request: The request.
        demands: What its view demands besides.
        found: What is on the request of an outcome; if it is this gate's and stands,
            nothing is verified twice.

    Returns:
        The outcome; a store that fails gives ``Denied`` with status 503. Cancellation
        passes through.

    Raises:
        ConfigurationError: The gate's store is asked, has no ``afind`` and would block.
    """
    begun = gate.begin(request, demands, found)
    if isinstance(begun, Authenticated):
        return begun
    return await aended(gate, begun)


async def aended(gate: Gate, begun: Outcome | Flow) -> Outcome:
    """Bring what :meth:`Gate.begin` gave to its end, letting others run.

    Adapters ask for it only where there is no outcome yet: a coroutine that waits for
    nothing costs a request more than it has to.
    """
    if not isinstance(begun, Generator):
        return begun
    try:
        ask = next(begun)
        gate.require_async()
        while True:
            try:
                answer = await ask.aput()
            except Exception as error:  # noqa: BLE001 - a store may raise anything
                ask = begun.throw(failed(error))
            else:
                ask = begun.send(answer)
    except StopIteration as done:
        outcome: Outcome = done.value
        return outcome
