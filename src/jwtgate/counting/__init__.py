"""The counters of quotas: who has made how many requests in which window."""

from jwtgate.counting.counter import Counter

__all__ = ["Counter"]
