"""Configuration files, made into gates, and gates made into files."""

from jwtgate.configs.export import NativeFile, to_native
from jwtgate.configs.loading import load

__all__ = ["NativeFile", "load", "to_native"]
