"""The gate as Django middleware, for sync and async."""

from collections.abc import Awaitable, Callable
from types import FunctionType
from typing import Any, TypeAlias

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, get_resolver

from jwtgate.django import conf
from jwtgate.django.conf import Conf
from jwtgate.django.deciding import adecide, complete, decide, denial, open_to_all
from jwtgate.marks import said_of
from jwtgate.outcome import Authenticated, Denied, Exempt, Outcome
from jwtgate.requirement import Requirement

__all__ = ["JWTGateMiddleware"]

_SOMEBODY = Requirement()

_Admitted: TypeAlias = tuple[Outcome, tuple[object, Conf, str, str | None]]

# Where it is kept what let a request pass before its view, and what that rests on.
_ADMITTED = "_jwtgate_admitted"


class JWTGateMiddleware:
    """Lets those through whom the gate of ``JWTGATE`` lets through.

    A view finds the outcome in ``request.jwtgate``. A refused request reaches neither
    the middleware further in nor a view. One class serves both modes of Django.

    Args:
        get_response: What is further in.

    Raises:
        ConfigurationError: ``JWTGATE`` cannot work, or not in this mode.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        # An attribute of this mode, which Django calls without a thread between.
        self.process_view = _aat_view if self._is_async else _at_view
        if self._is_async:
            markcoroutinefunction(self)
        if (gate := conf.current().gate) is not None:
            (gate.require_async if self._is_async else gate.require_sync)()

    def __call__(
        self, request: HttpRequest
    ) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Decide on a request, then go on or answer."""
        if self._is_async:
            return self._acall(request)
        chosen, view = conf.current(), _view_of(request)
        outcome = _decide(request, view, chosen)
        if isinstance(outcome, Denied):
            return complete(request, denial(outcome, request))
        rests_on = view, chosen, request.path_info, request.method
        setattr(request, _ADMITTED, (outcome, rests_on))
        response: HttpResponseBase = self.get_response(request)
        return complete(request, response)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        chosen, view = conf.current(), _view_of(request)
        outcome = await _adecide(request, view, chosen)
        if isinstance(outcome, Denied):
            return complete(request, denial(outcome, request))
        rests_on = view, chosen, request.path_info, request.method
        setattr(request, _ADMITTED, (outcome, rests_on))
        response: HttpResponseBase = await self.get_response(request)
        return complete(request, response)


# Called when Django has found the view. What let the request pass before may not hold:
# a middleware between may have changed the path, or to whom paths lead.


def _at_view(request: HttpRequest, view: object, *_: object) -> HttpResponseBase | None:
    outcome = _admitted(request, view) or _decide(request, view, conf.current())
    is_known = isinstance(outcome, Authenticated)
    return None if is_known else _refusal_at(view, request, outcome)


async def _aat_view(
    request: HttpRequest, view: object, *_: object
) -> HttpResponseBase | None:
    outcome = _admitted(request, view)
    outcome = outcome or await _adecide(request, view, conf.current())
    is_known = isinstance(outcome, Authenticated)
    return None if is_known else _refusal_at(view, request, outcome)


def _decide(request: HttpRequest, view: object, chosen: Conf) -> Outcome:
    is_guarded, demands = _demanded(view, chosen)
    return decide(request, demands, chosen) if is_guarded else open_to_all(request)


async def _adecide(request: HttpRequest, view: object, chosen: Conf) -> Outcome:
    is_guarded, demands = _demanded(view, chosen)
    if is_guarded:
        return await adecide(request, demands, chosen)
    return open_to_all(request)


def _admitted(request: HttpRequest, view: object) -> Outcome | None:
    # What let the request pass before, unless something that it rests on has changed.
    kept = vars(request)
    admitted: _Admitted | None = kept.get(_ADMITTED)
    if admitted is None:
        return None
    outcome, (before, chosen, path, method) = admitted
    stands = (
        kept.get("jwtgate") is outcome
        and before is view
        and chosen is conf.current()
        and path == request.path_info
        and method == request.method
    )
    return outcome if stands else None


def _refusal_at(
    view: object, request: HttpRequest, outcome: Outcome
) -> HttpResponseBase | None:
    if isinstance(outcome, Exempt) and outcome.why == "preflight":
        # A class of views answers OPTIONS itself; a function would run for a preflight
        # that a policy exempts, and middleware that answers it has had its chance.
        answers = getattr(view, "view_class", None) or getattr(view, "cls", None)
        if not answers:
            outcome = conf.gate_for(outcome).narrow(outcome, _SOMEBODY)
    return denial(outcome, request) if isinstance(outcome, Denied) else None


def _view_of(request: HttpRequest) -> object:
    resolver = get_resolver(getattr(request, "urlconf", None))
    try:
        return resolver.resolve(request.path_info).func
    except Resolver404:
        return None


def _demanded(view: object, chosen: Conf) -> tuple[bool, Requirement | None]:
    # What was decorated: the view, the class that Django or the REST framework made
    # it of, or that of an object that is called, such as a feed.
    if type(view) is FunctionType:  # no proxy that only says to be one
        # All that it has is its own: what it lacks is not sought in its type.
        own = view.__dict__
        said = said_of(view, own.get("view_class"), own.get("cls"))
    else:
        made_of = getattr(view, "view_class", None), getattr(view, "cls", None)
        said = said_of(view, *made_of, type(view))
    is_public, demands = said
    is_guarded = not is_public if chosen.guards_all else demands is not None
    return is_guarded, demands
