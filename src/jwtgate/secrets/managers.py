"""What a secret manager is: one method is enough."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, final, runtime_checkable

__all__ = ["Found", "Leased", "SecretManager"]


@final
@dataclass(frozen=True, slots=True)
class Leased:
    """What a manager gives for some time.

    Attributes:
        content: A text, or texts by name.
        seconds: How long it is good for; it is asked for again before.
    """

    content: Mapping[str, Any] | str = field(repr=False)
    seconds: float


Found: TypeAlias = Mapping[str, Any] | str | Leased
"""A text, or texts by name; what is no text in a mapping is left out."""


@runtime_checkable
class SecretManager(Protocol):
    """Where secrets are kept: Vault, a cloud's service, something of your own.

    It is asked in several threads at once, and in the processes that are forked off
    the one in which it was made; so a connection has to be made where it is used.
    """

    def fetch(self, path: str) -> Found:
        """Give what is kept under a path.

        It may wait, but for some seconds only: who asks waits with it.

        Args:
            path: Names between single slashes, none of them ``.`` or ``..``; printable.

        Raises:
            LookupError: Nothing is kept there. The secret is not used any more.
            PermissionError: This one may not be read. What it was before is used for
                a while.
            Exception: Anything else is an outage of the manager, which is left alone
                for some seconds then. What it gave before is used for a while.
        """
        ...
