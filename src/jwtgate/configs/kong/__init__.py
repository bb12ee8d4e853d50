"""Files of Kong and of decK, its tool.

Read as Kong reads them: with its defaults, its errors in its words, each with its place
in the file, and the plugin that is closest to a request. What is not carried over is
told, and refused where a door would open without it.
"""

from jwtgate.configs.kong.build import read

__all__ = ["read"]
