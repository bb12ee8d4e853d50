import sys
from typing import Any

import pytest
from hypothesis import given
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    HistogramDataPoint,
    InMemoryMetricReader,
    NumberDataPoint,
)
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from jwtgate import ConfigurationError, Policy, Reason
from jwtgate.events import Decision
from jwtgate.metrics.bounds import SECONDS
from jwtgate.metrics.otel import OpenTelemetry
from jwtgate.requirement import Requirement
from tests.kit import BOTH, KEY, SECRET, Sent, jack, mint
from tests.metrics.decisions import ANY, BARE, EXPIRED, GOOD, DownStore, telling

both = pytest.mark.parametrize("via", BOTH.values(), ids=BOTH)


class Telemetry:
    """An SDK that keeps what it is given."""

    def __init__(self) -> None:
        self._reader = InMemoryMetricReader()
        self.meters = MeterProvider([self._reader])
        self._spans = InMemorySpanExporter()
        tracers = TracerProvider()
        tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self.tracer = tracers.get_tracer("a server")

    def of(self, **options: Any) -> OpenTelemetry:
        """Make the listener that is tested."""
        return OpenTelemetry(meter_provider=self.meters, **options)

    def span(self, call: Any, *given: Any) -> ReadableSpan:
        """Call something in a span; give the span."""
        with self.tracer.start_as_current_span("GET /"):
            call(*given)
        (span,) = self._spans.get_finished_spans()
        self._spans.clear()
        return span

    def points(self, name: str) -> list[Any]:
        """Give the points of a metric."""
        data = self._reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


@pytest.fixture
def telemetry() -> Telemetry:
    """An SDK of the test's own."""
    return Telemetry()


@both
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param(
            GOOD,
            {"jwtgate.outcome": "authenticated", "jwtgate.carriers": ("header",)},
            id="authenticated",
        ),
        pytest.param(
            Sent.bearer(mint(exp=None)),
            {
                "jwtgate.outcome": "denied",
                "jwtgate.reason": "claim_missing",
                "jwtgate.claim": "exp",
                "jwtgate.carriers": ("header",),
            },
            id="denied",
        ),
        pytest.param(
            Sent(path="/open/a"),
            {"jwtgate.outcome": "exempt", "jwtgate.route": "/open/*"},
            id="public",
        ),
    ],
)
def test_the_current_span_tells_of_the_decision(
    via: Any, sent: Sent, expected: dict[str, object], telemetry: Telemetry
) -> None:
    """In the threads and tasks of a middleware, too."""
    span = telemetry.span(via, telling(telemetry.of()), sent)
    told = dict(span.attributes or {})
    told.pop("jwtgate.reference", None)
    assert told == expected


@both
def test_the_span_has_the_reference_that_the_client_was_told(
    via: Any, telemetry: Telemetry
) -> None:
    """By what a client quotes its trace is found."""
    gate, got = telling(telemetry.of()), []
    span = telemetry.span(lambda: got.append(via(gate, BARE)))
    quoted = got[0].headers["x-request-reference"]
    assert dict(span.attributes or {})["jwtgate.reference"] == quoted


def test_a_consumer_is_personal_data(telemetry: Telemetry) -> None:
    """And on the span only if that was asked for."""
    decision = Decision(outcome="authenticated", consumer="jack's id", key="jack-key")
    silent = telemetry.span(telemetry.of(), decision)
    naming = telemetry.span(telemetry.of(consumer=True), decision)
    assert "jack" not in str(dict(silent.attributes or {}))
    assert dict(naming.attributes or {})["enduser.id"] == "jack's id"


def test_a_consumer_who_is_not_known_is_not_named(telemetry: Telemetry) -> None:
    """No signature shows who it is."""
    gate = telling(telemetry.of(consumer=True))
    span = telemetry.span(BOTH["wsgi"], gate, Sent.bearer(mint(secret="x" * 64)))
    assert dict(span.attributes or {})["jwtgate.reason"] == "signature_invalid"
    assert "enduser.id" not in (span.attributes or {})


def test_a_failure_of_ours_is_an_error(telemetry: Telemetry) -> None:
    """``error.type``, as the conventions have it, on the span and the counter."""
    gate = telling(telemetry.of(), store=DownStore())
    span = telemetry.span(BOTH["wsgi"], gate, GOOD)
    (point,) = telemetry.points("jwtgate.decisions")
    assert dict(span.attributes or {})["error.type"] == "store_unavailable"
    assert point.attributes["error.type"] == "store_unavailable"


