"""Configuration files, made into gates."""

from jwtgate.configs.loading import load

__all__ = ["load"]
