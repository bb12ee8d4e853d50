"""From Flask's request to an outcome, and from a refusal to a response."""

from typing import TYPE_CHECKING, TypeGuard, cast

from flask import Request, Response, current_app, g, request

from jwtgate._environ import request_of, settle
from jwtgate._reply import reply_to
from jwtgate.drive import ended
from jwtgate.extraction import NOTHING_HIDDEN
from jwtgate.flask.mounts import current_request, mount_of_request
from jwtgate.gate import Gate
from jwtgate.marks import exempted
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt, Outcome
from jwtgate.requirement import Requirement

if TYPE_CHECKING:
    from flask.ctx import _AppCtxGlobals
    from werkzeug.local import LocalProxy

__all__ = [
    "current_globals",
    "decide",
    "denial",
    "gate_of_request",
    "open_to_all",
    "refusal",
]

current_globals = cast("LocalProxy[_AppCtxGlobals]", g)._get_current_object  # noqa: SLF001 - documented
"""Gives ``g`` itself, as :func:`current_request` the request."""

# Where it is kept what a gate of this app decided, and nobody further out: on the
# request, since a view may hand its environ on, with another path.
_DECIDED = "_jwtgate_decided"
# What Werkzeug keeps of a query and of cookies once it was asked.
_CACHED = ("args", "authorization", "cookies", "full_path", "url", "values")


def refusal(gate: Gate, demands: Requirement | None) -> Response | None:
    """Decide on the request; what the gate decided before on it is reused.

    The outcome is then in ``g.jwtgate``.

    Returns:
        The response to refuse it with; None lets it pass.
    """
    return decide(current_request(), current_globals(), gate, demands)


def decide(
    request: Request, kept: "_AppCtxGlobals", gate: Gate, demands: Requirement | None
) -> Response | None:
    """Do the same for whoever has the request and ``g`` at hand."""
    environ = request.environ
    found = environ.get("jwtgate")
    known: Outcome | None = vars(request).get(_DECIDED)
    outcome: Outcome
    names = None
    if demands is not None and _stands(known, found, gate):
        # Also what passed without identity, which would be counted and logged twice.
        outcome = gate.narrow(known, demands)
        if isinstance(outcome, Denied):
            # The request passed before: whoever asked in vain answers for himself.
            return denial(outcome)
    else:
        view = request_of(environ)
        begun = gate.begin(view, demands, found)
        outcome = begun if isinstance(begun, Authenticated) else ended(gate, begun)
        names = view.names
        if isinstance(outcome, Denied):
            # What runs after a refusal reads no forged headers either.
            settle(environ, Exempt("public", None, gate), names)
            environ["jwtgate"] = vars(request)[_DECIDED] = kept.jwtgate = outcome
            return denial(outcome)
    if outcome is not known:
        settle(environ, outcome, names)
        if outcome.hiding is not NOTHING_HIDDEN:
            _forget_query(request)
    environ["jwtgate"] = vars(request)[_DECIDED] = kept.jwtgate = outcome
    return None


def _stands(
    known: Outcome | None, found: object, gate: Gate
) -> TypeGuard[Authenticated | Anonymous | Exempt]:
    if known is None or isinstance(known, Denied):
        return False  # whoever demands less is to be asked anew
    return known.gate is gate and known is found


def open_to_all(gate: Gate) -> None:
    """Let the request pass for a public view: without identity, its own or a forged."""
    request = current_request()
    outcome = exempted(gate, request.environ.get("jwtgate"))
    current_globals().jwtgate = outcome
    settle(request.environ, outcome)
    if outcome.hiding is not NOTHING_HIDDEN:
        _forget_query(request)


def denial(denied: Denied) -> Response:
    """Make the response of a refusal."""
    reply = reply_to(denied, method=request.method)
    response = current_app.response_class(reply.body, status=reply.status)
    # Not beside the headers that Flask thinks of, such as a Content-Type for a 204.
    response.headers.clear()
    response.headers.extend(reply.headers)
    return response


def gate_of_request() -> Gate:
    """Find the gate: the app's, the blueprint's, or one further out.

    Raises:
        RuntimeError: There is none; says what to do.
    """
    mount = mount_of_request()
    if mount is not None:
        return mount.gate
    gate = getattr(request.environ.get("jwtgate"), "gate", None)
    if isinstance(gate, Gate):
        return gate
    raise RuntimeError(
        "no gate guards this view: call JWTGate(gate).init_app(app), or put the app "
        "behind jwtgate.wsgi.JWTGateMiddleware"
    )


def _forget_query(request: Request) -> None:
    query = request.environ.get("QUERY_STRING", "").encode("latin-1", "replace")
    request.query_string = query
    for name in _CACHED:
        vars(request).pop(name, None)
