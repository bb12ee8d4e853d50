"""The gate in FastAPI: a dependency that tells who calls, and OpenAPI how to."""

from jwtgate.fastapi.auth import JWTAuth, Refused, install
from jwtgate.marks import public

__all__ = ["JWTAuth", "Refused", "install", "public"]
