"""One look-up on its way."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Hashable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar, final

from jwtgate.stores.cached.shelf import Shelf

__all__ = ["AnyFuture", "Flight"]


class AnyFuture(Protocol):
    """A future of threads, or one of asyncio."""

    def set_result(self, result: Any, /) -> None:
        """Give the answer to those who wait."""
        ...


_F = TypeVar("_F", bound=AnyFuture)


@final
@dataclass(slots=True, eq=False)
class Flight(Generic[_F]):
    """One look-up.

    Attributes:
        shelf: Where its answer is kept.
        key: What is asked for.
        ask: Asks the store.
        future: Where those who wait get the answer; None if there will be none.
        loop: The event loop in which the store is asked, if it is in one.
        context: The context variables of who asked first.
        waiting: Requests that wait for it.
        is_running: It has its turn: the store is asked, or about to be.
        is_late: Somebody waited long enough for it; it has failed, whatever comes.
        asked_at: When the store was asked, by the cache's clock.
    """

    shelf: Shelf[Any]
    key: str
    ask: Callable[[str], Any]
    future: _F
    loop: AbstractEventLoop | None = None
    context: Context = field(default_factory=copy_context)
    waiting: int = 0
    is_running: bool = False
    is_late: bool = False
    asked_at: float = 0.0

    @property
    def question(self) -> Hashable:
        """What it asks for."""
        return self.shelf, self.key

    @property
    def is_lost(self) -> bool:
        """Whether its event loop was closed, so that it never ends."""
        return self.loop is not None and self.loop.is_closed()
