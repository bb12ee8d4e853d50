"""The bounds of a cache."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict, final

from jwtgate.errors import ConfigurationError
from jwtgate.values import is_seconds

__all__ = ["LimitFields", "Limits"]


class LimitFields(TypedDict, total=False):
    """The bounds that may be given; see :class:`Limits`."""

    ttl: float
    negative_ttl: float
    max_entries: int
    max_unknown: int
    timeout: float
    max_lookups: int
    max_waiting: int
    stale_if_error: float
    retry_after: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of a cache; times are seconds.

    Attributes:
        ttl: How long what was found is served, from when the store was asked. So long
            may a credential that was deleted or changed still work, where no listener
            tells of it.
        negative_ttl: How long a key is remembered as unknown, and a row that cannot be
            used as such: so long may a new credential, or one that was mended, be
            unseen.
        max_entries: Known keys that are remembered; as many again when a listener lost
            its connection, for the case that the store is lost, too.
        max_unknown: Unknown keys that are remembered, apart from the known ones.
        timeout: How long a look-up may take, and how long a request waits for one.
        max_lookups: Look-ups that the store is asked at a time.
        max_waiting: Requests that wait for look-ups; one more is refused.
        stale_if_error: How much longer than ``ttl`` what was found is served while the
            store fails; it delays revocation by as much. 0 is never.
        retry_after: How long a key whose look-up failed is not asked for again, and a
            store that is down not at all.

    Raises:
        ConfigurationError: One that cannot work.
    """

    ttl: float = 60.0
    negative_ttl: float = 5.0
    max_entries: int = 10_000
    max_unknown: int = 10_000
    timeout: float = 1.0
    max_lookups: int = 8
    max_waiting: int = 1_000
    stale_if_error: float = 0.0
    retry_after: float = 1.0

    def __post_init__(self) -> None:
        """Check them all."""
        problems = tuple(self._problems())
        if problems:
            raise ConfigurationError(*problems)

    def _problems(self) -> Iterator[str]:
        for name in ("ttl", "negative_ttl", "stale_if_error", "retry_after"):
            value = getattr(self, name)
            if not (is_seconds(value) and value >= 0):
                yield f"{name} must be seconds, 0 or more"
        if not (is_seconds(self.timeout) and self.timeout > 0):
            yield "timeout must be seconds above 0"
        for name in ("max_entries", "max_unknown", "max_lookups", "max_waiting"):
            value = getattr(self, name)
            if not (type(value) is int and value > 0):
                yield f"{name} must be a whole number above 0"
