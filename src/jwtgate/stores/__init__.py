"""Stores of credentials."""

from jwtgate.stores.fixed import FixedStore
from jwtgate.stores.memory import MemoryStore
from jwtgate.stores.paging import Page
from jwtgate.stores.threaded import in_thread

__all__ = ["FixedStore", "MemoryStore", "Page", "in_thread"]
