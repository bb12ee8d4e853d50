"""The counters of quotas: who has made how many requests in which window."""

from jwtgate.counting.counter import Counter
from jwtgate.counting.windows import Figure, Taken

__all__ = ["Counter", "Figure", "Taken"]
