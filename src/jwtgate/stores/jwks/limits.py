"""How often keys are fetched, for how long they are used, and how many there may be."""

from dataclasses import dataclass, replace
from typing import Final, Self, final

from jwtgate.errors import ConfigurationError
from jwtgate.values import is_seconds

__all__ = ["Limits"]

# While nobody can be let in: each attempt may be what ends that.
_PAUSE_WITHOUT_KEYS: Final = 2.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Times, in seconds, and sizes.

    Attributes:
        refresh_every: From one fetch of the keys to the next.
        cooldown: After each fetch, before another one, whatever clients send.
        max_stale: After ``refresh_every``, how long keys are used that could not be
            fetched anew.
        timeout: For one fetch, all in all, and for whoever waits for it.
        max_octets: Of a document.
        max_keys: Of a document.
        seats: For those in a process who wait because there are no keys, or old ones.
        kid_seats: For those who wait because a kid is not among the keys. Anybody can
            make kids up, and so they are few.
        patience: For how long each of these waits.

    Raises:
        ConfigurationError: One that cannot be.
    """

    refresh_every: float
    cooldown: float
    max_stale: float
    timeout: float
    max_octets: int
    max_keys: int
    seats: int = 1000
    kid_seats: int = 4
    patience: float = 1.0

    def __post_init__(self) -> None:
        """Check each."""
        for name in ("refresh_every", "cooldown", "timeout", "patience"):
            if not is_seconds(value := getattr(self, name)) or value <= 0:
                raise ConfigurationError(f"{name} must be seconds, more than 0")
        if not is_seconds(self.max_stale) or self.max_stale < 0:
            raise ConfigurationError("max_stale must be seconds, 0 or more")
        if self.cooldown > self.refresh_every:
            raise ConfigurationError("cooldown may not be longer than refresh_every")
        for name in ("max_octets", "max_keys", "seats", "kid_seats"):
            if type(value := getattr(self, name)) is not int or value < 1:
                raise ConfigurationError(f"{name} must be a whole number above 0")

    @property
    def lifetime(self) -> float:
        """For how long keys may be used after they were fetched."""
        return self.refresh_every + self.max_stale

    def fresh_for(self, max_age: float | None) -> float:
        """For how long keys need no other fetch.

        Args:
            max_age: What the provider said, if it did; it counts where it is shorter,
                though not below ``cooldown``.
        """
        if max_age is None:
            return self.refresh_every
        return max(self.cooldown, min(self.refresh_every, max_age))

    def pause_after_failure(self, *, has_keys: bool) -> float:
        """For how long nothing is fetched after a fetch that failed."""
        return self.cooldown if has_keys else min(self.cooldown, _PAUSE_WITHOUT_KEYS)

    def looking_every(self, seconds: float) -> Self:
        """Make the same for a source that may be asked as often."""
        return replace(
            self,
            refresh_every=min(self.refresh_every, seconds),
            cooldown=min(self.cooldown, seconds),
            # All in all, keys are used as long as before.
            max_stale=self.lifetime - min(self.refresh_every, seconds),
        )
