"""From a decision to its explanation."""

from collections.abc import Generator
from typing import Any, assert_never

from jwtgate.asks import Ask
from jwtgate.events import fingerprint
from jwtgate.explain.advice import ADVICE, PASSES
from jwtgate.explain.case import Case
from jwtgate.explain.deciding import decide
from jwtgate.explain.explanation import Explanation, OutcomeName
from jwtgate.explain.slips import find_slips
from jwtgate.explain.wording import plain
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt, Outcome
from jwtgate.reason import Reason

__all__ = ["examine"]


def examine(case: Case) -> Generator[Ask, Any, Explanation]:
    """Explain a request; yields what is asked of stores."""
    outcome = yield from decide(case)
    name, reason = _told(outcome)
    denied = outcome if isinstance(outcome, Denied) else None
    if denied is not None:
        body = plain(denied.content.decode(errors="replace").strip())
        text = f"{denied.status}; the client is told {body}"
        case.note("answer", "plain", text, facts={"status": denied.status})
    consumer = None
    if isinstance(outcome, Authenticated | Anonymous):
        consumer = outcome.consumer.id
    request = case.request
    return Explanation(
        at=case.now,
        request=f"{plain(request.method)} {plain(request.path)}",
        outcome=name,
        reason=reason,
        status=None if denied is None else denied.status,
        claim=None if denied is None else denied.claim,
        consumer=consumer,
        fingerprint=None if case.sent is None else fingerprint(case.sent.value),
        steps=tuple(case.steps),
        slips=tuple(find_slips(case)),
        advice=PASSES[name] if reason is None else ADVICE[reason],
    )


def _told(outcome: Outcome) -> tuple[OutcomeName, Reason | None]:
    match outcome:
        case Authenticated():
            return "authenticated", None
        case Anonymous():
            return "anonymous", outcome.refusal
        case Exempt():
            return "exempt", None if outcome.would is None else outcome.would.reason
        case Denied():
            return "denied", outcome.reason
        case _:
            assert_never(outcome)
