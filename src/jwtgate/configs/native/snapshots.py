"""What a store holds, copied."""

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.stores import FixedStore, MemoryStore, Page
from jwtgate.stores.paging import MAX_LIMIT, through_pages

__all__ = ["fixed"]


def fixed(store: MemoryStore | FixedStore) -> FixedStore:
    """Copy what a store holds now; one that never changes is given as it is."""
    if isinstance(store, FixedStore):
        return store

    def consumers(cursor: str | None) -> Page[Consumer]:
        return store.list_consumers(limit=MAX_LIMIT, cursor=cursor)

    def credentials(cursor: str | None) -> Page[Credential]:
        return store.list_credentials(limit=MAX_LIMIT, cursor=cursor)

    rows = tuple(through_pages(credentials))
    return FixedStore(through_pages(consumers), rows)
