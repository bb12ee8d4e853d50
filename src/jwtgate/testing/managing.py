"""The fixtures of contracts about a store that is managed by its methods."""

import time
from contextlib import suppress
from typing import Any

import pytest

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import Conflict
from jwtgate.testing.calling import Caller
from jwtgate.testing.fixtures import Fixtures, Given
from jwtgate.testing.samples import KEY, SECRET, consumer_fields, credential_fields

__all__ = ["ManagingFixtures"]


class ManagingFixtures(Fixtures):
    """Fixtures over a store that has the methods of :class:`jwtgate.MemoryStore`."""

    def now(self) -> float:
        """Give the store's time in seconds since the epoch, if it has its own clock."""
        return time.time()

    @pytest.fixture
    def given(self, call: Caller, store: Any) -> Given:
        """Give what puts credentials into the store, by its own methods."""
        there: set[str] = set()

        def given(*credentials: Credential) -> None:
            for credential in credentials:
                owner = credential.consumer
                if owner.id not in there:
                    with suppress(Conflict):
                        call(store.create_consumer(**consumer_fields(owner)))
                there.add(owner.id)
                fields = credential_fields(credential)
                call(store.create_credential(owner.id, **fields))

        return given

    @pytest.fixture
    def jack(self, call: Caller, store: Any) -> Consumer:
        """Give a consumer who has the credential of ``KEY``."""
        made: Consumer = call(
            store.create_consumer(username="jack", custom_id="495aec6a")
        )
        call(store.create_credential(made, key=KEY, secret=SECRET))
        return made

    @pytest.fixture
    def jill(self, call: Caller, store: Any) -> Consumer:
        """Give another consumer, who has no credential."""
        made: Consumer = call(store.create_consumer(username="jill", custom_id="j2"))
        return made
