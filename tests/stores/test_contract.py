"""Every store of the library keeps to the contract."""

from collections.abc import Iterator
from contextlib import closing, suppress
from threading import current_thread, main_thread
from typing import Any
from uuid import uuid4

import pytest
import redis
from asgiref.sync import sync_to_async
from django.db import connections

from jwtgate import Conflict, Consumer, Credential, MemoryStore, in_thread
from jwtgate.django.db import changes, models
from jwtgate.django.db.moments import moment
from jwtgate.django.db.store import DjangoStore
from jwtgate.secrets.keyring import Keyring
from jwtgate.store import Found
from jwtgate.stores.cached import AsyncCachedStore, CachedStore
from jwtgate.stores.chain import ChainStore
from jwtgate.stores.changes import Change
from jwtgate.stores.fixed import FixedStore
from jwtgate.stores.redis import AsyncRedisStore, RedisStore
from jwtgate.stores.sql import AsyncSQLStore, SQLStore
from jwtgate.testing import (
    Caller,
    ConsumerStoreContract,
    ManagedStoreContract,
    StoreContract,
)
from jwtgate.testing.fixtures import Find, Given
from jwtgate.testing.samples import (
    FULL_CREDENTIAL,
    consumer_fields,
    credential_fields,
    differences,
    sample,
)
from tests.counting.redisserver import running_anyhow
from tests.databases import ASYNC_DRIVERS, SYNC_DRIVERS, Places
from tests.kit import ListStore

# Those that hold what they are given


class TestMemoryStore(ManagedStoreContract):
    """The model of the others."""

    def make_store(self) -> MemoryStore:
        """Make an empty one."""
        return MemoryStore()


class TestListStore(StoreContract):
    """What a user writes first."""

    def make_store(self) -> ListStore:
        """Make an empty one."""
        return ListStore()

    def put(self, store: ListStore, credential: Credential) -> None:
        """Add a row."""
        store.credentials = (*store.credentials, credential)


class Refilled:
    """A fixed store that is made anew with each credential."""

    blocking = False

    def __init__(self) -> None:
        self.inner = FixedStore()

    def find(self, key: str, kid: str | None = None) -> Found:
        """Find by key."""
        return self.inner.find(key, kid)

    def find_consumer(self, name: str) -> Consumer | None:
        """Find by name."""
        return self.inner.find_consumer(name)


class TestFixedStore(ConsumerStoreContract):
    """What a gateway's file holds."""

    def make_store(self) -> Refilled:
        """Make an empty one."""
        return Refilled()

    def put(self, store: Refilled, credential: Credential) -> None:
        """Make it anew."""
        inner = store.inner
        store.inner = FixedStore(
            [*inner.consumers, credential.consumer], [*inner.credentials, credential]
        )


# Those that ask another one


def fill(store: MemoryStore, credential: Credential) -> None:
    """Put a credential and its consumer into a store."""
    owner = credential.consumer
    with suppress(Conflict):
        store.create_consumer(**consumer_fields(owner))
    store.create_credential(owner, **credential_fields(credential))


class TestInThread(ConsumerStoreContract):
    """A store that would block, for asynchronous code; it has either look-up."""

    def make_store(self) -> Any:
        """Make one over an empty one."""
        self.inner = MemoryStore()
        return in_thread(self.inner)

    def put(self, store: Any, credential: Credential) -> None:  # noqa: ARG002 - the contract's
        """Put it into the other one."""
        fill(self.inner, credential)


class TestChainStore(ConsumerStoreContract):
    """Several stores as one; each credential is in another one than the last."""

    def make_store(self) -> Any:
        """Make one over empty ones."""
        self.inner = MemoryStore(), MemoryStore()
        return ChainStore(*self.inner)

    def put(self, store: ChainStore, credential: Credential) -> None:
        """Put it into the one that has its key, or its consumer, else into the last."""
        first, last = self.inner
        known = first.find_consumer(credential.consumer.id)
        new = not store.find(credential.key) and len(credential.key) % 2
        fill(first if known or new else last, credential)


class TestCachedStore(ConsumerStoreContract):
    """Remembers; it is told of what is put."""

    def make_store(self) -> CachedStore:
        """Make one over an empty one."""
        self.inner = MemoryStore()
        return CachedStore(self.inner)

    def close_store(self, store: CachedStore) -> None:
        """End its threads."""
        store.close()

    def put(self, store: CachedStore, credential: Credential) -> None:
        """Put it into the other one."""
        fill(self.inner, credential)
        store.apply(Change(keys=(credential.key,), consumers=True))


class TestAsyncCachedStore(ConsumerStoreContract):
    """Does the same for asynchronous code."""

    def make_store(self) -> AsyncCachedStore:
        """Make one over an empty one."""
        self.inner = MemoryStore()
        return AsyncCachedStore(in_thread(self.inner))

    async def close_store(self, store: AsyncCachedStore) -> None:
        """End its tasks."""
        await store.aclose()

    def put(self, store: AsyncCachedStore, credential: Credential) -> None:
        """Put it into the other one."""
        fill(self.inner, credential)
        store.apply(Change(keys=(credential.key,), consumers=True))


