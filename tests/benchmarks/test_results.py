import pytest

from benchmarks.results import Ratio


@pytest.mark.parametrize(
    ("value", "met", "met_stretch"),
    [(0.5, True, True), (1.0, True, True), (1.5, True, False), (2.1, False, False)],
)
def test_less_than_a_target_meets_it(
    value: float, *, met: bool, met_stretch: bool
) -> None:
    """A cost is met from below, its very target included."""
    ratio = Ratio("1", "cost", value, 2.0, 1.0)
    assert (ratio.met, ratio.met_stretch) == (met, met_stretch)


def test_more_than_a_least_target_meets_it() -> None:
    """A yield is met from above."""
    ratio = Ratio("9", "yield", 0.96, 0.95, 0.97, at_least=True)
    assert ratio.met
    assert not ratio.met_stretch


def test_no_stretch_target_is_none_met() -> None:
    """What was not aimed at is not claimed."""
    assert not Ratio("1", "cost", 0.0, 2.0).met_stretch
