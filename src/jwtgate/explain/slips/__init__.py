"""The usual mistakes, each a function of what is known that names it if it fits."""

from collections.abc import Callable
from itertools import chain
from typing import TypeAlias

from jwtgate.explain.case import Case
from jwtgate.explain.explanation import Slip
from jwtgate.explain.slips.keys import KEYS
from jwtgate.explain.slips.names import NAMES
from jwtgate.explain.slips.secrets import SECRETS
from jwtgate.explain.slips.sending import SENDING
from jwtgate.explain.slips.times import TIMES

__all__ = ["find_slips"]

_Finder: TypeAlias = Callable[[Case], Slip | None]


def find_slips(case: Case) -> list[Slip]:
    """Give the mistakes that fit: those first that account for the gate's reason."""
    tables: tuple[tuple[_Finder, ...], ...] = (SENDING, NAMES, KEYS, SECRETS, TIMES)
    found = [find(case) for find in chain.from_iterable(tables)]
    slips = [slip for slip in found if slip is not None]
    return sorted(slips, key=lambda slip: slip.reason not in (None, case.reason))
