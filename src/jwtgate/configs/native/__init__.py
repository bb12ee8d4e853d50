"""jwtgate's own files, read and written."""

from jwtgate.configs.native.build import read

__all__ = ["read"]
