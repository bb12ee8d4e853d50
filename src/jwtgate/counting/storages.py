"""The URLs of storages."""

from urllib.parse import urlsplit

from jwtgate.counting.memory import InMemory
from jwtgate.counting.redis import SEVERAL, InRedis, pool_url
from jwtgate.errors import ConfigurationError

__all__ = ["open_storage", "require_storage"]

_SCHEMES = ("memory", "redis", "rediss", "redis+unix", *SEVERAL)

# Never the URL, nor an error about it, nor a part: who mistypes one may have written
# the password where the port should be.
_UNKNOWN = f"the storage of a quota must be a URL of: {', '.join(_SCHEMES)}"
_UNREADABLE = (
    "the URL of the storage of a quota cannot be read; expected such as "
    "redis://:password@localhost:6379/0, redis+cluster://host:6379,host:6379 or "
    "redis+sentinel://host:26379/service, special characters percent-encoded"
)
_NO_LIMITS = 'a quota needs the library limits; pip install "jwtgate[limits]"'
_NO_REDIS = (
    "a quota in Redis needs the libraries limits and redis; "
    'pip install "jwtgate[limits]" "jwtgate[redis]"'
)


def open_storage(url: str) -> InMemory | InRedis:
    """Make what counts at a URL; nothing is connected to yet.

    Raises:
        ConfigurationError: As :func:`require_storage`.
    """
    require_storage(url)
    return InMemory() if _scheme(url) == "memory" else InRedis(url)


def require_storage(url: str) -> None:
    """Check a URL, and that there are the libraries for it.

    Raises:
        ConfigurationError: What it lacks, without the URL.
    """
    problem = _problem(url)
    if problem is not None:
        raise ConfigurationError(problem)


def _scheme(url: str) -> str:
    return url.partition("://")[0]


def _problem(url: str) -> str | None:
    scheme = _scheme(url)
    if scheme not in _SCHEMES:
        return _UNKNOWN
    in_memory = scheme == "memory"
    if not _has_libraries(in_memory=in_memory):
        return _NO_LIMITS if in_memory else _NO_REDIS
    return None if in_memory or _is_readable(url) else _UNREADABLE


def _has_libraries(*, in_memory: bool) -> bool:
    try:
        import limits  # noqa: F401, PLC0415 - an extra

        if not in_memory:
            import redis  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return False
    return True


def _is_readable(url: str) -> bool:
    from redis import BlockingConnectionPool  # noqa: PLC0415 - an extra

    try:
        if _scheme(url) in SEVERAL:
            return _names_servers(url)
        pool = BlockingConnectionPool.from_url(pool_url(url))
        # It takes the options of the URL; it does not connect.
        pool.connection_class(**pool.connection_kwargs)
    except (TypeError, ValueError):
        return False
    return True


def _names_servers(url: str) -> bool:
    parts = urlsplit(url)
    servers = parts.netloc.rpartition("@")[2].split(",")
    places = [urlsplit(f"//{server.strip()}") for server in servers]
    named = all(place.hostname and place.port for place in places)
    return named and (_scheme(url) != "redis+sentinel" or parts.path.strip("/") != "")
