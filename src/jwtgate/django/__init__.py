"""The gate in Django: a middleware, a setting, decorators, and what calls."""

try:
    from jwtgate.django.decorators import jwt_required, public
    from jwtgate.django.middleware import JWTGateMiddleware
    from jwtgate.django.requests import AuthenticatedRequest, GatedRequest
    from jwtgate.django.users import by_username
except ModuleNotFoundError as error:
    raise ImportError(f"{error}; pip install 'jwtgate[django]'") from None

__all__ = [
    "AuthenticatedRequest",
    "GatedRequest",
    "JWTGateMiddleware",
    "by_username",
    "jwt_required",
    "public",
]
