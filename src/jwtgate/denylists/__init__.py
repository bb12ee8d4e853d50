"""Lists of revoked tokens."""

from jwtgate.denylist import AsyncDenylist, Denylist, Subject
from jwtgate.denylists.memory import MemoryDenylist

__all__ = ["AsyncDenylist", "Denylist", "MemoryDenylist", "Subject"]
