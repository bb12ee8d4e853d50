"""What both stores are made of."""

from collections.abc import Callable
from typing import TYPE_CHECKING, final

from sqlalchemy import Dialect

from jwtgate.stores.sql.credentials import Credentials
from jwtgate.stores.sql.opening import Opener
from jwtgate.stores.sql.queries import BY_KEY, BY_NAME, Query
from jwtgate.stores.strongbox import Strongbox

if TYPE_CHECKING:
    from jwtgate.secrets import Secrets
    from jwtgate.secrets.keyring import Keyring

__all__ = ["Parts"]


@final
class Parts:
    """The look-ups of a store, what opens rows, and what changes them.

    Args:
        dialect: Of its database.
        keyring: Seals the secrets.
        secrets: Tells what references stand for.
        clock: Gives seconds since the epoch.
    """

    def __init__(
        self,
        dialect: Dialect,
        keyring: "Keyring | None",
        secrets: "Secrets | None",
        clock: Callable[[], float],
    ) -> None:
        self.by_key = Query.of(BY_KEY, dialect)
        self.by_name = Query.of(BY_NAME, dialect)
        self.box = Strongbox(keyring, secrets)
        self.opener = Opener(self.box)
        self.takes_references = secrets is not None
        self.credentials = Credentials(self.box, clock)
