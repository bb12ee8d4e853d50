"""The gate in FastAPI: a dependency that tells who calls, and OpenAPI how to."""

try:
    from jwtgate.fastapi.auth import JWTAuth, Refused, install
    from jwtgate.marks import public
except ModuleNotFoundError as error:
    raise ImportError(f"{error}; pip install 'jwtgate[fastapi]'") from None

__all__ = ["JWTAuth", "Refused", "install", "public"]
