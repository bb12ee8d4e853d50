"""One process of several: tells when it obeys what another one changed.

It imports little, so that several of them start soon.
"""

import json
import sys
from threading import Event
from time import monotonic
from typing import Any, Final

from jwtgate import Authenticated, Gate, RequestView, authenticate
from jwtgate.stores.cached import (
    CachedStore,
    Listener,
    PostgresListener,
    RedisListener,
)

__all__ = ["PATIENCE", "TTL", "listener_of", "manager_of"]

PATIENCE: Final = 30.0
"""Seconds after which a worker that does not obey ends."""

TTL: Final = 600.0
"""Seconds; so it is notifications that are obeyed."""

_PAUSE: Final = 0.001


def manager_of(url: str, channel: str) -> Any:
    """Give the store of a URL, which tells of changes on a channel."""
    if url.startswith("redis"):
        from jwtgate.stores.redis import RedisStore  # noqa: PLC0415 - one of them

        return RedisStore(url, channel=channel)
    from jwtgate.stores.sql import SQLStore  # noqa: PLC0415 - same

    return SQLStore(url, channel=channel)


def listener_of(url: str, channel: str) -> Listener:
    """Give what hears of changes in the store of a URL."""
    if url.startswith("redis"):
        return RedisListener(url, channel)
    # So that a test can tell its connection from others.
    return PostgresListener(f"{url}?application_name={channel}", channel)


def work(url: str, channel: str, now: float) -> None:
    """Read what to wait for, a line each, and write when it came.

    A line is a JSON list of a token, and whether it is to be served.

    Args:
        url: Of the store.
        channel: Of its changes.
        now: The time by the gate's clock.
    """
    cache = CachedStore(
        manager_of(url, channel),
        ttl=TTL,
        negative_ttl=TTL,
        listener=listener_of(url, channel),
    )
    gate = Gate(cache, clock=lambda: now)
    pause = Event()
    for line in sys.stdin:
        token, is_wanted = json.loads(line)
        headers = [(b"authorization", b"Bearer " + token.encode())]
        request = RequestView(method="GET", path="/", query=b"", headers=headers)
        end = monotonic() + PATIENCE
        while isinstance(authenticate(gate, request), Authenticated) is not is_wanted:
            if monotonic() > end:
                raise SystemExit("a change is not obeyed")
            pause.wait(_PAUSE)
        print(monotonic(), flush=True)  # noqa: T201 - to the test


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2], float(sys.argv[3]))
