"""Stores of credentials."""

from jwtgate.stores.memory import MemoryStore
from jwtgate.stores.paging import Page
from jwtgate.stores.threaded import in_thread

__all__ = ["MemoryStore", "Page", "in_thread"]
