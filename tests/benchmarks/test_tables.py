import pytest

from benchmarks.results import Ratio
from benchmarks.tables import aims, figure, markdown, plain, show, show_aims
from tests.benchmarks.runs import RESULTS


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0684, "0.068"),
        (0.684, "0.68"),
        (6.84, "6.84"),
        (68.4, "68.4"),
        (684.2, "684"),
        (68421.3, "68,421"),
        (-6.84, "-6.84"),
    ],
)
def test_a_figure_has_as_many_digits_as_can_be_told_apart(
    value: float, written: str
) -> None:
    """The noise of a machine is not printed as knowledge."""
    assert figure(value) == written


def test_targets_are_in_the_order_of_their_numbers() -> None:
    """Ten comes after two."""
    _, *rows = aims(RESULTS.sections[0].ratios)
    assert [row[0] for row in rows] == ["2", "10"]


def test_a_target_is_written_with_its_unit_and_direction() -> None:
    """A reader sees what would be good."""
    [_, row] = aims([Ratio("10", "weight", 986.0, 1200, unit=" B")])
    assert row == ("10", "weight", "986 B", "≤ 1,200 B", "", "met")


def test_a_target_that_is_not_met_is_told_aloud() -> None:
    """Nothing that failed hides among what did not."""
    [_, row] = aims([Ratio("9", "two / one", 0.5, 0.95, at_least=True)])
    assert row == ("9", "two / one", "0.50x", "≥ 0.95x", "", "NOT MET")


def test_a_stretch_target_that_is_met_is_told() -> None:
    """What went well beyond the target is told, too."""
    [_, row] = aims([Ratio("1", "cost", 2.5, 3.5, 2.8)])
    assert row[-1] == "met, stretch too"


def test_the_columns_of_a_terminal_are_aligned() -> None:
    """Names from the left, figures from the right."""
    lines = plain(RESULTS.sections[0]).splitlines()
    assert lines[2:5] == [
        "                 µs  ratio",
        "jwtgate        4.40  1.00x",
        "one | another  23.0  5.23x",
    ]


def test_a_terminal_is_told_what_was_skipped() -> None:
    """A peer that is not there is named, not left out in silence."""
    assert "skipped: a peer is not installed" in plain(RESULTS.sections[0])


def test_a_bar_in_a_name_does_not_end_a_cell_of_markdown() -> None:
    """Names may hold what Markdown reads as the end of a cell."""
    assert "| one \\| another | 23.0 | 5.23x |" in markdown(RESULTS.sections[0])


def test_markdown_has_the_notes_and_what_was_skipped() -> None:
    """The settings stand beside the figures."""
    written = markdown(RESULTS.sections[0])
    assert "- Measured with care." in written
    assert "- Skipped: a peer is not installed." in written


def test_a_run_is_shown_section_by_section(capsys: pytest.CaptureFixture[str]) -> None:
    """Each table is printed."""
    show(RESULTS.sections)
    printed = capsys.readouterr().out
    assert all(section.title in printed for section in RESULTS.sections)


def test_all_targets_of_a_run_are_shown_together(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The last table is what a change is judged by."""
    show_aims(RESULTS.sections)
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed] == ["#", "2", "9", "10"]


def test_what_is_missed_by_little_is_shown_in_more_digits() -> None:
    """Rounded, it would be the target itself."""
    missed, met = (Ratio("5", "a / b", value, 0.12) for value in (0.12049, 0.11951))
    _, *rows = aims([missed, met])
    assert [(row[2], row[5]) for row in rows] == [
        ("0.1205x", "NOT MET"),
        ("0.12x", "met"),
    ]
