"""Decisions on spans and as metrics of OpenTelemetry (the extra ``otel``).

On the current span, which is the server's if it is traced outside of the gate::

    jwtgate.outcome, jwtgate.reason, jwtgate.claim, jwtgate.carriers, jwtgate.route
    jwtgate.reference           what the client was told to quote
    error.type                  the reason, where the fault is ours (503)
    enduser.id                  the consumer, if that is wanted

Its status and its ``http.*`` attributes are left to whoever began it. As metrics::

    jwtgate.decisions           {decision}, by outcome, reason and error.type
    jwtgate.decision.duration   s, by outcome

Source: OpenTelemetry semantic conventions 1.44, "Naming", "Recording errors", "HTTP
spans" (a 4xx is no error of a server) and the registry of ``enduser``.
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, final

from jwtgate.errors import ConfigurationError
from jwtgate.events import Decision
from jwtgate.metrics.bounds import SECONDS
from jwtgate.values import is_switch

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.util.types import AttributeValue

__all__ = ["OpenTelemetry"]


@final
class OpenTelemetry:
    """Marks spans and counts decisions; an ``on_decision`` for any number of gates.

    Safe for threads. It needs the API alone, and does nothing until the process has an
    SDK. It begins no span.

    Args:
        consumer: Put the consumer's id on the span, as ``enduser.id``: it is personal
            data, and traces go far. It is never on a metric.
        meter_provider: What gives meters; the global one if left out.

    Raises:
        ConfigurationError: The API of OpenTelemetry is not installed, or ``consumer``
            is not True or False.
    """

    def __init__(
        self, *, consumer: bool = False, meter_provider: "MeterProvider | None" = None
    ) -> None:
        try:
            from opentelemetry import metrics, trace  # noqa: PLC0415 - an extra
        except ImportError:
            raise ConfigurationError(
                "OpenTelemetry needs opentelemetry-api; pip install 'jwtgate[otel]'"
            ) from None
        if not is_switch(consumer):
            raise ConfigurationError("consumer must be True or False")
        self._names_consumer = consumer
        self._current_span = trace.get_current_span
        meter = metrics.get_meter("jwtgate", version("jwtgate"), meter_provider)
        self._decisions = meter.create_counter(
            "jwtgate.decisions", "{decision}", "Decisions of the gate."
        )
        self._seconds = meter.create_histogram(
            "jwtgate.decision.duration",
            "s",
            "Duration of a decision, stores included.",
            explicit_bucket_boundaries_advisory=SECONDS,
        )

    def __call__(self, decision: Decision) -> None:
        """Mark the current span, and count."""
        why = _why(decision)
        span = self._current_span()
        if span.is_recording():
            span.set_attributes({**why, **self._details(decision)})
        self._decisions.add(1, why)
        if decision.seconds is not None:
            outcome = {"jwtgate.outcome": decision.outcome}
            self._seconds.record(decision.seconds, outcome)

    def _details(self, decision: Decision) -> "dict[str, AttributeValue]":
        told: dict[str, AttributeValue | None] = {
            "jwtgate.claim": decision.claim,
            "jwtgate.carriers": decision.carriers or None,
            "jwtgate.route": decision.route,
            "jwtgate.reference": decision.reference,
            "enduser.id": decision.consumer if self._names_consumer else None,
        }
        return {name: value for name, value in told.items() if value is not None}


def _why(decision: Decision) -> "dict[str, AttributeValue]":
    why: dict[str, AttributeValue] = {"jwtgate.outcome": decision.outcome}
    reason = decision.reason
    if reason is not None:
        why["jwtgate.reason"] = reason.code
        if reason.our_fault:
            why["error.type"] = reason.code
    return why
