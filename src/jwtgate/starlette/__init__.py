"""The gate in Starlette: middleware, a backend, and what one endpoint demands."""

from jwtgate.starlette.caller import Caller
from jwtgate.starlette.endpoints import jwt_required
from jwtgate.starlette.middleware import (
    JWTGateBackend,
    JWTGateMiddleware,
    Refused,
    on_error,
)

__all__ = [
    "Caller",
    "JWTGateBackend",
    "JWTGateMiddleware",
    "Refused",
    "jwt_required",
    "on_error",
]
