"""The gate in Django Ninja: an auth object for sync and async operations."""

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import Unpack, final

from django.http import HttpRequest, HttpResponse

try:
    from ninja import NinjaAPI
    from ninja.errors import HttpError
    from ninja.security.base import SecuritySchema
    from ninja.security.http import HttpAuthBase
except ModuleNotFoundError as error:
    raise ImportError(f"{error}; pip install 'jwtgate[ninja]'") from None

from jwtgate.django import conf
from jwtgate.django.deciding import adecide, decide
from jwtgate.django.envelope import content_of, dress, text_of
from jwtgate.openapi import security_schemes
from jwtgate.outcome import Anonymous, Authenticated, Denied, Exempt, Outcome
from jwtgate.requirement import Demands, Requirement

__all__ = ["GateAuth", "Refused", "install"]


@final
class Refused(HttpError):
    """A refusal, which Ninja answers as any HttpError; see :func:`install`.

    Attributes:
        denied: The refusal, with its reason and its own body.
    """

    def __init__(self, denied: Denied) -> None:
        super().__init__(denied.status, text_of(denied))
        self.denied = denied


@final
class GateAuth(HttpAuthBase):
    """Tells who calls, as ``request.auth``: ``NinjaAPI(auth=GateAuth())``.

    One object is for sync and async operations, of an API, a router or one alone. What
    the gate lets pass without identity, such as a preflight, has an ``Exempt`` there.

    Args:
        demands: Fields of :class:`jwtgate.requirement.Requirement`: ``consumers``,
            ``groups``, ``scopes``, ``when``, ``optional``, ``authenticated``.

    Raises:
        ConfigurationError: Nobody could satisfy the demands.
    """

    # Ninja then awaits what it can: all of an async operation, of a sync one nothing.
    is_async = True

    def __init__(self, **demands: Unpack[Demands]) -> None:
        # Ninja's own constructor would ask for the scheme now, before there is a gate.
        self._demands = Requirement(**demands) if demands else None

    @property
    def openapi_security_schema(self) -> SecuritySchema:  # type: ignore[override]
        """How a token is sent; Ninja lists one way only, so the policy's first."""
        gate = conf.current().gate
        schemes = security_schemes(gate and gate.policy, "GateAuth")
        return SecuritySchema(**schemes["GateAuth"])

    def __call__(
        self, request: HttpRequest
    ) -> Authenticated | Anonymous | Exempt | Awaitable[object]:
        """Tell who calls; of an async operation, when awaited.

        Raises:
            Refused: The request is refused.
            ImproperlyConfigured: There is no gate.
        """
        if _is_awaited():
            return self._acall(request)
        return _passed(decide(request, self._demands))

    async def _acall(self, request: HttpRequest) -> object:
        return _passed(await adecide(request, self._demands))


def install(api: NinjaAPI) -> None:
    """Answer refusals of an API with all their headers, and ``{"detail": ...}``."""
    api.add_exception_handler(Refused, partial(_answer, api=api))


def _answer(request: HttpRequest, refused: Refused, api: NinjaAPI) -> HttpResponse:
    denied = refused.denied
    content = content_of(denied)
    if content is None:
        response = HttpResponse()
        del response["Content-Type"]
    else:
        response = api.create_response(request, content, status=denied.status)
    dress(response, denied)
    return response


def _passed(outcome: Outcome) -> Authenticated | Anonymous | Exempt:
    if isinstance(outcome, Denied):
        raise Refused(outcome)
    return outcome


def _is_awaited() -> bool:
    # Ninja calls for an async operation in its event loop, for a sync one in a thread
    # that has none, and does not say which.
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
