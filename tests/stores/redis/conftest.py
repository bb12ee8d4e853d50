"""A Redis for the tests of the stores in it."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import redis

from tests.counting.redisserver import running, running_anyhow, url_of
from tests.stores.redis.worlds import WORLDS, AnyStore, Make, new_prefix


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a Redis that may be another's, too."""
    with running_anyhow(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def own_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run a server that nobody else uses, and give its port."""
    with running(tmp_path_factory.mktemp("redis")) as port:
        yield port


@pytest.fixture
def own_url(own_port: int) -> str:
    """Give the URL of that server."""
    return url_of(own_port)


@pytest.fixture
def client(redis_url: str) -> Iterator["redis.Redis"]:
    """Connect as a test would that looks at what is there."""
    pool = redis.BlockingConnectionPool.from_url(redis_url)
    with redis.Redis(connection_pool=pool) as connected:
        yield connected
    pool.disconnect()


@pytest.fixture
def prefix(client: "redis.Redis") -> Iterator[str]:
    """Give a prefix, and remove what is there in the end."""
    own = new_prefix()
    yield own
    for key in client.scan_iter(f"{{{own}}}:*", count=1000):
        client.delete(key)


@pytest.fixture(params=WORLDS)
def make(request: pytest.FixtureRequest, redis_url: str, prefix: str) -> Iterator[Make]:
    """Make stores of either world; all have one prefix."""
    with ExitStack() as stack:
        yield lambda **more: stack.enter_context(
            WORLDS[request.param](redis_url, **{"prefix": prefix, **more})
        )


@pytest.fixture
def store(make: Make) -> AnyStore:
    """Make an empty store of either world."""
    return make()


@pytest.fixture
def filled(store: AnyStore) -> AnyStore:
    """Make a store with jack."""
    store.create_consumer(username="jack", custom_id="495aec6a")
    return store
