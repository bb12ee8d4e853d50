import pytest
from prometheus_client import CollectorRegistry

from jwtgate import Reason
from jwtgate.events import Decision
from jwtgate.metrics.decisionseries import DecisionSeries
from tests.metrics.decisions import decided, timed


@pytest.fixture
def series(registry: CollectorRegistry) -> DecisionSeries:
    """The series in it."""
    return DecisionSeries(registry)


def test_decisions_are_counted_by_outcome_and_reason(
    series: DecisionSeries, registry: CollectorRegistry
) -> None:
    """The reason is empty where there is none."""
    series.add(Decision(outcome="anonymous"))
    series.add(Decision(outcome="anonymous", reason=Reason.TOKEN_EXPIRED))
    series.add(Decision(outcome="anonymous"))
    assert decided(registry, "anonymous") == 2
    assert decided(registry, "anonymous", "token_expired") == 1


@pytest.mark.usefixtures("series")
@pytest.mark.parametrize("reason", [each for each in Reason if each.our_fault])
def test_failures_of_ours_are_there_from_the_start(
    reason: Reason, registry: CollectorRegistry
) -> None:
    """A rate would not see the first one, in a series that begins with it."""
    assert decided(registry, "denied", reason.code) == 0


def test_a_decision_is_timed_in_microseconds(
    series: DecisionSeries, registry: CollectorRegistry
) -> None:
    """The usual bounds begin at 5 ms."""
    series.add(Decision(outcome="authenticated", seconds=0.000_007))
    assert timed(registry, "authenticated", "5e-06") == 0
    assert timed(registry, "authenticated", "1e-05") == 1


def test_a_decision_without_a_time_is_not_timed(
    series: DecisionSeries, registry: CollectorRegistry
) -> None:
    """That of a view: the one before it took the time."""
    series.add(Decision(outcome="denied", reason=Reason.SCOPE_MISSING))
    assert timed(registry, "denied") is None


def test_a_registry_that_has_them_is_refused(registry: CollectorRegistry) -> None:
    """By the library."""
    DecisionSeries(registry)
    with pytest.raises(ValueError, match="jwtgate_decisions"):
        DecisionSeries(registry)
