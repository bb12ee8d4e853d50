"""Gauges of caches, read when Prometheus asks (the extra ``prometheus``)."""

from collections.abc import Iterable, Sequence
from typing import Final, final

from prometheus_client.core import GaugeMetricFamily

from jwtgate.stores.cached.caching import CacheState, Caching

__all__ = ["CacheGauges"]

_KINDS: Final = ("keys", "unknown_keys", "consumers", "unknown_consumers")


@final
class CacheGauges:
    """A collector of the gauges of all caches that it was told to watch.

    A scrape takes no lock of a cache and asks no store.
    """

    def __init__(self) -> None:
        self._caches: dict[str, Caching] = {}

    def watch(self, name: str, cache: Caching) -> None:
        """Show a cache by this name from now on, and no other by it."""
        self._caches[name] = cache

    def describe(self) -> Sequence[GaugeMetricFamily]:
        """Name the gauges, for a registry that looks for duplicates."""
        return _families(())

    def collect(self) -> Sequence[GaugeMetricFamily]:
        """Read all caches now."""
        caches = tuple(self._caches.items())
        return _families((name, cache.state) for name, cache in caches)


def _families(states: Iterable[tuple[str, CacheState]]) -> Sequence[GaugeMetricFamily]:
    entries = GaugeMetricFamily(
        "jwtgate_cache_entries",
        "Answers that a cache remembers, those past their time included.",
        labels=("store", "kind"),
    )
    lookups = GaugeMetricFamily(
        "jwtgate_store_lookups",
        "Look-ups that the store behind a cache is asked now.",
        labels=("store",),
    )
    waiting = GaugeMetricFamily(
        "jwtgate_store_waiting",
        "Requests that wait for look-ups now.",
        labels=("store",),
    )
    down = GaugeMetricFamily(
        "jwtgate_store_down",
        "1 if the store behind a cache counts as down, else 0.",
        labels=("store",),
    )
    for name, state in states:
        for kind in _KINDS:
            entries.add_metric((name, kind), getattr(state, kind))
        lookups.add_metric((name,), state.lookups)
        waiting.add_metric((name,), state.waiting)
        down.add_metric((name,), state.is_down)
    return entries, lookups, waiting, down
