"""A bare ASGI app: alone, behind Starlette's middleware with PyJWT, behind a gate."""

from typing import Any

import jwt

from benchmarks.apps.callers import Caller
from benchmarks.apps.calling import ASGIApp
from jwtgate.asgi import JWTGateMiddleware

__all__ = ["apps", "hello", "with_pyjwt"]

_START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/plain"), (b"content-length", b"5")],
}
_BODY = {"type": "http.response.body", "body": b"hello"}


async def hello(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - ASGI's
    """Say hello to everybody."""
    await send(_START)
    await send(_BODY)


def with_pyjwt(caller: Caller) -> ASGIApp:
    """Put the app behind Starlette's AuthenticationMiddleware."""
    # Imported here: the app's own server may run without Starlette.
    from starlette.authentication import (  # noqa: PLC0415
        AuthCredentials,
        AuthenticationBackend,
        AuthenticationError,
        SimpleUser,
    )
    from starlette.middleware.authentication import (  # noqa: PLC0415
        AuthenticationMiddleware,
    )
    from starlette.requests import HTTPConnection  # noqa: PLC0415
    from starlette.responses import PlainTextResponse, Response  # noqa: PLC0415

    claims_of = caller.by_pyjwt()

    class Backend(AuthenticationBackend):
        async def authenticate(
            self, conn: HTTPConnection
        ) -> tuple[AuthCredentials, SimpleUser]:
            scheme, _, token = conn.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer":
                raise AuthenticationError("no token")
            try:
                claims = claims_of(token)
            except jwt.InvalidTokenError as error:
                raise AuthenticationError("not a good token") from error
            return AuthCredentials(["authenticated"]), SimpleUser(claims["sub"])

    def refuse(_connection: HTTPConnection, error: Exception) -> Response:
        return PlainTextResponse(str(error), 401, {"WWW-Authenticate": "Bearer"})

    return AuthenticationMiddleware(hello, Backend(), refuse)


def apps(caller: Caller) -> dict[str, ASGIApp]:
    """Give the app by what stands before it."""
    return {
        "nothing": hello,
        "peer": with_pyjwt(caller),
        "cold": JWTGateMiddleware(hello, caller.gate(memo=False)),
        "repeated": JWTGateMiddleware(hello, caller.gate(memo=True)),
    }
