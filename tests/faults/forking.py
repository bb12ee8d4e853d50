"""A process that forks while its threads ask a store; see test_fork.

Arguments: the store's URL, a channel, and keys. It ends with 0 if all children could
ask for all keys, and none got another one's credential.
"""

import os
import signal
import sys
from collections.abc import Sequence
from threading import Event, Thread
from typing import Any, Final

from jwtgate.stores.cached import CachedStore
from tests.faults.worker import listener_of, manager_of

__all__ = ["ask_all"]

_CHILDREN: Final = 6
_PATIENCE: Final = 15
_THREADS: Final = 4


def ask_all(store: Any, keys: Sequence[str]) -> None:
    """Ask for each key, and see that it is what was found."""
    for key in keys:
        (found,) = store.find(key)
        assert found.key == key
        assert found.consumer.username == key


def _child(cache: Any, store: Any, keys: Sequence[str]) -> None:
    signal.alarm(_PATIENCE)  # ends it, should a lock be held that nobody gives back
    ask_all(cache, keys)
    cache.clear()
    ask_all(cache, keys)
    ask_all(store, keys)


def _fork(cache: Any, store: Any, keys: Sequence[str]) -> int:
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    status = 1
    try:
        _child(cache, store, keys)
        status = 0
    finally:
        os._exit(status)


def main(url: str, channel: str, *keys: str) -> None:
    """Fork several times, while threads ask all the time."""
    store = manager_of(url, channel)
    # With no time at all, so that the cache, too, asks all the time.
    cache = CachedStore(
        store,
        ttl=0,
        timeout=_PATIENCE,
        max_lookups=4,
        listener=listener_of(url, channel),
    )
    # So that all is loaded: a module that a thread loads while another one forks is
    # never loaded in the child.
    ask_all(cache, keys)
    ended = Event()
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            while not ended.is_set():
                ask_all(cache, keys)
                ask_all(store, keys[:1])
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [Thread(target=ask) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    statuses = [_fork(cache, store, keys) for _ in range(_CHILDREN)]
    ended.set()
    for thread in threads:
        thread.join()
    ask_all(cache, keys)
    raise SystemExit(f"{statuses} {failed}" if any(statuses) or failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
