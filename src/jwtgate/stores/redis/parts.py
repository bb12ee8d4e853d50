"""What both stores in Redis are made of."""

from collections.abc import Callable
from typing import TYPE_CHECKING, final

from jwtgate.consumer import Consumer
from jwtgate.stores.paging import Page
from jwtgate.stores.redis.consumers import Consumers
from jwtgate.stores.redis.credentials import Credentials
from jwtgate.stores.redis.names import Names
from jwtgate.stores.redis.opening import Memo, Row
from jwtgate.stores.redis.steps import Work
from jwtgate.stores.redis.sweeps import list_credentials, reencrypt
from jwtgate.stores.strongbox import Strongbox

if TYPE_CHECKING:
    from jwtgate.secrets import Secrets
    from jwtgate.secrets.keyring import Keyring

__all__ = ["Parts"]


@final
class Parts:
    """The operations of a store, and what a look-up needs.

    Args:
        prefix: Of the names.
        channel: What changes are told on.
        keyring: Seals the secrets.
        secrets: Tells what references stand for.
        clock: Gives seconds since the epoch.
    """

    def __init__(
        self,
        prefix: str,
        channel: str,
        keyring: "Keyring | None",
        secrets: "Secrets | None",
        clock: Callable[[], float],
    ) -> None:
        self.prefix = prefix
        self.names = Names(prefix)
        self.box = Strongbox(keyring, secrets)
        self.memo = Memo(self.box)
        self.consumers = Consumers(self.names, channel)
        self.credentials = Credentials(self.names, channel, self.box, clock)

    def list_credentials(
        self,
        consumer: Consumer | str | None,
        tag: str | None,
        limit: int,
        cursor: str | None,
    ) -> Work[Page[Row]]:
        """List credentials in the order of their creation."""
        found = None
        if consumer is not None:
            found = yield from self.consumers.get(consumer)
        return (
            yield from list_credentials(self.names, self.box, found, tag, limit, cursor)
        )

    def reencrypt(self, *, plain: bool) -> Work[int]:
        """Seal all material with the newest key."""
        return reencrypt(self.names, self.box, plain=plain)
