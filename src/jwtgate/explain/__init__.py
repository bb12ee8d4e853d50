"""Why a gate lets a request pass, or refuses it: every step, and what to do about it.

    >>> print(explain(gate, request))

A gate does not need this module, and the core does not import it. What it tells is
for operators: a client who was told as much could find out which keys there are.
"""

from jwtgate.explain.drivers import aexplain, explain
from jwtgate.explain.explanation import Explanation, Slip, Step

__all__ = ["Explanation", "Slip", "Step", "aexplain", "explain"]
