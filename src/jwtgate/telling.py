"""Tells of a decision as :class:`jwtgate.events.Events` say."""

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Final, final

from jwtgate._log import Problems, is_logged, log_decision, log_silence, raised
from jwtgate.credential import Credential
from jwtgate.events import Decision, Events, OutcomeName, fingerprint
from jwtgate.extraction import FoundToken, RequestView
from jwtgate.guard import Guard
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt, Outcome
from jwtgate.reason import Reason
from jwtgate.record import per_request
from jwtgate.routes import Route

__all__ = ["REFERENCE", "Case", "Teller"]

REFERENCE: Final = "X-Request-Reference"
"""The header that tells a refused client what to quote."""

_LONGEST_METHOD = 16
_SECONDS_UNTIL_AGAIN: Final = 60.0


@per_request
class Case:
    """What is known of a request beside its outcome.

    Attributes:
        guard: What decided.
        request: The request; None if a view decides, of an outcome that was there.
        route: The route that it came to.
        caller: What the outcome was before something refused, or the credential that
            the signature holds under.
        began: When the decision began, by the clock of the teller.
    """

    guard: Guard
    request: RequestView | None = None
    route: Route | None = None
    caller: Outcome | Credential | None = None
    began: float | None = None


@final
class Teller:
    """Logs decisions, sparingly, and tells listeners.

    Args:
        events: What is told to whom.
        clock: Tells seconds from anywhere.

    Attributes:
        clock: The clock.
        tells_all: Whether it tells of each request that passes, too.
    """

    def __init__(
        self, events: Events, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._events = events
        self._listeners = events.listeners
        self._sparingly = _Sparingly(events.records_per_minute, clock)
        self._problems = Problems(clock)
        self.tells_all = bool(self._listeners) or events.log_passed
        self.clock = clock

    def is_silent_on(self, outcome: Outcome) -> bool:
        """Whether there is nothing to tell of an outcome."""
        return type(outcome) is Authenticated and not self.tells_all

    def tell(self, outcome: Outcome, case: Case) -> Outcome:
        """Tell of an outcome.

        Returns:
            It; with a reference for the client, where one is wanted.
        """
        refused = _refused(outcome)
        is_logged = self._is_logged(refused)
        if not (is_logged or self._listeners):
            return outcome
        reference = None
        if isinstance(outcome, Denied) and self._is_quoted(outcome):
            reference = os.urandom(8).hex()
            headers = (*outcome.response_headers, (REFERENCE, reference))
            outcome = replace(outcome, response_headers=headers)
        decision = self._decision(outcome, refused, case, reference)
        if is_logged:
            log_decision(decision)
        for listener in self._listeners:
            try:
                listener(decision)
            except Exception as error:  # noqa: BLE001 - it is the user's
                self._problems.log(raised("on_decision failed", error))
        return outcome

    def _is_quoted(self, denied: Denied) -> bool:
        return self._events.references and denied.status == 401

    def _is_logged(self, refused: Reason | None) -> bool:
        if not is_logged(refused):
            return False
        if refused is None:
            return self._events.log_passed
        return self._sparingly.may(refused)

    def _decision(
        self,
        outcome: Outcome,
        refused: Reason | None,
        case: Case,
        reference: str | None,
    ) -> Decision:
        consumer, key = _who(outcome, case.caller)
        request, route, began = case.request, case.route, case.began
        sent = None if request is None else _sent(case.guard, request)
        return Decision(
            outcome=_name(outcome),
            reason=refused,
            claim=_claim(outcome),
            consumer=consumer,
            key=key,
            carriers=() if sent is None else tuple(sorted(sent.carriers)),
            fingerprint=None if sent is None else fingerprint(sent.value),
            route=None if route is None else route.path,
            method=None if request is None else _shown(request.method),
            kind=None if request is None else request.kind,
            seconds=None if began is None else self.clock() - began,
            reference=reference,
        )


@final
class _Sparingly:
    """Lets a number of records through for each reason and minute."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._ends = clock() + _SECONDS_UNTIL_AGAIN
        self._seen: Counter[Reason] = Counter()

    def may(self, reason: Reason) -> bool:
        # No lock, which could be held at a fork: threads that come together may let a
        # few more through.
        now = self._clock()
        if now >= self._ends:
            last, self._seen = self._seen, Counter()
            self._ends = now + _SECONDS_UNTIL_AGAIN
            # Of a copy: a thread that began before may still count in it.
            for each, times in tuple(last.items()):
                if times > self._most:
                    log_silence(each, times - self._most)
        seen = self._seen
        number = seen[reason] = seen[reason] + 1
        return number <= self._most


def _refused(outcome: Outcome) -> Reason | None:
    match outcome:
        case Denied():
            return outcome.reason
        case Exempt():
            return None if outcome.would is None else outcome.would.reason
        case Anonymous():
            missing = outcome.refusal is Reason.TOKEN_MISSING
            return None if missing else outcome.refusal
        case _:
            return None


def _who(
    outcome: Outcome, caller: Outcome | Credential | None
) -> tuple[str | None, str | None]:
    known = outcome if isinstance(outcome, Authenticated) else caller
    if isinstance(known, Authenticated):
        return known.consumer.id, known.credential.key
    if isinstance(known, Credential):
        # Whom a claim names: that claim was not asked yet.
        is_named = known.consumer_claim is not None
        return None if is_named else known.consumer.id, known.key
    return None, None


def _name(outcome: Outcome) -> OutcomeName:
    match outcome:
        case Authenticated():
            return "authenticated"
        case Anonymous():
            return "anonymous"
        case Exempt():
            return "exempt"
        case _:
            return "denied"


def _claim(outcome: Outcome) -> str | None:
    denied = outcome.would if isinstance(outcome, Exempt) else outcome
    return denied.claim if isinstance(denied, Denied) else None


def _sent(guard: Guard, request: RequestView) -> FoundToken | None:
    try:
        return guard.collector.collect(request)
    except Exception:  # noqa: BLE001 - what failed the decision fails here, too
        return None


def _shown(method: str) -> str:
    cut = method[:_LONGEST_METHOD]
    return cut if cut.isascii() and cut.isprintable() else ascii(cut)[1:-1]
