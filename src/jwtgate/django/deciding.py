"""From a request of Django to an outcome, and from a refusal to a response."""

from typing import TypeAlias, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from jwtgate import _environ, _scope
from jwtgate._reply import reply_to
from jwtgate._scope import Scope
from jwtgate.django import conf
from jwtgate.django.conf import Conf
from jwtgate.django.reading import found_on, request_view, scope_of
from jwtgate.django.users import map_user
from jwtgate.drive import aended, ended
from jwtgate.extraction import NOTHING_HIDDEN
from jwtgate.gate import Gate
from jwtgate.marks import exempted
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt, Outcome
from jwtgate.requirement import Requirement

__all__ = ["adecide", "complete", "decide", "denial", "open_to_all"]

_Response = TypeVar("_Response", bound=HttpResponseBase)

_Asked: TypeAlias = tuple[Gate, str, str | None]
_Answered: TypeAlias = tuple[_Asked, Requirement | None]

# Where the question is kept that the outcome on a request answers.
_ANSWERED = "_jwtgate_answered"
# What Django keeps on a request, and what of.
_CACHED = (("GET", "QUERY_STRING"), ("COOKIES", "HTTP_COOKIE"))


def decide(
    request: HttpRequest,
    demands: Requirement | None = None,
    chosen: Conf | None = None,
) -> Outcome:
    """Decide on a request by the gate of the settings, waiting for its store.

    What was decided before by the same gate is reused. The outcome is then in
    ``request.jwtgate``, and the identity headers in ``request.META``.

    Args:
        request: The request.
        demands: What its view demands besides.
        chosen: What the settings say, where it was read already.
    """
    chosen, scope = chosen or conf.current(), scope_of(request)
    found = (request.META if scope is None else scope).get("jwtgate")
    gate = chosen.gate or conf.gate_for(found)
    asked = (gate, request.path_info, request.method)
    before = getattr(request, _ANSWERED, None)
    outcome = before and _known(request, before, asked, demands)
    if outcome is None:
        begun = gate.begin(request_view(request, scope), demands, found)
        outcome = begun if isinstance(begun, Authenticated) else ended(gate, begun)
    return _place(request, outcome, chosen, scope, (asked, demands))


async def adecide(
    request: HttpRequest,
    demands: Requirement | None = None,
    chosen: Conf | None = None,
) -> Outcome:
    """Do the same, letting others run while the store answers."""
    chosen, scope = chosen or conf.current(), scope_of(request)
    found = (request.META if scope is None else scope).get("jwtgate")
    gate = chosen.gate or conf.gate_for(found)
    asked = (gate, request.path_info, request.method)
    before = getattr(request, _ANSWERED, None)
    outcome = before and _known(request, before, asked, demands)
    if outcome is None:
        begun = gate.begin(request_view(request, scope), demands, found)
        if isinstance(begun, Authenticated):
            outcome = begun
        else:
            outcome = await aended(gate, begun)
    return _place(request, outcome, chosen, scope, (asked, demands))


def open_to_all(request: HttpRequest) -> Outcome:
    """Let a request pass for a public view: without identity, its own or a forged."""
    found = found_on(request)
    outcome = exempted(conf.gate_for(found), found)
    return _place(request, outcome, conf.current(), scope_of(request))


def denial(denied: Denied, request: HttpRequest) -> HttpResponse:
    """Answer with a refusal."""
    reply = reply_to(denied, method=request.method or "GET")
    response = HttpResponse(reply.body, status=reply.status)
    # Django's own default would stand where the refusal has no content.
    del response["Content-Type"]
    for name, value in reply.headers:
        response[name] = value
    return response


def complete(request: HttpRequest, response: _Response) -> _Response:
    """Give a response the headers that it needs and lacks.

    What is left of a quota; and of a refusal all but those of its content, since
    somebody else may have rendered it.
    """
    placed, found = getattr(request, "jwtgate", None), found_on(request)
    if (
        placed is found
        and isinstance(placed, Authenticated)
        and not placed.response_headers
    ):
        return response
    # Nor those of a refusal after which another way of authentication let pass.
    is_passed = isinstance(placed, Denied) and response.status_code < 400
    for outcome in (None if is_passed else placed, found):
        for name, value in getattr(outcome, "response_headers", ()):
            if name != "Content-Type":
                response.setdefault(name, value)
    return response


def _known(
    request: HttpRequest,
    answered: _Answered,
    asked: _Asked,
    demands: Requirement | None,
) -> Outcome | None:
    # What passed without identity is known, too: asking twice would count and log it
    # twice.
    before, demanded = answered
    if before != asked:
        return None
    outcome: Outcome | None = getattr(request, "jwtgate", None)
    if demands == demanded:
        return outcome
    if demands is None or outcome is None or isinstance(outcome, Denied):
        return None
    return asked[0].narrow(outcome, demands)


def _place(
    request: HttpRequest,
    outcome: Outcome,
    chosen: Conf,
    scope: Scope | None,
    question: _Answered | None = None,
) -> Outcome:
    kept = vars(request)
    before = kept.get("jwtgate")
    kept["jwtgate"] = outcome
    kept[_ANSWERED] = question
    if isinstance(outcome, Denied):
        _clear(request, outcome)
    elif before is not outcome:
        _settle(request, outcome, scope)
        if chosen.user is not None:
            map_user(request, outcome, chosen.user)
    return outcome


def _clear(request: HttpRequest, denied: Denied) -> None:
    # What runs after a refusal reads no forged headers either.
    if found_on(request) is None:
        _settle(request, Exempt("public", None, denied.gate), scope_of(request))
        scope = scope_of(request)  # another one by now
        (request.META if scope is None else scope).pop("jwtgate")
        if scope is not None:
            _scope.tell_state(scope, denied)


def _settle(
    request: HttpRequest,
    outcome: Authenticated | Anonymous | Exempt,
    scope: Scope | None,
) -> None:
    meta = shown = request.META
    hides = outcome.hiding is not NOTHING_HIDDEN
    if hides:
        shown = dict(meta)
    _environ.settle(meta, outcome)
    kept = vars(request)
    if scope is not None:
        kept["scope"] = _scope.passed_on(scope, outcome)
    kept.pop("headers", None)
    # Not for nothing: a middleware may have put something of its own there.
    for cache, key in _CACHED if hides else ():
        if meta.get(key) != shown.get(key):
            kept.pop(cache, None)
