"""A store of the keys that an identity provider publishes (RFC 7517)."""

from jwtgate.stores.jwks.store import JWKSStore

__all__ = ["JWKSStore"]
