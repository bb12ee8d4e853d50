"""The charts of the documentation: bars in SVG, drawn from the results alone.

``python -m benchmarks.charts`` draws them again, of the run that was written last.
"""

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Final

from benchmarks.reports import RESULTS, read
from benchmarks.results import Chart, Results
from benchmarks.tables import figure

__all__ = ["IMAGES", "draw", "draw_all"]

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"

# All in pixels.
_WIDTH = 840
_MARGIN = 16
_GAP = 28
_CHARACTER = 7.2  # about as wide as a bold one is, in the font below
_FIGURE = 48  # the room for a figure behind its bar
_BAR = 14
_ROW = 20
_HEADING = 34
_TITLE = 32
_LONG_NAME = 24  # in characters: with longer ones there is no room for two columns

# Dark on light, and the other way round where the reader's system is dark.
_STYLE: Final = """\
text{font:12px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;\
fill:#1f2328}
.title{font-size:15px;font-weight:600}
.group{font-size:13px;font-weight:600}
.ours{font-weight:600}
.name{text-anchor:end}
rect{fill:#8c959f}
rect.ours{fill:#0969da}
rect.ground{fill:#fff}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}
rect{fill:#6e7681}
rect.ours{fill:#4493f8}
rect.ground{fill:#0d1117}
}"""


def draw(chart: Chart) -> str:
    """Draw a chart: groups of bars, all from zero and to one scale."""
    names = [name for bars in chart.groups.values() for name in bars]
    longest = max(map(len, names))
    columns = 1 if longest > _LONG_NAME else 2
    width = (_WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) / columns
    label = longest * _CHARACTER
    most = max(value for bars in chart.groups.values() for value in bars.values())
    scale = (width - label - _FIGURE) / most
    parts: list[str] = []
    top = float(_TITLE)
    groups = list(chart.groups.items())
    for first in range(0, len(groups), columns):
        row = groups[first : first + columns]
        for column, (group, bars) in enumerate(row):
            left = _MARGIN + column * (width + _GAP)
            parts += _group(group, bars, left, top, label=label, scale=scale)
        top += _HEADING + _ROW * max(len(bars) for _, bars in row)
    return _document(chart, parts, height=round(top + _MARGIN))


def draw_all(results: Results, folder: Path = IMAGES) -> list[Path]:
    """Draw every chart of a run, each into a file with its name."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for chart in (section.chart for section in results.sections if section.chart):
        path = folder / f"{chart.name}.svg"
        path.write_text(draw(chart), encoding="utf-8")
        drawn.append(path)
    return drawn


def _group(
    group: str,
    bars: Mapping[str, float],
    left: float,
    top: float,
    *,
    label: float,
    scale: float,
) -> Iterator[str]:
    zero = left + label + 6
    yield _text("group", zero, top + 22, group)
    for number, (name, value) in enumerate(bars.items()):
        kind = " ours" if name.startswith("jwtgate") else ""
        bar = top + _HEADING + number * _ROW
        line = bar + _BAR - 3
        yield _text(f"name{kind}", left + label, line, name)
        yield (
            f'<rect class="bar{kind}" x="{zero:.1f}" y="{bar:.1f}" '
            f'width="{max(value * scale, 1):.1f}" height="{_BAR}" rx="2"/>'
        )
        end = zero + max(value * scale, 1) + 5
        yield _text(f"figure{kind}", end, line, figure(value))


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _document(chart: Chart, parts: list[str], *, height: int) -> str:
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    accessible = 'role="img" aria-labelledby="title desc"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {accessible}>',
        f'<title id="title">{escape(chart.title)}</title>',
        f'<desc id="desc">{escape(_in_words(chart))}</desc>',
        f"<style>{_STYLE}</style>",
        '<rect class="ground" width="100%" height="100%" rx="6"/>',
        _text("title", _MARGIN, 26, f"{chart.title}, {chart.unit}: less is better"),
        *parts,
        "</svg>",
        "",
    ]
    return "\n".join(lines)


def _in_words(chart: Chart) -> str:
    groups = (
        f"{group}: "
        + ", ".join(f"{name} {figure(value)}" for name, value in bars.items())
        for group, bars in chart.groups.items()
    )
    return f"In {chart.unit}. " + ". ".join(groups) + "."


if __name__ == "__main__":
    for drawn in draw_all(read(RESULTS.read_text(encoding="utf-8"))):
        print(drawn.name)
