from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.charts import draw, draw_all
from benchmarks.results import Chart
from tests.benchmarks.runs import CHART, RESULTS

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = ET.fromstring(draw(CHART))  # noqa: S314 - our own


def bars(kind: str) -> list[float]:
    """Give the widths of the bars of a kind."""
    found = DRAWN.findall(f"{SVG}rect[@class='{kind}']")
    return [float(each.attrib["width"]) for each in found]


def test_names_are_escaped() -> None:
    """The name of a peer is text, whatever is in it."""
    texts = [each.text for each in DRAWN.iter(f"{SVG}text")]
    assert "<peer> & co" in texts


def test_the_same_run_gives_the_same_chart() -> None:
    """A chart changes when figures do, and not otherwise."""
    assert draw(CHART) == draw(CHART)


def test_each_figure_is_written_behind_its_bar() -> None:
    """Nobody has to guess a figure from a length."""
    texts = {each.text for each in DRAWN.iter(f"{SVG}text")}
    assert {"4.40", "23.0", "20.0", "44.0", "50.0"} <= texts


def test_bars_are_as_long_as_their_figures() -> None:
    """All groups have one scale, from zero."""
    first, second, third = bars("bar ours")
    assert second / first == pytest.approx(20.0 / 4.4, rel=0.02)
    assert third / first == pytest.approx(50.0 / 4.4, rel=0.02)


def test_our_bars_stand_out() -> None:
    """Those of jwtgate have a class of their own, peers have not."""
    assert len(bars("bar ours")) == 3
    assert len(bars("bar")) == 2


def test_a_chart_tells_its_figures_in_words() -> None:
    """Who hears the page gets what others see."""
    described = DRAWN.findtext(f"{SVG}desc")
    assert described is not None
    assert "RS256: jwtgate 20.0, <peer> & co 44.0." in described


def test_a_chart_has_a_title() -> None:
    """So that it can be named."""
    assert DRAWN.findtext(f"{SVG}title") == CHART.title


def test_a_chart_can_be_read_in_the_dark() -> None:
    """It follows the reader's system."""
    assert "prefers-color-scheme:dark" in draw(CHART)


def test_long_names_have_the_whole_width() -> None:
    """Groups stand in one column where two have no room for their names."""
    bars = {"jwtgate": 1.0, "a peer with quite a long name indeed": 2.0}
    groups = {"one": bars, "other": bars}
    wide = ET.fromstring(draw(Chart("x", "X", "µs", groups)))  # noqa: S314 - our own
    heads = wide.findall(f"{SVG}text[@class='group']")
    assert len({head.attrib["x"] for head in heads}) == 1


def test_every_chart_of_a_run_is_drawn(tmp_path: Path) -> None:
    """Each into a file of its own, small enough for a README."""
    [path] = draw_all(RESULTS, tmp_path / "images")
    assert path == tmp_path / "images" / "bars.svg"
    assert path.stat().st_size < 20_000
