"""Who calls, as the REST framework asks for it."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.settings import api_settings

from jwtgate.django import conf
from jwtgate.django.deciding import decide, open_to_all
from jwtgate.django.drf.gateuser import GateUser
from jwtgate.django.drf.refused import Refused
from jwtgate.extraction.bearer import challenge
from jwtgate.marks import is_public
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt
from jwtgate.requirement import Requirement

__all__ = ["GateAuthentication", "caller_of", "views_of"]

# Whether somebody has to call is for permissions to say.
_OPTIONAL = Requirement(optional=True)


class GateAuthentication(BaseAuthentication):
    """Authenticates who calls, reusing what a middleware decided.

    ``request.auth`` is the :class:`jwtgate.Authenticated`. ``request.user`` is the user
    that ``JWTGATE["USER"]`` gives, or nobody; without it a :class:`GateUser`. Where no
    token was verified the framework has its nobody for both, and permissions choose.
    """

    def authenticate(self, request: Request) -> tuple[Any, Authenticated] | None:
        """Tell who calls.

        Raises:
            Refused: A token that came is refused.
            ImproperlyConfigured: There is no gate.
        """
        caller = caller_of(request, request.parser_context.get("view"))
        if not isinstance(caller, Authenticated):
            return None
        find = conf.current().user
        if find is None:
            return GateUser(caller.consumer), caller
        user = find(caller, request._request)  # noqa: SLF001 - documented
        nobody: Any = api_settings.UNAUTHENTICATED_USER
        return nobody() if user is None and nobody is not None else user, caller

    def authenticate_header(self, request: Request) -> str:
        """Give the challenge for whoever sent no token."""
        found = getattr(request._request, "jwtgate", None)  # noqa: SLF001 - documented
        return challenge(conf.gate_for(found).policy.realm)


def caller_of(request: Request, view: object) -> Authenticated | Anonymous | Exempt:
    """Tell what the gate says of a request, whatever the view demands.

    Args:
        request: The request.
        view: What it is for; or would be, as a page that lists views asks of each.

    Raises:
        Refused: It does not let it pass, with or without identity.
        ImproperlyConfigured: There is no gate.
    """
    outer = request._request  # noqa: SLF001 - documented
    if is_public(*views_of(request, view)):
        outcome = open_to_all(outer)
    else:
        outcome = decide(outer, _OPTIONAL)
    if isinstance(outcome, Denied):
        raise Refused(outcome)
    return outcome


def views_of(request: Request, view: object) -> tuple[object, object]:
    """Give what decorators may have marked: what was made of a view, and its class."""
    kind = type(view)
    match = request._request.resolver_match  # noqa: SLF001 - documented
    called = getattr(match, "func", None)
    # A function may call a view of its own choice; what is said of it is not said of
    # that.
    return (called if getattr(called, "cls", None) is kind else None), kind
