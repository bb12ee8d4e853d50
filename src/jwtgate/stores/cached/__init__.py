"""Caches in front of stores, and what tells them of changes.

The drivers of listeners are extras, imported when a listener is made.
"""

from jwtgate.stores.cached.asyncstore import AsyncCachedStore
from jwtgate.stores.cached.limits import Limits
from jwtgate.stores.cached.listening import Listener
from jwtgate.stores.cached.postgres import PostgresListener
from jwtgate.stores.cached.redis import RedisListener
from jwtgate.stores.cached.store import CachedStore

__all__ = [
    "AsyncCachedStore",
    "CachedStore",
    "Limits",
    "Listener",
    "PostgresListener",
    "RedisListener",
]
