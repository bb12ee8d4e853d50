"""Series of decisions (the extra ``prometheus``)."""

from functools import cache
from typing import final

from prometheus_client import CollectorRegistry, Counter, Histogram

from jwtgate.events import Decision, OutcomeName
from jwtgate.metrics.bounds import SECONDS
from jwtgate.reason import Reason

__all__ = ["DecisionSeries"]


@final
class DecisionSeries:
    """Counts decisions and times them; safe for threads.

    Args:
        registry: Where the series are registered.

    Raises:
        ValueError: It has some of these names already.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._decisions = Counter(
            "jwtgate_decisions",
            "Decisions of the gate.",
            ("outcome", "reason"),
            registry=registry,
        )
        self._seconds = Histogram(
            "jwtgate_decision_seconds",
            "Seconds that a decision took, stores included.",
            ("outcome",),
            registry=registry,
            buckets=SECONDS,
        )
        # Kept, since the library looks a series up each time, under a lock, and that
        # costs more than to count.
        self._counter = cache(self._counter_of)
        self._timer = cache(self._timer_of)
        # A rate begins at the second sample, and the first of these may be the alarm.
        for reason in Reason:
            if reason.our_fault:
                self._counter("denied", reason)

    def add(self, decision: Decision) -> None:
        """Add a decision."""
        self._counter(decision.outcome, decision.reason).inc()
        if decision.seconds is not None:
            self._timer(decision.outcome).observe(decision.seconds)

    def _counter_of(self, outcome: OutcomeName, reason: Reason | None) -> Counter:
        return self._decisions.labels(outcome, "" if reason is None else reason.code)

    def _timer_of(self, outcome: OutcomeName) -> Histogram:
        return self._seconds.labels(outcome)
