import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from jwtgate import Reason
from jwtgate.events import Decision
from jwtgate.metrics.prometheus import PrometheusMetrics

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "metrics.md").read_text()
REASONS = re.compile(r'reason=~?"([^"]+)"')
NAMES = re.compile(r"jwtgate_(?:decision|cache|store)\w*")


def test_alerts_name_reasons_that_there_are() -> None:
    """An alert on another one would never come."""
    named = {
        slug
        for pattern in REASONS.findall(PAGE)
        for slug in pattern.replace("\\", "").split("|")
    }
    assert named - {each.code for each in Reason} == set()


@pytest.mark.parametrize("reason", [each for each in Reason if each.our_fault])
def test_faults_of_ours_are_all_alerted_on(reason: Reason) -> None:
    """A new one must not be missed."""
    alerting = [each for each in REASONS.findall(PAGE) if "internal" in each]
    assert alerting
    assert all(reason.code in each for each in alerting)


def test_metrics_of_the_page_are_those_of_a_scrape() -> None:
    """All of them, and no other."""
    registry = CollectorRegistry()
    PrometheusMetrics(registry)(Decision(outcome="authenticated", seconds=0.1))
    shown = {metric.name for metric in registry.collect()}
    samples = {each.name for metric in registry.collect() for each in metric.samples}
    named = set(NAMES.findall(PAGE))
    assert named - shown - samples == set()
    assert shown - named == {"jwtgate_decisions"}  # it is jwtgate_decisions_total
