"""What is told of a route: where it is, what guards it, who may pass."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, final

__all__ = ["Endpoint", "Kind", "Status"]

Status: TypeAlias = Literal[
    "closed", "guarded", "optional", "public", "open", "unknown"
]
"""``closed``: nobody passes; ``guarded``: callers with a token do; ``optional``: nobody
known does, too, since a policy or a view says so; ``public``: anybody does, and it is
said so; ``open``: anybody does, and nothing says so; ``unknown``: it cannot be told."""

Kind: TypeAlias = Literal["http", "websocket", "any"]
"""What comes to it; ``any`` for an app whose routes cannot be read."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A route of an app, for those of its methods of which the same holds.

    Attributes:
        path: As the framework writes it, below all that it is mounted under; with the
            host in front where the route, or what is said of it, is of one host alone.
        methods: In capitals; empty for all, or for those that no other row has.
        kind: What comes to it.
        view: What serves it.
        status: What happens to a request without a token.
        guards: What it passes on its way, the outermost first.
        who: Who may pass, in words.
    """

    path: str
    methods: tuple[str, ...] = ()
    kind: Kind = "http"
    view: str
    status: Status
    guards: tuple[str, ...] = ()
    who: str

    @property
    def is_open(self) -> bool:
        """Whether a request without a token may pass, and nothing says that it may."""
        return self.status in ("open", "unknown")
