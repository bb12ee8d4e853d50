"""Configuration files, made into gates, and gates made into files."""

from jwtgate.configs.loading import load
from jwtgate.configs.native.export import NativeFile, to_native

__all__ = ["NativeFile", "load", "to_native"]
