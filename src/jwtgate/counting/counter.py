"""Counting of requests, wherever their quotas say."""

import os
from typing import TYPE_CHECKING, final

from jwtgate.counting.outage import Outage
from jwtgate.errors import Unavailable
from jwtgate.quota import Quota
from jwtgate.reason import Reason

if TYPE_CHECKING:
    from jwtgate.counting.windows import Taken

__all__ = ["Counter"]


@final
class Counter:
    """Counts requests; many threads and event loops may use one at once.

    There is one storage for each URL and process: a forked process connects anew,
    and counts in a memory of its own. Quotas in memory share it, whether the request
    was served by synchronous code or not.
    """

    def __init__(self) -> None:
        self._places: dict[tuple[int, str], _Place] = {}

    def require(self, quota: Quota) -> None:
        """Check that a quota can be counted; nothing is connected to.

        Raises:
            ConfigurationError: A library is missing, or the URL cannot be used. The
                URL is not shown.
        """
        from jwtgate.counting.storages import require_storage  # noqa: PLC0415 - as below

        require_storage(quota.storage)

    def take(
        self, quota: Quota, who: tuple[str, ...], now: float, *, takes: bool = True
    ) -> "Taken":
        """Count a request, waiting for the storage.

        Args:
            quota: With its scope.
            who: Whose request it is; the same texts are the same caller.
            now: Seconds since the epoch: aligned windows and pauses go by it.
            takes: False only looks whether there is room.

        Raises:
            ConfigurationError: What :meth:`require` finds.
            Unavailable: The storage is down, and the quota is closed then.
        """
        place = self._place(quota.storage)
        if place.outage.may_try(now):
            try:
                taken = place.storage.take(quota, who, now, takes=takes)
            except Exception as error:  # noqa: BLE001 - a driver may raise anything
                place.outage.failed(_report(quota, error), now)
            else:
                place.outage.answered()
                return taken
        return _uncounted(quota, place)

    async def atake(
        self, quota: Quota, who: tuple[str, ...], now: float, *, takes: bool = True
    ) -> "Taken":
        """Count a request, letting others run while the storage answers.

        As :meth:`take`. Connections belong to an event loop, and are closed by it when
        it shuts down, as ``asyncio.run()`` and servers have it do. Cancellation passes
        through.
        """
        place = self._place(quota.storage)
        if place.outage.may_try(now):
            try:
                taken = await place.storage.atake(quota, who, now, takes=takes)
            except Exception as error:  # noqa: BLE001 - a driver may raise anything
                place.outage.failed(_report(quota, error), now)
            else:
                place.outage.answered()
                return taken
        return _uncounted(quota, place)

    def _place(self, url: str) -> "_Place":
        # By process: locks and connections that were there at a fork are of no use.
        key = (os.getpid(), url)
        return self._places.get(key) or self._places.setdefault(key, _Place(url))


@final
class _Place:
    """A storage, and whether it answers."""

    def __init__(self, url: str) -> None:
        # With the first quota; most apps have none.
        from jwtgate.counting.storages import open_storage  # noqa: PLC0415
        from jwtgate.counting.windows import Taken  # noqa: PLC0415

        self.storage = open_storage(url)
        self.uncounted = Taken(ok=True, figures=())
        self.outage = Outage()


def _report(quota: Quota, error: Exception) -> str:
    # The text of the error is left out: it may show the URL.
    scheme, _, _ = quota.storage.partition("://")
    pass_ = "pass" if quota.when_down == "open" else "are refused"
    return (
        f"the {scheme} storage of a quota failed ({type(error).__name__}); "
        f"requests {pass_} until it answers"
    )


def _uncounted(quota: Quota, place: _Place) -> "Taken":
    if quota.when_down == "closed":
        raise Unavailable(Reason.STORE_UNAVAILABLE)
    return place.uncounted
