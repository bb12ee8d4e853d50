"""The gate: what happens to a request, in order."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from threading import RLock
from typing import Literal, final

from jwtgate._log import log_failure
from jwtgate.asks import Flow
from jwtgate.backend import AnyStore
from jwtgate.errors import ConfigurationError, Rejection, Unavailable
from jwtgate.extraction import RequestView
from jwtgate.guard import Guard
from jwtgate.outcome import Anonymous, Authenticated, Exempt
from jwtgate.policy import Policy
from jwtgate.reason import Reason
from jwtgate.router import Router
from jwtgate.routes import Route
from jwtgate.settings import Settings, Source
from jwtgate.watch import Watch

__all__ = ["Gate"]


@final
class Gate:
    """Decides who calls: by one policy and one store, or by others for some paths.

    A gate holds no state of requests: one serves any number of threads, event loops,
    adapters and frameworks, and several may live in one process.

    Args:
        store: Finds the credentials of a key; ``find``, ``afind`` or both.
        policy: What is demanded of a request; the strict defaults if left out.
        routes: What is demanded on some paths, or that nothing is. A path that none
            names gets the gate's own policy.
        clock: Gives seconds since the epoch; read once for each token.

    Raises:
        ConfigurationError: Something that is no store or no policy, or routes of which
            none is the closest match for a request.
    """

    def __init__(
        self,
        store: AnyStore,
        policy: Policy | None = None,
        *,
        routes: Sequence[Route] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        own = Policy() if policy is None else policy
        self._clock = clock
        self._source: Source | None = None
        self._watch: Watch | None = None
        self._mounted: set[Literal["sync", "async"]] = set()
        # Held for moments only, never while a source is read: a request may wait for
        # it, and a fork must not find it taken.
        self._changing = RLock()
        self._begun = count(1)
        self._newest = 0
        self._rules = self._made(Settings(store=store, policy=own, routes=routes))

    @property
    def store(self) -> AnyStore:
        """The gate's own store, now."""
        return self._rules.guard.store

    @property
    def policy(self) -> Policy:
        """The gate's own policy, now."""
        return self._rules.guard.policy

    def require_sync(self) -> None:
        """See that synchronous code can use every store, now and after a reload.

        Raises:
            ConfigurationError: One cannot be used; says what it lacks.
        """
        self._require("sync")

    def require_async(self) -> None:
        """See that asynchronous code can use every store, without blocking.

        Raises:
            ConfigurationError: One cannot be used; says what it lacks.
        """
        self._require("async")

    def replace(self, settings: Settings) -> None:
        """Decide by other settings from now on.

        All of them are checked, then they take effect in one step: a request sees the
        old ones or the new, never some of both.

        Raises:
            ConfigurationError: They cannot work; the gate stays as it was.
        """
        self._take(settings, next(self._begun))

    def follow(self, source: Source, *, watch: bool = False) -> None:
        """Take the settings that :meth:`reload` reads from a source.

        Args:
            source: A file's, for :func:`jwtgate.load`; or one of your own.
            watch: Reload by itself when the source changes, within about a second.
        """
        if self._watch is not None:
            self._watch.stop()
        self._source = source
        self._watch = Watch(self, source) if watch else None

    def reload(self) -> None:
        """Read the settings anew, and decide by them from now on.

        Raises:
            ConfigurationError: There is no source, or its settings cannot work; the
                gate stays as it was.
        """
        if self._source is None:
            raise ConfigurationError("this gate was not loaded from a file")
        begun = next(self._begun)
        self._take(self._source.read(), begun)

    def _require(self, kind: Literal["sync", "async"]) -> None:
        if kind not in self._mounted:
            with self._changing:
                self._rules.require(kind)
                self._mounted.add(kind)

    def _take(self, settings: Settings, begun: int) -> None:
        rules = self._made(settings)
        with self._changing:
            for kind in self._mounted:
                rules.require(kind)
            # What began to be read earlier may be older, though it is ready later.
            if begun > self._newest:
                self._newest = begun
                self._rules = rules

    def _made(self, settings: Settings) -> "_Rules":
        def guard(store: AnyStore | None, policy: Policy | None) -> Guard:
            return Guard(
                settings.store if store is None else store,
                settings.policy if policy is None else policy,
                gate=self,
                clock=self._clock,
            )

        return _Rules(
            guard(None, None),
            Router(
                [(each, guard(each.store, each.policy)) for each in settings.routes]
            ),
        )

    def decide(self, request: RequestView) -> Flow:
        """Decide on a request; the steps are those of ``docs/decision.md``.

        Returns:
            A generator that yields asks for a store, is sent their answers, and
            returns the outcome. It raises nothing, whatever the request holds:
            refusals, and failures of ours, become ``Denied`` here.
        """
        if self._watch is not None:
            self._watch.start()
        rules = self._rules
        guard = rules.guard
        try:
            route, guard = rules.match(request)
            if route is not None and route.public:
                return Exempt("public", None, self)
            return (yield from guard.decide(request))
        except Rejection as rejection:
            return guard.refuse(rejection)
        except Exception as error:  # noqa: BLE001 - fail closed, and never by raising
            log_failure("the gate failed", error)
            return guard.refuse(Unavailable(Reason.INTERNAL))

    def standing(
        self, found: object, request: RequestView
    ) -> Authenticated | Anonymous | None:
        """Give back an outcome found on a request, if it is this gate's and stands.

        Anything else is decided afresh: what another gate let through, what another
        route of this one did (an app between may have changed the path), and what
        passed without identity.
        """
        if not isinstance(found, Authenticated | Anonymous) or found.gate is not self:
            return None
        try:
            _, guard = self._rules.match(request)
        except Rejection:
            return None
        return found if found.guard is guard else None


@final
@dataclass(frozen=True, slots=True)
class _Rules:
    """Settings made ready; a request holds on to the one it began with."""

    guard: Guard
    router: Router

    def match(self, request: RequestView) -> tuple[Route | None, Guard]:
        """Find the route of a request, if one names it, and what decides on it.

        Raises:
            AmbiguousPath: There are routes, and it cannot be told which.
        """
        return self.router.match(request) or (None, self.guard)

    def require(self, kind: Literal["sync", "async"]) -> None:
        """Settle how every store is used; raises ConfigurationError."""
        for guard in (self.guard, *self.router.guards):
            if kind == "sync":
                guard.backend  # noqa: B018 - settled by asking for it
            else:
                guard.async_backend  # noqa: B018 - same
