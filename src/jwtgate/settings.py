"""What a gate is made of, and where it may come from again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypedDict, final

from jwtgate.backend import AnyStore
from jwtgate.denylist import AnyDenylist
from jwtgate.errors import ConfigurationError
from jwtgate.events import Events
from jwtgate.policy import Policy
from jwtgate.record import Record
from jwtgate.report import LoadReport
from jwtgate.routes import Route

__all__ = ["GateOptions", "Settings", "Source"]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Settings(Record):
    """The whole of what a gate decides by; replaced as a whole.

    Attributes:
        store: Finds the credentials of a key.
        policy: What is demanded of a request.
        routes: What is demanded on some paths.
        unrouted: What a path that none of them names gets: the gate's own
            ``policy``; ``refuse``: 404; or both, one after the other.
        denylist: Tells which tokens were revoked; None if nothing does.
        report: What was not taken over from a file.

    Raises:
        ConfigurationError: Another ``unrouted``, or routes that are none.
    """

    store: AnyStore
    policy: Policy = field(default_factory=Policy)
    routes: Sequence[Route] = ()
    unrouted: Literal["policy", "refuse", "policy_then_refuse"] = "policy"
    denylist: AnyDenylist | None = None
    report: LoadReport = field(default_factory=LoadReport)

    def __post_init__(self) -> None:
        """Check what else would let pass in silence; make a tuple of the routes.

        Who goes on with a list would take routes from a gate that has them.
        """
        routes: object = self.routes
        if isinstance(routes, Iterable):
            object.__setattr__(self, "routes", tuple(routes))
        if not isinstance(self.routes, tuple) or not all(
            isinstance(route, Route) for route in self.routes
        ):
            raise ConfigurationError("routes must be several Routes")
        if self.unrouted not in ("policy", "refuse", "policy_then_refuse"):
            raise ConfigurationError(
                "unrouted must be one of: policy, refuse, policy_then_refuse"
            )


class GateOptions(TypedDict, total=False):
    """What a gate has beside its settings, and keeps when they change.

    Attributes:
        clock: Gives seconds since the epoch; read once for each token.
        memo: Verified tokens whose parse and signature check are remembered, 1024
            unless said; 0 for none. Look-up, revocation, time and claims are judged
            for each request.
        events: What is told of decisions: to the log, to clients, to listeners.
    """

    clock: Callable[[], float]
    memo: int
    events: Events | None


class Source(Protocol):
    """Where settings come from: a file, most often."""

    def read(self) -> Settings:
        """Read the settings anew.

        Raises:
            ConfigurationError: They cannot work.
        """
        ...

    @property
    def version_read(self) -> object:
        """The version of what was read last, as it was when the reading began.

        Also where that failed: what is broken is read again when it changes.
        """
        ...

    def version(self) -> object:
        """Tell the version that there is now, without reading it."""
        ...
