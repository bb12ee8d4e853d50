"""Databases for the tests of the stores in them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, TypeAlias

import pytest

from jwtgate.stores.sql import AsyncSQLStore, SQLStore
from tests.databases import DRIVERS, AnyStore, Place, Places, opened
from tests.kit import clock

Make: TypeAlias = Callable[..., AnyStore]


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """Give the databases of this run."""
    made = Places(tmp_path_factory.mktemp("databases"))
    yield made
    made.drop()


@pytest.fixture(params=DRIVERS)
def place(request: pytest.FixtureRequest, places: Places) -> Place:
    """Give an empty database, for each driver in turn."""
    return places.place(request.param)


@pytest.fixture
def make(place: Place) -> Iterator[Make]:
    """Make stores of the place, at the time of the tests."""
    kind: Any = AsyncSQLStore if place.is_async else SQLStore
    with ExitStack() as stack:

        def make(database: Any = None, **more: Any) -> AnyStore:
            made = kind(database or place.url, **{"clock": clock, **more})
            return stack.enter_context(opened(made))

        yield make


@pytest.fixture
def store(make: Make) -> AnyStore:
    """Give a store of the place."""
    return make()
