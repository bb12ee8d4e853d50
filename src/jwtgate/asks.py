"""What the flow of a decision may wait for.

The flow yields an ask; a driver puts it to the store, by ``put`` or by ``aput``, and
sends the answer back. These twins and the two drivers are the only code there is
twice, once for each world.
"""

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, final

from jwtgate._log import log_failure
from jwtgate.backend import Backends
from jwtgate.consumer import Consumer
from jwtgate.counting import Counter
from jwtgate.denylist import Denials
from jwtgate.errors import Unavailable
from jwtgate.outcome import Outcome
from jwtgate.quota import Quota
from jwtgate.reason import Reason
from jwtgate.record import per_request
from jwtgate.revocation import Revocation
from jwtgate.store import Found

if TYPE_CHECKING:
    from jwtgate.counting.windows import Taken

__all__ = [
    "Ask",
    "FindConsumer",
    "FindCredentials",
    "Flow",
    "IsRevoked",
    "TakeQuota",
    "answered",
    "failed",
]


@final
@per_request
class FindCredentials:
    """Ask for the credentials of a key; answered with a sequence, empty if unknown.

    Attributes:
        key: The value of the key claim; printable, 1 to 512 octets.
        kid: The token's key id, as a hint.
        store: Which store is asked, by either kind of driver.
    """

    key: str
    kid: str | None
    store: Backends

    def put(self) -> Found:
        """Ask the store, waiting for it."""
        return self.store.backend.find(self.key, self.kid)

    async def aput(self) -> Found:
        """Ask the store, letting others run."""
        return await self.store.async_backend.afind(self.key, self.kid)


@final
@per_request
class FindConsumer:
    """Ask for the consumer whom the policy names as anonymous; None if unknown."""

    name: str
    store: Backends

    def put(self) -> Consumer | None:
        """Ask the store, waiting for it."""
        return self.store.backend.find_consumer(self.name)

    async def aput(self) -> Consumer | None:
        """Ask the store, letting others run."""
        return await self.store.async_backend.afind_consumer(self.name)


@final
@per_request
class IsRevoked:
    """Ask which subjects of a token are denied; answered with these.

    Attributes:
        subjects: Their texts.
        revocation: Which denylist is asked, by either kind of driver.
    """

    subjects: Sequence[str]
    revocation: Revocation

    def put(self) -> Denials:
        """Ask the denylist, waiting for it."""
        return self.revocation.look_up(self.subjects)

    async def aput(self) -> Denials:
        """Ask the denylist, letting others run."""
        return await self.revocation.alook_up(self.subjects)


@final
@per_request
class TakeQuota:
    """Ask for one request of a quota; answered with what was counted.

    Attributes:
        quota: Of which.
        who: Whose requests are counted together.
        now: Seconds since the epoch.
        counter: What counts.
        takes: False only looks whether there is room.
    """

    quota: Quota
    who: tuple[str, ...]
    now: float
    counter: Counter
    takes: bool = True

    def put(self) -> "Taken":
        """Count, waiting for the storage."""
        return self.counter.take(self.quota, self.who, self.now, takes=self.takes)

    async def aput(self) -> "Taken":
        """Count, letting others run."""
        return await self.counter.atake(
            self.quota, self.who, self.now, takes=self.takes
        )


def failed(error: Exception) -> Unavailable:
    """Make the rejection of what was raised where something was asked; logs it."""
    if isinstance(error, Unavailable) and error.reason.our_fault:
        return error  # a counter's, which logs for itself
    log_failure("the store failed", error)
    return Unavailable(Reason.STORE_UNAVAILABLE)


def answered(
    ask: Callable[[str, str | None], Found], key: str, kid: str | None
) -> Found:
    """Ask a store that never waits, with no driver in between.

    Raises:
        Unavailable: It failed.
    """
    try:
        return ask(key, kid)
    except Exception as error:  # noqa: BLE001 - a store may raise anything
        raise failed(error) from None


Ask: TypeAlias = FindCredentials | FindConsumer | IsRevoked | TakeQuota

Flow: TypeAlias = Generator[Ask, Any, Outcome]
"""Yields asks, is sent their answers, returns the outcome."""
