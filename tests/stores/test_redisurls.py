import pytest
import redis
from redis import asyncio

from jwtgate import ConfigurationError
from jwtgate.stores.redisurls import open_pool

KINDS = redis.ConnectionPool, redis.BlockingConnectionPool, asyncio.ConnectionPool
each_kind = pytest.mark.parametrize("kind", KINDS)


@each_kind
def test_a_certificate_must_be_of_the_server_that_is_meant(kind: type) -> None:
    """The attack is to stand between, with a good certificate of one's own.

    redis-py before 6 looks at no name unless it is told to.
    """
    pool = open_pool(kind, "rediss://localhost")
    assert pool.connection_kwargs["ssl_check_hostname"] is True


@each_kind
@pytest.mark.parametrize("url", ["redis://localhost", "unix:///run/redis.sock"])
def test_connections_without_tls_do_not_know_the_option(kind: type, url: str) -> None:
    """They would not take it."""
    assert "ssl_check_hostname" not in open_pool(kind, url).connection_kwargs


def test_what_the_url_says_comes_first() -> None:
    """It is who writes it that knows the server."""
    url = "rediss://localhost?ssl_check_hostname=no&socket_timeout=3"
    options = open_pool(redis.ConnectionPool, url, socket_timeout=1).connection_kwargs
    assert options["ssl_check_hostname"] is False
    assert options["socket_timeout"] == 3


def test_options_are_those_of_the_connections() -> None:
    """Where the URL says nothing."""
    pool = open_pool(redis.ConnectionPool, "redis://localhost", socket_timeout=1)
    assert pool.connection_kwargs["socket_timeout"] == 1


@each_kind
@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://:s3cret@host",
        "redis://host:s3cret",
        "redis://:s3cret@host?socket_timeout=x",
        "redis://:s3cret@host?no_such_option=1",
    ],
)
def test_a_url_that_cannot_be_read_is_not_shown(kind: type, url: str) -> None:
    """Somewhere in it is the password."""
    with pytest.raises(ConfigurationError) as caught:
        open_pool(kind, url)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__suppress_context__
