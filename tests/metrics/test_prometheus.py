import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import prometheus_client
import pytest
from hypothesis import given
from prometheus_client import CollectorRegistry, generate_latest, start_http_server

from jwtgate import ConfigurationError, Policy
from jwtgate.events import Decision
from jwtgate.metrics.prometheus import PrometheusMetrics
from jwtgate.requirement import Requirement
from jwtgate.stores.cached import CachedStore
from tests.kit import BOTH, KEY, Sent, jack, mint
from tests.metrics.decisions import (
    ANY,
    BARE,
    EXPIRED,
    GOOD,
    DownStore,
    decided,
    telling,
    timed,
)
from tests.stores.cached.fakes import Store

both = pytest.mark.parametrize("via", BOTH.values(), ids=BOTH)

# Two processes decide, a third one answers the scrape.
_FORKING = """
import os
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from jwtgate import Reason
from jwtgate.events import Decision
from jwtgate.metrics.prometheus import PrometheusMetrics
from jwtgate.stores import MemoryStore
from jwtgate.stores.cached import CachedStore

metrics = PrometheusMetrics()
metrics.watch("sql", CachedStore(MemoryStore()))
for _ in range(2):
    pid = os.fork()
    if not pid:
        metrics(Decision(outcome="authenticated", seconds=0.001))
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


@pytest.fixture
def metrics(registry: CollectorRegistry) -> PrometheusMetrics:
    """The metrics in it."""
    return PrometheusMetrics(registry)


@both
@pytest.mark.parametrize(
    ("sent", "outcome", "reason"),
    [
        pytest.param(GOOD, "authenticated", "", id="authenticated"),
        pytest.param(BARE, "denied", "token_missing", id="no token"),
        pytest.param(EXPIRED, "denied", "token_expired", id="expired"),
        pytest.param(Sent(path="/open/a"), "exempt", "", id="public"),
    ],
)
def test_a_decision_is_counted_and_timed(
    via: Any,
    sent: Sent,
    outcome: str,
    reason: str,
    metrics: PrometheusMetrics,
    registry: CollectorRegistry,
) -> None:
    """By what became of the request, and why."""
    via(telling(metrics), sent)
    assert decided(registry, outcome, reason) == 1
    assert timed(registry, outcome) == 1


@both
def test_a_store_that_fails_is_counted(
    via: Any, metrics: PrometheusMetrics, registry: CollectorRegistry
) -> None:
    """What an operator is woken up for."""
    via(telling(metrics, store=DownStore()), GOOD)
    assert decided(registry, "denied", "store_unavailable") == 1


@both
def test_report_mode_counts_what_would_be_refused(
    via: Any, metrics: PrometheusMetrics, registry: CollectorRegistry
) -> None:
    """By the reason: when there are no more of them, the gate may enforce."""
    via(telling(metrics, policy=Policy(mode="report")), EXPIRED)
    assert decided(registry, "exempt", "token_expired") == 1


def test_a_view_that_refuses_is_counted_but_not_timed(
    metrics: PrometheusMetrics, registry: CollectorRegistry
) -> None:
    """It is a decision of its own; the one before it took the time."""
    gate = telling(metrics)
    got = BOTH["wsgi"](gate, GOOD)
    gate.narrow(got.outcome, Requirement(consumers=("ann",)))
    assert decided(registry, "authenticated") == 1
    assert decided(registry, "denied", "consumer_forbidden") == 1
    assert timed(registry, "denied") is None


def test_two_gates_share_one_object(
    metrics: PrometheusMetrics, registry: CollectorRegistry
) -> None:
    """They are summed."""
    for gate in (telling(metrics), telling(metrics)):
        BOTH["wsgi"](gate, GOOD)
    assert decided(registry, "authenticated") == 2


def test_nothing_that_a_client_chooses_becomes_a_label(
    metrics: PrometheusMetrics, registry: CollectorRegistry
) -> None:
    """The attack is a million requests, each with a path, method and key of its own.

    Each would make a series, until the memory is full.
    """
    gate = telling(metrics)
    BOTH["wsgi"](gate, GOOD)
    before = len(generate_latest(registry).splitlines())
    for number in range(50):
        token = mint(iss=f"key-{number}")
        sent = Sent.bearer(token, method=f"M{number}", path=f"/{number}")
        BOTH["wsgi"](gate, sent)
    after = generate_latest(registry).decode()
    labels = "jwtgate_decision_seconds", 'outcome="denied"'
    more = [line for line in after.splitlines() if all(each in line for each in labels)]
    assert (
        len(after.splitlines()) == before + len(more) + 2
    )  # the counter's, and its age
    assert KEY not in after
    assert jack().id not in after


@given(ANY)
def test_no_decision_makes_it_raise(decision: Decision) -> None:
    """Nor makes a scrape that cannot be written."""
    registry = CollectorRegistry()
    PrometheusMetrics(registry)(decision)
    assert generate_latest(registry)


def test_a_cache_is_watched(
    metrics: PrometheusMetrics, registry: CollectorRegistry
) -> None:
    """By the name that the operator gives it."""
    cache = CachedStore(Store("a"))
    metrics.watch("sql", cache)
    cache.find("a")
    labels = {"store": "sql", "kind": "keys"}
    assert registry.get_sample_value("jwtgate_cache_entries", labels) == 1


@pytest.mark.parametrize("name", ["", "\ud800", None, 7])
def test_a_name_that_cannot_be_written_is_refused(
    name: Any, metrics: PrometheusMetrics
) -> None:
    """When it is given: later, each scrape would fail."""
    with pytest.raises(ConfigurationError, match="name of a cache"):
        metrics.watch(name, CachedStore(Store()))


def test_what_is_no_cache_is_refused(metrics: PrometheusMetrics) -> None:
    """It would have to be asked."""
    store: Any = Store()
    with pytest.raises(ConfigurationError, match="expected a CachedStore"):
        metrics.watch("sql", store)


@pytest.mark.usefixtures("metrics")
def test_a_second_object_for_a_registry_is_refused(registry: CollectorRegistry) -> None:
    """The error says what to do."""
    with pytest.raises(ConfigurationError, match="give it to all gates"):
        PrometheusMetrics(registry)


def test_the_default_registry_is_that_of_the_library(
    monkeypatch: pytest.MonkeyPatch, registry: CollectorRegistry
) -> None:
    """Which ``start_http_server`` and ``make_asgi_app`` show."""
    monkeypatch.setattr(prometheus_client, "REGISTRY", registry)
    PrometheusMetrics()(Decision(outcome="authenticated"))
    assert decided(registry, "authenticated") == 1


def test_without_the_library_the_error_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When the object is made: the module can be imported."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(ConfigurationError, match=r"install 'jwtgate\[prometheus\]'"):
        PrometheusMetrics()


def test_a_scrape_over_http_has_it_all(
    metrics: PrometheusMetrics, registry: CollectorRegistry
) -> None:
    """As Prometheus would do it."""
    metrics.watch("sql", CachedStore(Store()))
    BOTH["asgi"](telling(metrics), EXPIRED)
    server, thread = start_http_server(0, "127.0.0.1", registry)
    try:
        url = f"http://127.0.0.1:{server.server_port}/metrics"
        with urlopen(url, timeout=30) as answer:
            text = answer.read().decode()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    counted = 'jwtgate_decisions_total{outcome="denied",reason="token_expired"} 1.0'
    assert counted in text.splitlines()
    assert 'jwtgate_store_down{store="sql"} 0.0' in text.splitlines()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_decisions_of_several_processes_are_summed(tmp_path: Path) -> None:
    """In the library's way; caches, which each process has of its own, are left out."""
    ended = subprocess.run(  # noqa: S603 - this interpreter, on a text above
        [sys.executable, "-c", _FORKING],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    shown = ended.stdout.splitlines()
    assert 'jwtgate_decisions_total{outcome="authenticated",reason=""} 2.0' in shown
    assert 'jwtgate_decision_seconds_count{outcome="authenticated"} 2.0' in shown
    assert "jwtgate_cache" not in ended.stdout
