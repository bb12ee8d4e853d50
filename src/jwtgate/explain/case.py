"""One request before the gate, and what is known of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import floor
from typing import Any, final

from jwtgate.consumer import Consumer
from jwtgate.credential import Credential
from jwtgate.errors import ConfigurationError, Rejection
from jwtgate.explain.explanation import Mark, Step
from jwtgate.explain.wording import plain
from jwtgate.extraction import FoundToken, RequestView
from jwtgate.gate import Gate
from jwtgate.guard import Guard
from jwtgate.jose import UnverifiedToken, VerifiedToken
from jwtgate.outcome import Authenticated
from jwtgate.policy import Policy
from jwtgate.ready import Ready
from jwtgate.reason import Reason
from jwtgate.requirement import Requirement
from jwtgate.routes import Route
from jwtgate.store import Found
from jwtgate.values import is_seconds
from jwtgate.verifier import Verifier

__all__ = ["Case", "Failure", "Tried", "open_case"]


@final
@dataclass(frozen=True, slots=True)
class Failure:
    """What a driver answers where a store failed.

    Attributes:
        kind: Of the error; what it says may hold secrets.
    """

    kind: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A credential of the token's key, and what came of it.

    Attributes:
        credential: The credential.
        is_picked: Whether the token's ``kid`` leaves it in the choice.
        off_duty: Why it may not be used now; None if it may.
        holds: Whether the signature holds under it; None if that cannot be told, as
            it is of another algorithm.
    """

    credential: Credential
    is_picked: bool
    off_duty: Reason | None
    holds: bool | None


@final
@dataclass(slots=True, kw_only=True)
class Case:
    """What is explained.

    Attributes:
        gate: Whose decision it is.
        request: The request.
        demands: What its view demands besides.
        now: Seconds since the epoch.
        ready: The gate's settings, made ready.
        guard: What decides; the gate's own policy, until a route is found.
        route: The route; None if none names the request.
        steps: What was told so far.
        rejection: The first rejection: the gate's; none again once somebody stands in.
        first: The first one of all.
        sent: The one token of the request.
        token: The same, read.
        key: The key that it names.
        rows: What the store gave for the key; None if it was not asked, or failed.
        tried: The credentials among them.
        others: What the store gives for what else in the token could be a key, by
            what that is, such as ``sub, in the payload``.
        verified: The credential and the token, once the signature holds.
        caller: Who calls, once the claims hold, too.
    """

    gate: Gate
    request: RequestView
    demands: Requirement | None
    now: float
    ready: Ready
    guard: Guard
    route: Route | None = None
    steps: list[Step] = field(default_factory=list)
    rejection: Rejection | None = None
    first: Rejection | None = None
    sent: FoundToken | None = None
    token: UnverifiedToken | None = None
    key: str | None = None
    rows: Found | None = None
    tried: list[Tried] = field(default_factory=list)
    others: dict[str, tuple[str, Found]] = field(default_factory=dict)
    verified: tuple[Credential, VerifiedToken] | None = None
    caller: Authenticated | None = None

    @property
    def policy(self) -> Policy:
        """What is demanded of the request."""
        return self.guard.policy

    @property
    def verifier(self) -> Verifier:
        """What reads and verifies tokens, and remembers none."""
        return Verifier(self.policy)

    @property
    def time(self) -> float:
        """The time that claims are compared with: whole seconds in the gateways."""
        return floor(self.now) if self.policy.dialect.whole_seconds else self.now

    @property
    def reason(self) -> Reason | None:
        """The reason of the first rejection of all."""
        return None if self.first is None else self.first.reason

    @property
    def first_claim(self) -> str | None:
        """The claim that it is about, if it is about one."""
        return None if self.first is None else self.first.claim

    @property
    def consumer(self) -> Consumer | None:
        """Who calls, as far as a signature that holds tells."""
        if self.caller is not None:
            return self.caller.consumer
        return None if self.verified is None else self.verified[0].consumer

    def tell(
        self,
        name: str,
        mark: Mark,
        text: str,
        rejection: Rejection | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a step; the first rejection is kept as the gate's."""
        reason = None if rejection is None else rejection.reason
        self.note(name, mark, text, reason, facts)
        self.reject(rejection)

    def note(
        self,
        name: str,
        mark: Mark,
        text: str,
        reason: Reason | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a step that the gate's rejection does not come of."""
        self.steps.append(
            Step(
                name=plain(name),
                mark=mark,
                text=text,
                reason=reason,
                facts=facts or {},
            )
        )

    def reject(self, rejection: Rejection | None) -> None:
        """Keep a rejection, unless there was one before."""
        self.rejection = self.rejection or rejection
        self.first = self.first or rejection


def open_case(
    gate: Gate, request: RequestView, demands: Requirement | None, at: float | None
) -> Case:
    """Begin with a request.

    Raises:
        ConfigurationError: ``at`` is no time.
    """
    if not (at is None or is_seconds(at)):
        raise ConfigurationError("at must be seconds since the epoch")
    ready = gate.ready
    return Case(
        gate=gate,
        request=request,
        demands=demands,
        now=gate.clock() if at is None else at,
        ready=ready,
        guard=ready.guard,
    )
