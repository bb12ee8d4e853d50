"""Which credentials fit beside each other under one key."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from jwtgate.candidates import MAX_LIVE_CREDENTIALS
from jwtgate.consumer import Consumer
from jwtgate.errors import Conflict

__all__ = ["Seat", "Seated", "check_fits", "is_retired"]


class Seated(Protocol):
    """What counts of a credential that has its place, or is to have one."""

    @property
    def consumer(self) -> Consumer:
        """Whose it is."""
        ...

    @property
    def kid(self) -> str | None:
        """Its key id."""
        ...

    @property
    def retire_after(self) -> float | None:
        """When its time is over."""
        ...


class Seat(NamedTuple):
    """The same of a row, which counts though it may not open."""

    consumer: Consumer
    kid: str | None
    retire_after: float | None


def check_fits(
    new: Seated,
    present: Iterable[Seated],
    besides: Seated | None,
    now: float,
) -> None:
    """See that a credential may be put under its key.

    Args:
        new: The new one.
        present: Those that the key has.
        besides: One of them, which it replaces.
        now: Seconds since the epoch, for who is live.

    Raises:
        Conflict: The (key, kid) is taken, the key is another consumer's, or four live
            credentials have it.
    """
    others = [each for each in present if each is not besides]
    if any(each.consumer.id != new.consumer.id for each in others):
        raise Conflict("this key belongs to another consumer")
    if any(each.kid == new.kid for each in others):
        raise Conflict("a credential with this key and kid exists")
    live = [each for each in others if not is_retired(each, now)]
    if len(live) >= MAX_LIVE_CREDENTIALS and not is_retired(new, now):
        raise Conflict(
            f"this key has {MAX_LIVE_CREDENTIALS} live credentials; retire one"
        )


def is_retired(credential: Seated, now: float) -> bool:
    """Whether a credential's time is over."""
    return credential.retire_after is not None and credential.retire_after <= now