# Those that many processes share


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a Redis that may be another's, too."""
    with running_anyhow(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def prefix(redis_url: str) -> Iterator[str]:
    """Give a prefix, and remove what is there in the end."""
    own = f"contract-{uuid4().hex}"
    yield own
    pool = redis.BlockingConnectionPool.from_url(redis_url)
    with redis.Redis(connection_pool=pool) as client:
        for key in client.scan_iter(f"{{{own}}}:*", count=1000):
            client.delete(key)
    pool.disconnect()


KEYRING = Keyring({"now": Keyring.new_key()})


class TestRedisStore(ManagedStoreContract):
    """In Redis, sealed."""

    @pytest.fixture
    def store(self, redis_url: str, prefix: str) -> Iterator[RedisStore]:
        """Give an empty one."""
        store = RedisStore(redis_url, prefix=prefix, keyring=KEYRING)
        yield store
        store.close()


class TestAsyncRedisStore(ManagedStoreContract):
    """In Redis, in the clear."""

    @pytest.fixture
    def store(
        self, call: Caller, redis_url: str, prefix: str
    ) -> Iterator[AsyncRedisStore]:
        """Give an empty one."""
        store = AsyncRedisStore(redis_url, prefix=prefix)
        yield store
        call(store.aclose())


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """Give the databases of this module."""
    made = Places(tmp_path_factory.mktemp("databases"))
    yield made
    made.drop()


# A store is kept for all tests of a driver, since each compiles its statements anew.


@pytest.fixture(scope="module", params=SYNC_DRIVERS)
def sync_sql(
    request: pytest.FixtureRequest, places: Places
) -> Iterator[tuple[str, SQLStore]]:
    """Give each driver in turn, and a store."""
    store = SQLStore(places.place(request.param).url, keyring=KEYRING)
    yield request.param, store
    store.close()


@pytest.fixture(scope="module", params=ASYNC_DRIVERS)
def async_sql(
    request: pytest.FixtureRequest, places: Places
) -> Iterator[tuple[str, AsyncSQLStore, Caller]]:
    """Give each driver in turn, a store, and what calls it in its event loop."""
    store = AsyncSQLStore(places.place(request.param).url)
    with closing(Caller()) as caller:
        yield request.param, store, caller
        caller(store.aclose())


class TestSQLStore(ManagedStoreContract):
    """In databases, sealed."""

    @pytest.fixture
    def store(self, sync_sql: tuple[str, SQLStore], places: Places) -> SQLStore:
        """Give a store, emptied."""
        driver, store = sync_sql
        places.place(driver)
        return store


class TestAsyncSQLStore(ManagedStoreContract):
    """In databases, in the clear."""

    @pytest.fixture
    def call(self, async_sql: tuple[str, AsyncSQLStore, Caller]) -> Caller:
        """Give what calls the store."""
        return async_sql[2]

    @pytest.fixture
    def store(
        self, async_sql: tuple[str, AsyncSQLStore, Caller], places: Places
    ) -> AsyncSQLStore:
        """Give a store, emptied."""
        driver, store, _ = async_sql
        places.place(driver)
        return store


# Those of frameworks


class Tables:
    """The store of Django's tables, whose threads leave no connections behind."""

    def __init__(self) -> None:
        self._store = DjangoStore()
        self.find_consumer = self._store.find_consumer

    def find(self, key: str, kid: str | None = None) -> Found:
        """Find by key."""
        try:
            return self._store.find(key, kid)
        finally:
            if current_thread() is not main_thread():
                connections.close_all()

    async def afind(self, key: str, kid: str | None = None) -> Found:
        """Find by key, in the thread that Django keeps."""
        return await sync_to_async(self.find)(key, kid)

    async def afind_consumer(self, name: str) -> Consumer | None:
        """Find by name, in that thread."""
        found = await self._store.afind_consumer(name)
        await sync_to_async(connections.close_all)()
        return found


@pytest.mark.django_db(transaction=True)
class TestDjangoStore(ConsumerStoreContract):
    """In the tables that the admin shows."""

    def make_store(self) -> Tables:
        """Make one; the tables are empty."""
        return Tables()

    def put(self, store: Tables, credential: Credential) -> None:  # noqa: ARG002 - there are no others
        """Add a row, and one of its consumer."""
        owner = credential.consumer
        row = models.Consumer.objects.filter(uid=owner.id).first()
        if row is None:
            fields = dict(consumer_fields(owner))
            fields["uid"] = fields.pop("id")
            quota = ", ".join(map(str, getattr(owner.quota, "limits", ())))
            row = changes.create_consumer(**{**fields, "quota": quota})
        fields = dict(credential_fields(credential))
        for name in ("not_before", "retire_after"):
            fields[name] = moment(getattr(credential, name))
        fields["secret"] = (credential.reveal_secret() or b"").decode()
        changes.create_credential(row, **fields)

    def test_every_field_comes_back(self, find: Find, given: Given) -> None:
        """Every field that is in the tables."""
        kept = {"id", "audience", "types"}
        fields = {name: FULL_CREDENTIAL[name] for name in FULL_CREDENTIAL.keys() - kept}  # type: ignore[literal-required]
        given(sample(**fields))
        (found,) = find(FULL_CREDENTIAL["key"])
        assert differences(found, sample(**fields)) == ""
