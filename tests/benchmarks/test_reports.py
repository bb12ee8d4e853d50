import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.machine import is_compiled
from benchmarks.reports import page, read, write, write_beside
from tests.benchmarks.runs import RESULTS


def test_the_page_has_every_target() -> None:
    """Met or not, none is left out."""
    written = page(RESULTS)
    for section in RESULTS.sections:
        for ratio in section.ratios:
            assert f"| {ratio.number} | {ratio.measure} |" in written


def test_the_page_has_every_table() -> None:
    """With the targets come the figures that they are of."""
    written = page(RESULTS)
    assert all(f"## {section.title}\n" in written for section in RESULTS.sections)


def test_the_page_tells_what_machine_it_was() -> None:
    """A figure without its machine says little."""
    assert "| processor | of some kind, 2 cores |" in page(RESULTS)


def test_what_was_written_as_data_is_read_again() -> None:
    """Charts can be drawn of a run that was."""
    again = read(json.dumps(asdict(RESULTS)))
    assert page(again) == page(RESULTS)
    assert [section.chart for section in again.sections] == [
        section.chart for section in RESULTS.sections
    ]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """The page for people, and the data that charts are drawn from."""
    write(RESULTS, tmp_path)
    assert (tmp_path / "results.md").read_text() == page(RESULTS)
    assert page(read((tmp_path / "results.json").read_text())) == page(RESULTS)


def test_the_page_of_another_python_is_beside(tmp_path: Path) -> None:
    """What was measured before stays."""
    file = write_beside(RESULTS, tmp_path)
    assert [*tmp_path.iterdir()] == [file]
    how = "-compiled" if is_compiled() else ""
    assert file.name == f"results-cpython-3.{sys.version_info.minor}{how}.md"
    assert file.read_text() == page(RESULTS)
