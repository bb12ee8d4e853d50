"""The gate: what happens to a request, in order."""

import time
from collections.abc import Callable, Sequence
from itertools import count
from threading import RLock
from typing import Literal, Self, final

from jwtgate._log import log_failure
from jwtgate.asks import Flow
from jwtgate.backend import AnyStore
from jwtgate.counting import Counter
from jwtgate.denylist import AnyDenylist
from jwtgate.errors import ConfigurationError, Rejection, Unavailable, UnknownRoute
from jwtgate.extraction import RequestView
from jwtgate.guard import Guard
from jwtgate.memo import DEFAULT_MEMO, Memos
from jwtgate.outcome import Anonymous, Authenticated, Denied, Outcome
from jwtgate.policy import Policy
from jwtgate.ready import Ready, make_ready
from jwtgate.reason import Reason
from jwtgate.report import LoadReport
from jwtgate.requirement import Requirement
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
        denylist: Tells which tokens were revoked; see :mod:`jwtgate.denylists`.
        clock: Gives seconds since the epoch; read once for each token.
        memo: Verified tokens whose parse and signature check are remembered; 0 for
            none. Look-up, revocation, time and claims are judged for each request.

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
        denylist: AnyDenylist | None = None,
        clock: Callable[[], float] = time.time,
        memo: int = DEFAULT_MEMO,
    ) -> None:
        own = Policy() if policy is None else policy
        parts = Settings(store=store, policy=own, routes=routes, denylist=denylist)
        self._begin(parts, clock, memo)

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        memo: int = DEFAULT_MEMO,
    ) -> Self:
        """Make a gate of settings.

        Raises:
            ConfigurationError: They cannot work.
        """
        gate = cls.__new__(cls)
        gate._begin(settings, clock, memo)  # noqa: SLF001 - its own kind
        return gate

    def _begin(self, settings: Settings, clock: Callable[[], float], memo: int) -> None:
        self._clock = clock
        self._memos = Memos(memo)
        # What was counted stays counted when the settings change.
        self._counter = Counter()
        self._source: Source | None = None
        self._watch: Watch | None = None
        self._mounted: set[Literal["sync", "async"]] = set()
        # Held for moments only, never while a source is read: a request may wait for
        # it, and a fork must not find it taken.
        self._changing = RLock()
        self._begun = count(1)
        self._newest = 0
        self._ready = self._make_ready(settings)

    @property
    def store(self) -> AnyStore:
        """The gate's own store, now."""
        return self._ready.guard.store

    @property
    def policy(self) -> Policy:
        """The gate's own policy, now."""
        return self._ready.guard.policy

    @property
    def settings(self) -> Settings:
        """All that the gate decides by, now."""
        return self._ready.settings

    @property
    def load_report(self) -> LoadReport:
        """What was not carried over from the gate's file; empty for others."""
        return self._ready.settings.report

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
                self._ready.require(kind)
                self._mounted.add(kind)

    def _take(self, settings: Settings, begun: int) -> None:
        rules = self._make_ready(settings)
        with self._changing:
            for kind in self._mounted:
                rules.require(kind)
            # What began to be read earlier may be older, though it is ready later.
            if begun > self._newest:
                self._newest = begun
                self._ready = rules

    def _make_ready(self, settings: Settings) -> Ready:
        return make_ready(
            settings,
            gate=self,
            clock=self._clock,
            counter=self._counter,
            memos=self._memos,
        )

    def decide(
        self,
        request: RequestView,
        demands: Requirement | None = None,
        *,
        found: object = None,
    ) -> Flow:
        """Decide on a request; the steps are those of ``docs/decision.md``.

        Args:
            request: The request.
            demands: What its view demands besides.
            found: What is on the request of an outcome; reused if it stands.

        Returns:
            A generator that yields asks for a store, is sent their answers, and
            returns the outcome. It raises nothing, whatever the request holds:
            refusals, and failures of ours, become ``Denied`` here.
        """
        if found is not None:
            standing = self.standing(found, request)
            if standing is not None:
                return standing if demands is None else self.narrow(standing, demands)
        if self._watch is not None:
            self._watch.start()
        ready = self._ready
        route, guard = None, ready.guard
        outcome: Outcome
        try:
            route, guard = ready.match(request)
            if route is not None and route.public:
                outcome = yield from guard.decide_public(request)
            else:
                outcome = yield from guard.decide(request, demands)
        except Rejection as rejection:
            outcome = guard.refuse(rejection, demands)
        except Exception as error:  # noqa: BLE001 - fail closed, and never by raising
            log_failure("the gate failed", error)
            outcome = guard.refuse(Unavailable(Reason.INTERNAL))
        if route is None and ready.is_closed and not isinstance(outcome, Denied):
            return guard.refuse(UnknownRoute())
        return outcome if demands is None else guard.narrow(outcome, demands)

    def narrow(self, outcome: Outcome, demands: Requirement) -> Outcome:
        """Hold an outcome of this gate to what one view demands besides.

        Returns:
            The outcome, if it satisfies the view; or its refusal.
        """
        guard = getattr(outcome, "guard", None)
        own = self._ready.guard
        return (guard if isinstance(guard, Guard) else own).narrow(outcome, demands)

    def standing(
        self, found: object, request: RequestView
    ) -> Authenticated | Anonymous | None:
        """Give back an outcome found on a request, if it is this gate's and stands.

        Anything else is decided afresh: what another gate let through, what another
        route of this one did (an app between may have changed the path), what a method
        may not do that is another now, and what passed without identity.
        """
        if not isinstance(found, Authenticated | Anonymous) or found.gate is not self:
            return None
        try:
            _, guard = self._ready.match(request)
        except Rejection:
            return None
        stands = found.guard is guard and guard.admits(found, request.method)
        return found if stands else None
