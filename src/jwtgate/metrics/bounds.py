"""The bounds of the histograms."""

from typing import Final

__all__ = ["SECONDS"]

SECONDS: Final = (
    *(0.000_005, 0.000_01, 0.000_025, 0.000_05),
    *(0.000_1, 0.000_25, 0.000_5),
    *(0.001, 0.002_5, 0.005),
    *(0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0),
)
"""Upper bounds of what a decision takes: a token that is remembered, to a store that
hangs. The usual ones begin at 5 ms, and nearly all decisions would be in the first."""
