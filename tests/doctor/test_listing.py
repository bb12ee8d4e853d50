from typing import NoReturn

from jwtgate import Route, UnusableCredential
from jwtgate.doctor.listing import rows_of, stores_of
from jwtgate.stores import FixedStore, MemoryStore, in_thread
from jwtgate.stores.chain import ChainStore
from jwtgate.stores.sql import AsyncSQLStore
from tests.doctor.cases import Unlisted, credential, settings


def test_stores_within_stores_are_found_once() -> None:
    """The chain, what is in it, and what that is made of; a route's own, too."""
    store, other = MemoryStore(), FixedStore()
    chosen = settings(
        store=ChainStore(in_thread(store), store),
        routes=[Route(path="/a", store=other), Route(path="/b")],
    )
    kinds = [type(each).__name__ for each in stores_of(chosen)]
    assert kinds == ["ChainStore", "FixedStore", "InThreadWithConsumers", "MemoryStore"]


def test_store_of_pages_is_listed() -> None:
    """All of them."""
    store = MemoryStore()
    store.create_credential(store.create_consumer(username="jack"))
    assert len(rows_of(store) or ()) == 1


def test_store_of_others_has_none_itself() -> None:
    """They are listed for themselves."""
    assert rows_of(ChainStore(MemoryStore())) == rows_of(in_thread(MemoryStore())) == ()


def test_row_that_cannot_be_used_is_left_out() -> None:
    """There is nothing to look at; the report of its file tells of it."""
    row = credential()
    store = FixedStore((), [UnusableCredential(key="k", why="no key"), row])
    assert rows_of(store) == [row]


def test_store_that_only_finds_cannot_be_listed() -> None:
    """It does not tell."""
    assert rows_of(Unlisted()) is None


def test_asynchronous_store_cannot_be_listed() -> None:
    """The doctor does not wait."""
    assert rows_of(AsyncSQLStore.__new__(AsyncSQLStore)) is None


def test_store_that_fails_cannot_be_listed() -> None:
    """What its driver says is for its own log."""

    class Down(Unlisted):
        def list_credentials(self, *, limit: int, cursor: str | None) -> NoReturn:
            raise OSError(limit, cursor)

    assert rows_of(Down()) is None
