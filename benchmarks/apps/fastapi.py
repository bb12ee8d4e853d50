"""A FastAPI app: alone, with HTTPBearer and PyJWT as dependencies, with a gate."""

from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from benchmarks.apps.callers import Caller
from benchmarks.apps.calling import ASGIApp
from jwtgate import Authenticated
from jwtgate.asgi import JWTGateMiddleware
from jwtgate.fastapi import JWTAuth

__all__ = ["apps", "apps_behind"]


def apps(caller: Caller) -> dict[str, ASGIApp]:
    """Give the app by what its view depends on."""
    return {
        "nothing": _open(),
        "peer": _with_pyjwt(caller),
        "cold": _gated(caller, memo=False),
        "repeated": _gated(caller, memo=True),
    }


def apps_behind(caller: Caller) -> dict[str, ASGIApp]:
    """Give the app by what guards it, with the gate as ASGI middleware."""
    return {
        "nothing": _open(),
        "peer": _with_pyjwt(caller),
        "cold": JWTGateMiddleware(_open(), caller.gate(memo=False)),
        "repeated": JWTGateMiddleware(_open(), caller.gate(memo=True)),
    }


def _open() -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def hello() -> dict[str, str]:
        return {"hello": "everybody"}

    return app


def _with_pyjwt(caller: Caller) -> FastAPI:
    app = FastAPI()
    claims_of = caller.by_pyjwt()
    bearer = HTTPBearer()

    # A coroutine: a plain function would go through a thread, which costs far more.
    async def who(
        found: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
    ) -> dict[str, Any]:
        try:
            return claims_of(found.credentials)
        except jwt.InvalidTokenError as error:
            raise HTTPException(401, "not a good token") from error

    @app.get("/")
    async def hello(_who: Annotated[dict[str, Any], Depends(who)]) -> dict[str, str]:
        return {"hello": "everybody"}

    return app


def _gated(caller: Caller, *, memo: bool) -> FastAPI:
    app = FastAPI()
    auth = JWTAuth(caller.gate(memo=memo))

    @app.get("/")
    async def hello(_who: Annotated[Authenticated, Depends(auth)]) -> dict[str, str]:
        return {"hello": "everybody"}

    return app
