"""What is known of an issuer's keys at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf
from typing import Self, final

from jwtgate.stores.jwks.keyset import KeySet
from jwtgate.stores.jwks.limits import Limits
from jwtgate.stores.jwks.source import Fetched

__all__ = ["Known"]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The keys of the last fetch that succeeded, and what came after it.

    It never changes: a fetch makes another one, which takes its place in one step.
    Times are those of one clock, in seconds from anywhere.

    Attributes:
        limits: How often keys are fetched, and for how long they are used.
        keys: None before the first fetch that succeeds.
        due: When they should be fetched anew.
        expires: When they may be used no more.
        again: Before when nothing is fetched, whoever asks.
        failure: Why the last fetch failed, if it did.
    """

    limits: Limits
    keys: KeySet | None = None
    due: float = -inf
    expires: float = -inf
    again: float = -inf
    failure: str | None = None
    _octets: bytes = field(default=b"", repr=False)

    def usable(self, now: float) -> KeySet | None:
        """Give the keys, if there are any that may still be used."""
        return self.keys if now < self.expires else None

    def is_neglected(self, now: float, began: float) -> bool:
        """Whether a fetch is overdue because no token came for so long.

        Not because one failed: then there is nothing better to wait for, unless the
        next one began as long after that as a fetch of fresh keys may.

        Args:
            now: The time.
            began: When the fetch that is under way did.
        """
        if self.failure is not None:
            return began >= self.again + self.limits.refresh_every
        return now >= self.due + self.limits.cooldown

    def refreshed(
        self,
        fetched: Fetched,
        read: Callable[[bytes], KeySet],
        *,
        began: float,
        now: float,
    ) -> Self:
        """Make what is known after a fetch.

        Args:
            fetched: The document.
            read: Makes keys of it; not called for the very document of before.
            began: When the fetch began: the keys are at least as old as that.
            now: When it ended.

        Raises:
            StoreError: The document holds no keys.
        """
        keys = self.keys
        if keys is None or fetched.octets != self._octets:
            keys = read(fetched.octets)
        limits = self.limits
        return replace(
            self,
            keys=keys,
            due=began + limits.fresh_for(fetched.max_age),
            expires=began + limits.lifetime,
            again=now + limits.cooldown,
            failure=None,
            _octets=fetched.octets,
        )

    def failed(self, why: str, *, now: float) -> Self:
        """Make what is known after a fetch that failed: the keys are as before."""
        pause = self.limits.pause_after_failure(has_keys=self.usable(now) is not None)
        return replace(self, again=now + pause, failure=why)
