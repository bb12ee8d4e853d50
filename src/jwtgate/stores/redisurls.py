"""What the URL of a Redis gives: connections that check whom they reach."""

from typing import Any

from jwtgate.errors import ConfigurationError

__all__ = ["open_pool"]

# Never the URL, nor a part: who mistypes one may have written the password where the
# port should be.
_UNREADABLE = (
    "the URL of a Redis cannot be read; expected such as "
    "redis://:password@localhost:6379/0, rediss://host or unix:///run/redis.sock, "
    "special characters percent-encoded"
)


def open_pool(kind: Any, url: str, **options: object) -> Any:
    """Make a pool of connections; it does not connect.

    Args:
        kind: A class of pools, of redis-py.
        url: Where to; what it says comes before the options.
        options: Of the connections.

    Raises:
        ConfigurationError: The URL cannot be read; it is not shown.
    """
    if url.startswith("rediss:"):
        # Only redis-py 6 and later do by themselves.
        options["ssl_check_hostname"] = True
    try:
        pool = kind.from_url(url, **options)
        # It takes the options of the URL; it does not connect.
        pool.connection_class(**pool.connection_kwargs)
    except (TypeError, ValueError):
        raise ConfigurationError(_UNREADABLE) from None
    return pool
