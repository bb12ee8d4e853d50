"""Decisions and caches as metrics of Prometheus (the extra ``prometheus``).

They are::

    jwtgate_decisions_total{outcome, reason}    decisions; reason is "" if there is none
    jwtgate_decision_seconds{outcome}           a histogram of what they took
    jwtgate_cache_entries{store, kind}          of each cache that is watched
    jwtgate_store_lookups{store}                the same
    jwtgate_store_waiting{store}                the same
    jwtgate_store_down{store}                   the same
"""

from typing import TYPE_CHECKING, Final, final

from jwtgate.errors import ConfigurationError
from jwtgate.events import Decision
from jwtgate.stores.cached.caching import Caching
from jwtgate.values import is_name, is_unicode

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["PrometheusMetrics"]

_NO_LIBRARY: Final = (
    "PrometheusMetrics needs prometheus_client; pip install 'jwtgate[prometheus]'"
)
_ONE: Final = "make one PrometheusMetrics for a registry, and give it to all gates"
_NO_CACHE: Final = (
    "expected a CachedStore or an AsyncCachedStore: what has no cache can tell nothing "
    "without being asked"
)


@final
class PrometheusMetrics:
    """Counts decisions, and shows caches; an ``on_decision`` for any number of gates.

    Safe for threads. Where several processes serve one port, set
    ``PROMETHEUS_MULTIPROC_DIR`` as prometheus_client wants it: decisions are summed
    then, and caches, which each process has of its own, are not shown.

    Args:
        registry: Where the metrics are registered; the default one if left out.

    Raises:
        ConfigurationError: prometheus_client is not installed, or the registry has
            these metrics already: one object serves all gates.
    """

    def __init__(self, registry: "CollectorRegistry | None" = None) -> None:
        try:
            import prometheus_client  # noqa: PLC0415 - an extra
        except ImportError:
            raise ConfigurationError(_NO_LIBRARY) from None
        from jwtgate.metrics.cachegauges import CacheGauges  # noqa: PLC0415 - needs it
        from jwtgate.metrics.decisionseries import (  # noqa: PLC0415 - same
            DecisionSeries,
        )

        target = prometheus_client.REGISTRY if registry is None else registry
        self._caches = CacheGauges()
        try:
            self._decisions = DecisionSeries(target)
            target.register(self._caches)
        except ValueError as error:
            raise ConfigurationError(f"{error}; {_ONE}") from None

    def __call__(self, decision: Decision) -> None:
        """Count a decision, and time it."""
        self._decisions.add(decision)

    def watch(self, name: str, cache: Caching) -> None:
        """Show a cache, and how the store behind it does, from now on.

        Args:
            name: What its ``store`` label says. A cache that is watched by a name that
                another one had takes its place, as after a reload.
            cache: A :class:`jwtgate.stores.cached.CachedStore` or an
                :class:`~jwtgate.stores.cached.AsyncCachedStore`.

        Raises:
            ConfigurationError: It is no cache, or the name no text that can be written.
        """
        if not (is_name(name) and is_unicode(name)):
            raise ConfigurationError("the name of a cache must be a text, not empty")
        if not isinstance(cache, Caching):
            raise ConfigurationError(_NO_CACHE)
        self._caches.watch(name, cache)
