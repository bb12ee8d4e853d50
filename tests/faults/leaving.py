"""A process that ends while its store does not answer; see test_shutdown.

Arguments: module and class of the store, its URL, and a key. It tells that the key
cannot be asked for, and ends.
"""

import asyncio
import sys
from importlib import import_module

from jwtgate.errors import Unavailable
from jwtgate.stores.cached import AsyncCachedStore, CachedStore

_TIMEOUT = 0.2


def main(module: str, name: str, url: str, key: str) -> None:
    """Ask, in vain."""
    store = getattr(import_module(module), name)(url)
    try:
        if hasattr(store, "afind"):
            asyncio.run(AsyncCachedStore(store, timeout=_TIMEOUT).afind(key))
        else:
            CachedStore(store, timeout=_TIMEOUT).find(key)
    except Unavailable as error:
        print(error.reason.code)  # noqa: T201 - to the test


if __name__ == "__main__":
    main(*sys.argv[1:])
