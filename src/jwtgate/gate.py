"""The gate: what happens to a request, in order."""

import time
from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Self, Unpack, final

from jwtgate.asks import Flow
from jwtgate.backend import AnyStore
from jwtgate.counting import Counter
from jwtgate.current import Current
from jwtgate.decision import decision
from jwtgate.denylist import AnyDenylist
from jwtgate.errors import Rejection
from jwtgate.events import Events
from jwtgate.extraction import RequestView
from jwtgate.guard import Guard
from jwtgate.memo import DEFAULT_MEMO, Memos
from jwtgate.outcome import Anonymous, Authenticated, Outcome
from jwtgate.policy import Policy
from jwtgate.ready import Ready, make_ready
from jwtgate.report import LoadReport
from jwtgate.requirement import Requirement
from jwtgate.routes import Route
from jwtgate.settings import GateOptions, Settings, Source
from jwtgate.telling import Case, Teller

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
        options: ``clock``, ``memo`` and ``events``; see
            :class:`jwtgate.settings.GateOptions`.

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
        **options: Unpack[GateOptions],
    ) -> None:
        own = Policy() if policy is None else policy
        parts = Settings(store=store, policy=own, routes=routes, denylist=denylist)
        self._begin(parts, **options)

    @classmethod
    def of(cls, settings: Settings, **options: Unpack[GateOptions]) -> Self:
        """Make a gate of settings; see :class:`GateOptions` for the rest.

        Raises:
            ConfigurationError: They cannot work.
        """
        gate = cls.__new__(cls)
        gate._begin(settings, **options)  # noqa: SLF001 - its own kind
        return gate

    def _begin(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        memo: int = DEFAULT_MEMO,
        events: Events | None = None,
    ) -> None:
        # What was counted or verified stays so when the settings change.
        make = partial(make_ready, gate=self, counter=Counter(), memos=Memos(memo))
        self._teller = Teller(Events() if events is None else events)
        self._current = Current(make, settings, clock)

    @property
    def store(self) -> AnyStore:
        """The gate's own store, now."""
        return self.ready.guard.store

    @property
    def policy(self) -> Policy:
        """The gate's own policy, now."""
        return self.ready.guard.policy

    @property
    def settings(self) -> Settings:
        """All that the gate decides by, now."""
        return self.ready.settings

    @property
    def load_report(self) -> LoadReport:
        """What was not carried over from the gate's file; empty for others."""
        return self.ready.settings.report

    @property
    def ready(self) -> Ready:
        """The settings made ready, now: for tools that look into a gate."""
        return self._current.ready

    @property
    def clock(self) -> Callable[[], float]:
        """What gives seconds since the epoch, now."""
        return self._current.clock

    def require_sync(self) -> None:
        """See that synchronous code can use every store, now and after a reload.

        Raises ConfigurationError, which says what one lacks.
        """
        self._current.require("sync")

    def require_async(self) -> None:
        """See that asynchronous code can use every store, without blocking.

        Raises ConfigurationError, which says what one lacks.
        """
        self._current.require("async")

    def replace(
        self, settings: Settings, *, clock: Callable[[], float] | None = None
    ) -> None:
        """Decide by other settings from now on, and by another clock if one is given.

        All of them are checked, then they take effect in one step: a request sees the
        old ones or the new, never some of both.

        Raises:
            ConfigurationError: They cannot work; the gate stays as it was.
        """
        self._current.replace(settings, clock)

    def follow(self, source: Source, *, watch: bool = False) -> None:
        """Take the settings that :meth:`reload` reads from a source.

        Args:
            source: A file's, for :func:`jwtgate.load`; or one of your own.
            watch: Reload by itself when the source changes, within about a second.
        """
        self._current.follow(self, source, watch=watch)

    def reload(self) -> None:
        """Read the settings anew, and decide by them from now on.

        Raises:
            ConfigurationError: There is no source, or its settings cannot work; the
                gate stays as it was.
        """
        self._current.reload()

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
        begun = self.begin(request, demands, found)
        return (yield from begun) if isinstance(begun, Generator) else begun

    def begin(
        self,
        request: RequestView,
        demands: Requirement | None = None,
        found: object = None,
    ) -> Outcome | Flow:
        """Decide on a request at once, if that can be; see :meth:`decide`.

        Returns:
            The outcome; or the flow of the decision, where there is more to do than to
            tell who calls, or something to wait for.
        """
        standing = None if found is None else self.standing(found, request)
        if standing is not None:
            return self.narrow(standing, demands) if demands else standing
        current, teller = self._current, self._teller
        ready = current.ready if current.watch is None else current.begin()
        began, identify = teller.clock(), ready.at_once
        begun = None
        if identify is not None:
            try:
                begun = identify(request)
            except Exception as error:  # noqa: BLE001 - it is raised again, in the flow
                # No variable outlives this: its traceback has this frame.
                return decision(ready, teller, began, request, demands, error, found)
            # A predicate of the user's is asked once, and that in the flow.
            met = demands is None or (not demands.when and not demands.unmet(begun))
            if met and not (teller.tells_all or begun.consumer.quota):
                return begun
        return decision(ready, teller, began, request, demands, begun, found)

    def narrow(self, outcome: Outcome, demands: Requirement) -> Outcome:
        """Hold an outcome of this gate to what one view demands besides.

        Returns:
            The outcome, if it satisfies the view; or its refusal.
        """
        guard = getattr(outcome, "guard", None)
        if not isinstance(guard, Guard):
            guard = self.ready.guard
        narrowed = guard.narrow(outcome, demands)
        if narrowed is outcome:
            return outcome
        return self._teller.tell(narrowed, Case(guard, caller=outcome))

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
            _, guard = self.ready.match(request)
        except Rejection:
            return None
        stands = found.guard is guard and guard.admits(found, request.method)
        return found if stands else None