def test_a_refusal_is_no_error_of_a_server(telemetry: Telemetry) -> None:
    """Nor does the gate touch the status of a span that is not its own."""
    span = telemetry.span(BOTH["wsgi"], telling(telemetry.of()), EXPIRED)
    assert "error.type" not in (span.attributes or {})
    assert span.status.is_unset


def test_a_view_that_refuses_has_the_last_word(telemetry: Telemetry) -> None:
    """The span tells what became of the request."""
    gate = telling(telemetry.of())

    def serve() -> None:
        got = BOTH["wsgi"](gate, GOOD)
        gate.narrow(got.outcome, Requirement(consumers=("ann",)))

    told = dict(telemetry.span(serve).attributes or {})
    assert told["jwtgate.outcome"] == "denied"
    assert told["jwtgate.reason"] == "consumer_forbidden"


def test_a_span_that_is_not_recorded_is_left_alone(telemetry: Telemetry) -> None:
    """And the decision is counted all the same."""
    telemetry.of()(Decision(outcome="authenticated"))
    (point,) = telemetry.points("jwtgate.decisions")
    assert point.value == 1


@both
def test_decisions_are_counted(via: Any, telemetry: Telemetry) -> None:
    """By outcome and reason alone: what a client chooses would make series of its own.

    That is the attack: a million keys, and as many series.
    """
    gate = telling(telemetry.of(consumer=True))
    for sent in (GOOD, GOOD, *(Sent.bearer(mint(iss=f"k{i}")) for i in range(20))):
        via(gate, sent)
    points: list[NumberDataPoint] = telemetry.points("jwtgate.decisions")
    told = [(dict(each.attributes or {}), each.value) for each in points]
    assert told == [
        ({"jwtgate.outcome": "authenticated"}, 2),
        ({"jwtgate.outcome": "denied", "jwtgate.reason": "key_unknown"}, 20),
    ]


def test_a_decision_is_timed_in_seconds_and_down_to_microseconds(
    telemetry: Telemetry,
) -> None:
    """The usual bounds begin at 5, whatever that is."""
    telemetry.of()(Decision(outcome="authenticated", seconds=0.000_007))
    point: HistogramDataPoint
    (point,) = telemetry.points("jwtgate.decision.duration")
    assert tuple(point.explicit_bounds) == SECONDS
    assert list(point.bucket_counts)[:3] == [0, 1, 0]
    assert dict(point.attributes or {}) == {"jwtgate.outcome": "authenticated"}


def test_a_decision_without_a_time_is_not_timed(telemetry: Telemetry) -> None:
    """It is counted."""
    telemetry.of()(Decision(outcome="denied", reason=Reason.SCOPE_MISSING))
    assert telemetry.points("jwtgate.decision.duration") == []


def test_report_mode_counts_what_would_be_refused(telemetry: Telemetry) -> None:
    """By the reason."""
    gate = telling(telemetry.of(), policy=Policy(mode="report"))
    BOTH["wsgi"](gate, EXPIRED)
    (point,) = telemetry.points("jwtgate.decisions")
    assert dict(point.attributes) == {
        "jwtgate.outcome": "exempt",
        "jwtgate.reason": "token_expired",
    }


def test_nothing_secret_is_told(telemetry: Telemetry) -> None:
    """No token, no key, no id."""
    span = telemetry.span(BOTH["wsgi"], telling(telemetry.of()), GOOD)
    told = f"{span.to_json()} {telemetry.points('jwtgate.decisions')}"
    token = GOOD.headers[0][1].removeprefix("Bearer ")
    for secret in (SECRET, KEY, jack().id, *token.split(".")):
        assert secret not in told


_TELEMETRY = Telemetry()


@given(ANY)
def test_no_decision_makes_it_raise(decision: Decision) -> None:
    """With a span and without one."""
    listener = _TELEMETRY.of(consumer=True)
    listener(decision)
    assert _TELEMETRY.span(listener, decision).attributes


def test_without_an_sdk_nothing_happens() -> None:
    """The API alone is what libraries need."""
    OpenTelemetry()(Decision(outcome="authenticated", seconds=0.1))


@pytest.mark.parametrize("consumer", [None, 1, "yes"])
def test_what_only_counts_as_true_is_refused(consumer: Any) -> None:
    """Personal data is told on purpose."""
    with pytest.raises(ConfigurationError, match="consumer"):
        OpenTelemetry(consumer=consumer)


def test_without_the_library_the_error_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When the object is made: the module can be imported."""
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'jwtgate\[otel\]'"):
        OpenTelemetry()
