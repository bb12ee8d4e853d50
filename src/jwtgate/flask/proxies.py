"""Who calls, as proxies: the consumer, and the claims of its token."""

from functools import cached_property
from typing import TYPE_CHECKING, cast

from flask import Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.local import LocalProxy

from jwtgate.consumer import Consumer
from jwtgate.flask.deciding import denial
from jwtgate.jose import Claims
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt, Outcome
from jwtgate.requirement import Requirement

if TYPE_CHECKING:
    from jwtgate.gate import Gate

__all__ = ["current_claims", "current_consumer"]

_AUTHENTICATED = Requirement(authenticated=True)


class _NobodyCalls(HTTPException, RuntimeError):
    """Refuses the request; a RuntimeError, so that a proxy to nobody is false.

    The refusal is made, and logged, when it is sent.
    """

    def __init__(self, outcome: Outcome) -> None:
        RuntimeError.__init__(self, "nobody calls")
        self.description = None
        self._outcome = outcome

    @cached_property
    def denied(self) -> Denied:
        """The refusal."""
        gate = cast("Gate", self._outcome.gate)
        return cast("Denied", gate.narrow(self._outcome, _AUTHENTICATED))

    @cached_property
    def response(self) -> Response:  # type: ignore[override]
        """The response, which Flask takes for the answer."""
        return denial(self.denied)

    @property
    def data(self) -> dict[str, str]:
        """The body, which Flask-RESTX takes for it."""
        return dict(self.denied.body)


def _consumer() -> Consumer:
    outcome = _outcome()
    if not isinstance(outcome, Authenticated | Anonymous):
        raise _NobodyCalls(outcome)
    return outcome.consumer


def _claims() -> Claims:
    outcome = _outcome()
    if not isinstance(outcome, Authenticated):
        raise _NobodyCalls(outcome)
    return outcome.claims


def _outcome() -> Outcome:
    outcome: Outcome | None = request.environ.get("jwtgate")
    if outcome is None:
        raise RuntimeError(
            "nobody was asked who calls: call JWTGate(gate).init_app(app), or decorate "
            "the view with @jwt_required()"
        )
    if isinstance(outcome, Exempt) and outcome.why == "public":
        raise RuntimeError(
            "nobody was asked who calls, since the view, or the gate's route to it, is "
            "public: decorate the view with @jwt_required(), or make it "
            "@jwt_required(optional=True)"
        )
    return outcome


current_consumer = cast("Consumer", LocalProxy(_consumer))
"""Who calls; false where a view demands nobody, and nobody does."""

current_claims = cast("Claims", LocalProxy(_claims))
"""The claims of the caller's token, read-only; false where there is none."""
