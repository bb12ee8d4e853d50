"""Requests that are no attacks: without them nobody could say what an attack did."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

from jwtgate.extraction import RequestView
from jwtgate.gate import Gate
from jwtgate.outcome import Denied, Exempt
from jwtgate.testing.attacks.target import Target
from jwtgate.testing.judging import Judge, answer_of, is_same
from jwtgate.testing.requests import Answer, Unsendable
from jwtgate.testing.senders import Send

__all__ = ["Untested", "judge_of"]


class Untested(Exception):
    """Nothing could be said of any attack; the text says why."""


def judge_of(
    gate: Gate, target: Target, send: Send, ran: Callable[[], int] | None
) -> Judge:
    """Make the judge of a target.

    Args:
        gate: What is to guard it.
        target: The target.
        send: Sends requests to the app.
        ran: Tells how often the view has run, if anything does.

    Raises:
        Untested: A good token does not pass, or nobody needs one, or an answer does not
            tell which it was.
    """
    _check_gate(gate, target)
    try:
        good = _good(target, send, ran)
        _check_handshake(target, send)
    except Unsendable:
        raise Untested("the client cannot send a good token there") from None
    nobody = answer_of(target.request(), send)
    stands_in = target.policy.anonymous is not None
    redirects = good.status >= HTTPStatus.MULTIPLE_CHOICES
    if (stands_in or redirects) and is_same(nobody, good):
        raise Untested(
            "a good token and none get the same; take a view that shows who calls"
        )
    stray = answer_of(target.request(path=f"/{uuid4().hex}"), send)
    return Judge(good=good, stray=stray, guest=nobody if stands_in else None, ran=ran)


def _check_gate(gate: Gate, target: Target) -> None:
    # The first step of a decision asks no store, but for somebody who stands in.
    usual = target.usual
    flow = gate.decide(RequestView(usual.method, path=usual.path, headers=usual.lines))
    try:
        next(flow)
        flow.close()
    except StopIteration as done:
        found = done.value
        if isinstance(found, Exempt):
            raise Untested(f"the gate lets everybody in there: {found.why}") from None
        if isinstance(found, Denied) and found.status == HTTPStatus.NOT_FOUND:
            raise Untested("the gate has no route for it") from None


def _good(target: Target, send: Send, ran: Callable[[], int] | None) -> Answer:
    before = ran() if ran else 0
    good = answer_of(target.bearing(target.forge.seal()), send)
    if good.error or not HTTPStatus.OK <= good.status < HTTPStatus.BAD_REQUEST:
        raise Untested(f"a good token got {_told(good)}; it has to pass")
    if ran is not None and ran() == before:
        raise Untested("a good token passed, and ran() did not tell that the view ran")
    return good


def _check_handshake(target: Target, send: Send) -> None:
    request = target.handshake(target.forge.seal())
    if request is None:
        return
    good = answer_of(request, send)
    if good.status != HTTPStatus.SWITCHING_PROTOCOLS:
        raise Untested(f"a handshake with a good token got {_told(good)}")


def _told(answer: Answer) -> str:
    return answer.error or str(answer.status or "no answer")
