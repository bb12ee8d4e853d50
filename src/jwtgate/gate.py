"""The gate: what happens to a request, in order."""

import time
from collections.abc import Callable, Sequence
from typing import final

from jwtgate._log import log_failure
from jwtgate.asks import Flow
from jwtgate.backend import AnyStore
from jwtgate.errors import Rejection, Unavailable
from jwtgate.extraction import RequestView
from jwtgate.guard import Guard
from jwtgate.outcome import Anonymous, Authenticated, Exempt
from jwtgate.policy import Policy
from jwtgate.reason import Reason
from jwtgate.router import Router
from jwtgate.routes import Route

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
        self._guard = Guard(store, own, gate=self, clock=clock)
        self._router = Router(
            [
                (
                    route,
                    Guard(
                        store if route.store is None else route.store,
                        own if route.policy is None else route.policy,
                        gate=self,
                        clock=clock,
                    ),
                )
                for route in routes
            ]
        )

    @property
    def store(self) -> AnyStore:
        """The gate's own store."""
        return self._guard.store

    @property
    def policy(self) -> Policy:
        """The gate's own policy."""
        return self._guard.policy

    def require_sync(self) -> None:
        """See that synchronous code can use every store.

        Raises:
            ConfigurationError: One cannot be used; says what it lacks.
        """
        for guard in (self._guard, *self._router.guards):
            guard.backend  # noqa: B018 - it is settled by asking for it

    def require_async(self) -> None:
        """See that asynchronous code can use every store, without blocking.

        Raises:
            ConfigurationError: One cannot be used; says what it lacks.
        """
        for guard in (self._guard, *self._router.guards):
            guard.async_backend  # noqa: B018 - it is settled by asking for it

    def decide(self, request: RequestView) -> Flow:
        """Decide on a request; the steps are those of ``docs/decision.md``.

        Returns:
            A generator that yields asks for a store, is sent their answers, and
            returns the outcome. It raises nothing, whatever the request holds:
            refusals, and failures of ours, become ``Denied`` here.
        """
        guard = self._guard
        try:
            match = self._router.match(request)
            if match is not None:
                route, guard = match
                if route.public:
                    return Exempt("public", None, self)
            return (yield from guard.decide(request))
        except Rejection as rejection:
            return guard.refuse(rejection)
        except Exception as error:  # noqa: BLE001 - fail closed, and never by raising
            log_failure("the gate failed", error)
            return guard.refuse(Unavailable(Reason.INTERNAL))

    def standing(self, found: object) -> Authenticated | Anonymous | None:
        """Give back an outcome found on a request, if it is this gate's and stands.

        Anything else is decided afresh: what another gate let through, or this one
        let pass without identity, says nothing here.
        """
        if isinstance(found, Authenticated | Anonymous) and found.gate is self:
            return found
        return None
