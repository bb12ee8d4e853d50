"""The gate in Flask: an extension, a decorator, and proxies for who calls."""

try:
    from jwtgate.flask.extension import JWTGate
    from jwtgate.flask.proxies import current_claims, current_consumer
    from jwtgate.flask.views import jwt_required
    from jwtgate.marks import public
except ModuleNotFoundError as error:
    raise ImportError(f"{error}; pip install 'jwtgate[flask]'") from None

__all__ = ["JWTGate", "current_claims", "current_consumer", "jwt_required", "public"]
