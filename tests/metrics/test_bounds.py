from itertools import pairwise

from jwtgate.metrics.bounds import SECONDS


def test_bounds_reach_from_what_is_remembered_to_what_hangs() -> None:
    """From 5 microseconds to 5 seconds."""
    assert (SECONDS[0], SECONDS[-1]) == (5e-6, 5.0)


def test_each_bound_is_at_most_two_and_a_half_times_the_last() -> None:
    """So far can a quantile that is read of the histogram be off."""
    assert all(1 < after / before < 2.51 for before, after in pairwise(SECONDS))
