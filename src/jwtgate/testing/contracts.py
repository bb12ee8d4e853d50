"""The contracts that a store's tests inherit from."""

from jwtgate.testing.consumerlookups import ConsumerLookUpsContract
from jwtgate.testing.consumers import ConsumersContract
from jwtgate.testing.credentials import CredentialsContract
from jwtgate.testing.inuse import InUseContract
from jwtgate.testing.lists import ListsContract
from jwtgate.testing.lookups import LookUpsContract
from jwtgate.testing.races import RacesContract
from jwtgate.testing.rotations import RotationsContract
from jwtgate.testing.updates import UpdatesContract

__all__ = ["ConsumerStoreContract", "ManagedStoreContract", "StoreContract"]


class StoreContract(LookUpsContract, InUseContract):
    """What a store of credentials keeps to, whose method is ``find`` or ``afind``.

    Inherit from it in a class that pytest collects, and say where an empty store comes
    from and how a credential gets into it. Each of the three methods may be ``async
    def``::

        class TestMyStore(StoreContract):
            def make_store(self):
                return MyStore(...)

            def close_store(self, store):    # if there is something to close
                store.close()

            def put(self, store, credential):
                store.insert(credential)

    Instead of the first two there may be a fixture ``store``, which may use other
    fixtures; ``call`` is one, and awaits what has to be awaited::

            @pytest.fixture
            def store(self, call, tmp_path):
                store = call(MyStore.connect(tmp_path / "rows"))
                yield store
                call(store.close())

    A test that fails says what the store does wrong. The store is asked in each way
    that it has, by threads and by tasks.
    """


class ConsumerStoreContract(ConsumerLookUpsContract, StoreContract):
    """What a store keeps to that has ``find_consumer`` or ``afind_consumer``, too.

    A policy that names its anonymous consumer needs them. See :class:`StoreContract`.
    """


class ManagedStoreContract(
    ConsumersContract,
    CredentialsContract,
    UpdatesContract,
    RotationsContract,
    ListsContract,
    RacesContract,
    ConsumerStoreContract,
):
    """What a store keeps to that has the methods of :class:`jwtgate.MemoryStore`.

    They may be coroutine functions. See :class:`StoreContract` for how it is used;
    ``put`` is not needed, as the store's own methods put credentials into it::

        class TestMyStore(ManagedStoreContract):
            async def make_store(self):
                return await MyStore.connect(...)

            async def close_store(self, store):
                await store.close()

    A store whose clock is not the system's says what it tells by ``now(self)``.
    """
