"""APISIX's standalone files: ``apisix.yaml`` and ``apisix.json``."""

from jwtgate.configs.apisix.reading import read

__all__ = ["read"]
