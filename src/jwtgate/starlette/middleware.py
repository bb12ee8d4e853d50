"""The gate as middleware of Starlette, or as a backend of Starlette's own."""

from typing import final

from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    BaseUser,
)
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from jwtgate import asgi
from jwtgate.gate import Gate
from jwtgate.outcome import Denied
from jwtgate.requirement import Requirement
from jwtgate.starlette.caller import identity_of, name_caller
from jwtgate.starlette.connection import decide, denial

__all__ = ["JWTGateBackend", "JWTGateMiddleware", "Refused", "on_error"]


@final
class JWTGateMiddleware:
    """All that ``jwtgate.asgi.JWTGateMiddleware`` does, and who calls for Starlette.

    Args:
        app: Any ASGI application.
        gate: The gate; its store must not block the event loop.

    Raises:
        ConfigurationError: The store would block; wrap it with ``in_thread``.
    """

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        async def named(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "lifespan":
                name_caller(scope, scope["jwtgate"])
            await app(scope, receive, send)

        self._guarded = asgi.JWTGateMiddleware(named, gate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Decide on a request, then call the app or answer."""
        await self._guarded(scope, receive, send)


@final
class Refused(AuthenticationError):
    """A refusal, for :func:`on_error`; the text is the reason's slug."""

    def __init__(self, denied: Denied) -> None:
        super().__init__(denied.reason.code)
        self.denied = denied


@final
class JWTGateBackend(AuthenticationBackend):
    """The gate for Starlette's own ``AuthenticationMiddleware``, with ``on_error``.

    Args:
        gate: The gate; its store must not block the event loop.
        optional: A request without a token passes, without identity.

    Raises:
        ConfigurationError: The store would block; wrap it with ``in_thread``.
    """

    def __init__(self, gate: Gate, *, optional: bool = False) -> None:
        gate.require_async()
        self._gate = gate
        self._demands = Requirement(optional=True) if optional else None

    async def authenticate(
        self, conn: HTTPConnection
    ) -> tuple[AuthCredentials, BaseUser]:
        """Tell who calls; raises :class:`Refused`."""
        outcome = await decide(conn, self._gate, self._demands)
        if isinstance(outcome, Denied):
            raise Refused(outcome)
        return identity_of(outcome)


def on_error(conn: HTTPConnection, exc: AuthenticationError) -> Response:
    """Answer a refusal with its status, headers and body."""
    if isinstance(exc, Refused):
        return denial(exc.denied, conn.scope)
    return AuthenticationMiddleware.default_on_error(conn, exc)
