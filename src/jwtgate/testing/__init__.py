"""For tests: the contract that every store of credentials keeps to.

A store of your own is tested by the same rules as those of the library::

    from jwtgate.testing import StoreContract

    class TestMyStore(StoreContract):
        def make_store(self):
            return MyStore()

        def put(self, store, credential):
            store.rows.append(credential)

Needs pytest, which is no dependency of the library: have it among your tests' own.
"""

from jwtgate.testing.calling import Caller
from jwtgate.testing.contracts import (
    ConsumerStoreContract,
    ManagedStoreContract,
    StoreContract,
)

__all__ = ["Caller", "ConsumerStoreContract", "ManagedStoreContract", "StoreContract"]
