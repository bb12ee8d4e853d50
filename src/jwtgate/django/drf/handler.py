"""Refusals as responses of the REST framework."""

from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated
from rest_framework.response import Response

from jwtgate.django import conf
from jwtgate.django.deciding import decide
from jwtgate.django.drf.authentication import GateAuthentication
from jwtgate.django.drf.refused import RefusalCode
from jwtgate.django.envelope import content_of, dress
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt
from jwtgate.requirement import Requirement

__all__ = ["exception_handler"]

_VERIFIED = Requirement(authenticated=True)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer as the REST framework does, and to refusals with all that they say.

    For ``REST_FRAMEWORK = {"EXCEPTION_HANDLER": ...}``; another handler may call it.

    Returns:
        The response; None for what is no exception of the framework.
    """
    # Imported here: the framework's views import what the settings name, such as this.
    from rest_framework import views  # noqa: PLC0415

    response = views.exception_handler(exc, context)
    denied = _denied_of(exc, context.get("request"))
    if response is not None and denied is not None:
        response.data = content_of(denied)
        dress(response, denied)
    return response


def _denied_of(exc: Exception, request: Any) -> Denied | None:
    code = getattr(getattr(exc, "detail", None), "code", None)
    if isinstance(code, RefusalCode):
        return code.denied
    if isinstance(exc, NotAuthenticated) and _is_by_gate(request):
        return _unverified(request._request)  # noqa: SLF001 - documented
    return None


def _is_by_gate(request: Any) -> bool:
    ways = getattr(request, "authenticators", ())
    return any(isinstance(way, GateAuthentication) for way in ways)


def _unverified(request: HttpRequest) -> Denied | None:
    outcome: object = getattr(request, "jwtgate", None)
    if isinstance(outcome, Exempt) and outcome.why == "optional":
        # That no token came is for the route to say, which has its own words.
        outcome = decide(request)
    if isinstance(outcome, Authenticated | Anonymous | Exempt):
        outcome = conf.gate_for(outcome).narrow(outcome, _VERIFIED)
    return outcome if isinstance(outcome, Denied) else None
