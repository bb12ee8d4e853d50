"""The stores of a gate, and all credentials that they tell of."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from inspect import iscoroutinefunction
from typing import Any

from jwtgate.credential import Credential
from jwtgate.settings import Settings
from jwtgate.stores import FixedStore, Page
from jwtgate.stores.chain import ChainStore
from jwtgate.stores.paging import MAX_LIMIT, through_pages
from jwtgate.stores.threaded import InThread

__all__ = ["rows_of", "stores_of"]


def stores_of(settings: Settings) -> Iterator[object]:
    """Give the stores of a gate, and those that they are made of, each once."""
    seen: list[object] = []
    waiting: list[object] = [settings.store, *(each.store for each in settings.routes)]
    while waiting:
        store = waiting.pop(0)
        if store is not None and not any(store is each for each in seen):
            seen.append(store)
            yield store
            waiting += _parts(store)


def rows_of(store: object) -> Sequence[Credential] | None:
    """List the credentials of a store; those that cannot be used are left out.

    Returns:
        The credentials; none of a store that asks others in its place, which are
        listed for themselves. None if it does not tell, or only to code that waits, or
        fails.
    """
    if _parts(store):
        return ()
    rows: Iterable[object]
    if isinstance(store, FixedStore):
        rows = store.credentials
    elif _is_listable(store):
        rows = through_pages(partial(_page, store))
    else:
        return None
    try:
        return [row for row in rows if isinstance(row, Credential)]
    except Exception:  # noqa: BLE001 - a driver may raise anything
        return None


def _parts(store: object) -> Sequence[object]:
    if isinstance(store, ChainStore):
        return tuple(vars(store)["_stores"])
    return (vars(store)["_store"],) if isinstance(store, InThread) else ()


def _is_listable(store: object) -> bool:
    listed = getattr(store, "list_credentials", None)
    return listed is not None and not iscoroutinefunction(listed)


def _page(store: Any, cursor: str | None) -> Page[object]:
    page: Page[object] = store.list_credentials(limit=MAX_LIMIT, cursor=cursor)
    return page
