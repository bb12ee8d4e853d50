"""A gate's settings made ready: a guard for each policy, and who goes to which."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, final

from jwtgate.backend import AnyStore
from jwtgate.counting import Counter
from jwtgate.errors import UnknownRoute
from jwtgate.extraction import RequestView
from jwtgate.guard import Guard
from jwtgate.identification import Identify
from jwtgate.memo import Memos
from jwtgate.outcome import Denied, Outcome
from jwtgate.policy import Policy
from jwtgate.record import Record
from jwtgate.revocation import Revocation
from jwtgate.router import Router
from jwtgate.routes import Route
from jwtgate.settings import Settings

__all__ = ["Ready", "make_ready"]

# What holds for callers in general holds for nobody on a public route.
_PUBLIC = Policy()


@final
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ready(Record):
    """Settings made ready; a request holds on to the one it began with.

    Attributes:
        at_once: What tells who calls with nothing to wait for and nothing to ask
            besides, if that is so for every request.
    """

    settings: Settings
    guard: Guard
    router: Router
    revocation: Revocation | None
    at_once: Identify | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """See whether one guard decides on every request, and never has to wait."""
        depends = self.settings.routes or self.is_closed
        object.__setattr__(self, "at_once", None if depends else self.guard.identify)

    def match(self, request: RequestView) -> tuple[Route | None, Guard]:
        """Find the route of a request, if one names it, and what decides on it.

        Raises:
            AmbiguousPath: There are routes, and it cannot be told which.
            UnknownRoute: There is none, and nothing else is answered.
        """
        if not self.settings.routes and not self.is_closed:
            return None, self.guard
        found = self.router.match(request)
        if found is None and self.settings.unrouted == "refuse":
            raise UnknownRoute
        return found or (None, self.guard)

    @property
    def is_closed(self) -> bool:
        """Whether what no route names is answered with 404."""
        return self.settings.unrouted != "policy"

    def closes(self, route: Route | None, outcome: Outcome) -> bool:
        """Whether a request has passed that no route names, though one has to."""
        return route is None and self.is_closed and not isinstance(outcome, Denied)

    def require(self, kind: Literal["sync", "async"]) -> None:
        """Settle how every store is used; raises ConfigurationError."""
        if self.revocation is not None:
            self.revocation.require(kind)
        for guard in (self.guard, *self.router.guards):
            if kind == "sync":
                guard.backend  # noqa: B018 - settled by asking for it
            else:
                guard.async_backend  # noqa: B018 - same


def make_ready(
    settings: Settings,
    *,
    gate: object,
    clock: Callable[[], float],
    counter: Counter,
    memos: Memos,
) -> Ready:
    """Check settings and make them ready.

    Args:
        settings: The settings.
        gate: The gate that the outcomes belong to.
        clock: Gives seconds since the epoch.
        counter: Counts the requests of quotas.
        memos: Remember tokens that were verified.

    Raises:
        ConfigurationError: They cannot work.
    """
    denylist = settings.denylist
    revocation = None if denylist is None else Revocation(denylist)

    def guard(store: AnyStore | None, policy: Policy | None, place: str) -> Guard:
        return Guard(
            settings.store if store is None else store,
            settings.policy if policy is None else policy,
            gate=gate,
            clock=clock,
            counter=counter,
            place=place,
            memos=memos,
            revocation=revocation,
        )

    routes = [
        (route, guard(route.store, _policy_of(route), _place(route)))
        for route in settings.routes
    ]
    return Ready(
        settings,
        guard(None, None, "gate"),
        Router(routes, closed=settings.unrouted != "policy"),
        revocation,
    )


def _policy_of(route: Route) -> Policy | None:
    if not route.public:
        return route.policy
    # Nobody stands in there, so nobody has to be found.
    return replace(route.policy or _PUBLIC, anonymous=None)


def _place(route: Route) -> str:
    return f"{route.path} {route.prefix} {route.methods} {route.hosts}"
