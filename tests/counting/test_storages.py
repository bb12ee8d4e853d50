import subprocess
import sys

import pytest

from jwtgate import ConfigurationError
from jwtgate.counting.memory import InMemory
from jwtgate.counting.redis import InRedis
from jwtgate.counting.storages import open_storage, require_storage

SECRET = "hunter2"

READABLE = [
    "memory://",
    "redis://localhost",
    "redis://:pass%40word@127.0.0.1:6379/1",
    "redis://[::1]:6379/1?socket_timeout=0.2&max_connections=4&timeout=1",
    "rediss://cache.example:6380?ssl_cert_reqs=none",
    "redis+unix:///run/redis.sock?db=1",
    "redis+unix://:pass@/run/redis.sock",
    "redis+sentinel://:pass@one:26379,two:26379/main",
    "redis+cluster://one:6379, two:6379",
    "redis+cluster://[::1]:6379",
]

UNREADABLE = [
    "redis://localhost:port",
    "redis://localhost:65536",
    "redis://[::1",
    "redis://localhost?socket_timeout=soon",
    "redis://localhost?nonsense=1",
    "redis+unix:///run/redis.sock?db=first",
    "redis+sentinel://one:26379",
    "redis+sentinel://one:26379/",
    "redis+sentinel://one/main",
    "redis+cluster://one",
    "redis+cluster://one:6379,two",
    "redis+cluster://one:6379,",
    "redis+cluster://:6379",
    "redis+cluster://one:port",
    "redis+cluster://[::1",
    "redis+cluster://",
]

FOREIGN = [
    "memcached://localhost:11211",
    "mongodb://localhost:27017",
    "valkey://localhost:6379",
    "async+redis://localhost:6379",
    "REDIS://localhost:6379",
    "http://localhost",
    "://",
]


def refused(url: str) -> str:
    """Give what is said of a URL."""
    with pytest.raises(ConfigurationError) as caught:
        require_storage(url)
    return str(caught.value)


@pytest.mark.parametrize("url", READABLE)
def test_a_good_url_is_taken(url: str) -> None:
    """Nothing has to listen there."""
    require_storage(url)


@pytest.mark.parametrize("url", UNREADABLE)
def test_a_url_that_cannot_be_read_is_refused(url: str) -> None:
    """At startup, not with the first request."""
    assert refused(url).startswith("the URL of the storage of a quota cannot be read")


@pytest.mark.parametrize("url", FOREIGN)
def test_a_url_of_another_storage_is_refused(url: str) -> None:
    """With the list of those there are."""
    assert refused(url) == (
        "the storage of a quota must be a URL of: "
        "memory, redis, rediss, redis+unix, redis+sentinel, redis+cluster"
    )


@pytest.mark.parametrize(
    "url",
    [
        f"redis://user:{SECRET}@localhost:port",
        f"redis://localhost:{SECRET}",
        f"redis://:{SECRET}/{SECRET}@localhost",
        f"redis://localhost?{SECRET}={SECRET}",
        f"redis+cluster://:{SECRET}@localhost",
        f"redis+cluster://localhost:{SECRET}",
        f"mysql://user:{SECRET}@localhost",
        f"{SECRET}://",
    ],
)
def test_no_refusal_shows_the_url(url: str) -> None:
    """Nor what it was raised from: a slip may put the password anywhere."""
    with pytest.raises(ConfigurationError) as caught:
        require_storage(url)
    error = caught.value
    assert SECRET not in f"{error!r} {error.problems}"
    assert (error.__cause__, error.__context__) == (None, None)


def test_counting_in_memory_needs_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the error says how to get it."""
    monkeypatch.setitem(sys.modules, "limits", None)
    assert refused("memory://") == (
        'a quota needs the library limits; pip install "jwtgate[limits]"'
    )


@pytest.mark.parametrize("library", ["limits", "redis"])
@pytest.mark.parametrize("scheme", ["redis", "rediss", "redis+cluster"])
def test_counting_in_redis_needs_both_libraries(
    scheme: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the error says how to get them."""
    monkeypatch.setitem(sys.modules, library, None)
    assert refused(f"{scheme}://h:1").endswith(
        'pip install "jwtgate[limits]" "jwtgate[redis]"'
    )


def test_counting_in_memory_needs_no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """One process has nothing to share."""
    monkeypatch.setitem(sys.modules, "redis", None)
    require_storage("memory://")


def test_a_url_of_memory_opens_memory() -> None:
    """Of this process."""
    assert isinstance(open_storage("memory://"), InMemory)


def test_a_url_of_redis_opens_redis() -> None:
    """It is not connected to: nothing listens there."""
    assert isinstance(open_storage("redis://127.0.0.1:1"), InRedis)


def test_a_bad_url_opens_nothing() -> None:
    """As it would be refused at startup."""
    with pytest.raises(ConfigurationError, match="must be a URL of"):
        open_storage("ftp://127.0.0.1")


@pytest.mark.parametrize("library", ["limits", "redis", "asyncio"])
def test_importing_the_counters_does_not_load(library: str) -> None:
    """They are extras, and who has no quotas pays for none of them."""
    look = f"import sys, jwtgate.counting; assert {library!r} not in sys.modules"
    subprocess.run([sys.executable, "-c", look], check=True)  # noqa: S603 - a constant
