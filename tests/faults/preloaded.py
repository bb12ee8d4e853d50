"""An app that has asked its store before the server forks; see test_fork."""

import os
from typing import Any

from jwtgate import Gate
from jwtgate.stores.cached import CachedStore
from jwtgate.wsgi import JWTGateMiddleware
from tests.faults.worker import TTL, listener_of, manager_of

__all__ = ["load"]


def load(url: str, channel: str, key: str, now: float) -> JWTGateMiddleware:
    """Make the app, and have it ask for a key.

    Args:
        url: Of the store.
        channel: Of its changes.
        key: What is asked for.
        now: The time by the gate's clock.
    """
    store = manager_of(url, channel)
    cache = CachedStore(store, ttl=TTL, listener=listener_of(url, channel))
    cache.find(key)
    return JWTGateMiddleware(_app, Gate(cache, clock=lambda: now))


def _app(environ: Any, start_response: Any) -> list[bytes]:
    told = f"{os.getpid()} {environ['HTTP_X_CONSUMER_USERNAME']}".encode()
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]
