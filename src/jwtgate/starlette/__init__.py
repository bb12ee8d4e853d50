"""The gate in Starlette: middleware, a backend, and what one endpoint demands."""

try:
    from jwtgate.starlette.caller import Caller
    from jwtgate.starlette.endpoints import jwt_required
    from jwtgate.starlette.middleware import (
        JWTGateBackend,
        JWTGateMiddleware,
        Refused,
        on_error,
    )
except ModuleNotFoundError as error:
    raise ImportError(f"{error}; pip install 'jwtgate[starlette]'") from None

__all__ = [
    "Caller",
    "JWTGateBackend",
    "JWTGateMiddleware",
    "Refused",
    "jwt_required",
    "on_error",
]
