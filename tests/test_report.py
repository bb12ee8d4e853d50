import pytest

from jwtgate.report import LoadReport, Note

CORS = Note("dropped", "routes[0].plugins.cors", "is not carried over")
WEAK = Note("warning", "consumers[0].secret", "is short")


def test_a_note_is_one_line() -> None:
    """Kind, place, text."""
    assert str(CORS) == "dropped: routes[0].plugins.cors: is not carried over"


def test_a_report_is_one_line_for_each_note() -> None:
    """For a log."""
    assert str(LoadReport((CORS, WEAK))) == f"{CORS}\n{WEAK}"


@pytest.mark.parametrize(("notes", "told"), [((), False), ((CORS,), True)])
def test_a_report_with_notes_is_true(notes: tuple[Note, ...], told: bool) -> None:  # noqa: FBT001 - a column
    """So that ``if gate.load_report`` asks whether there is anything to tell."""
    assert bool(LoadReport(notes)) is told


def test_a_report_gives_its_notes() -> None:
    """In order, and how many."""
    report = LoadReport((CORS, WEAK))
    assert list(report) == [CORS, WEAK]
    assert len(report) == 2


def test_a_report_without_notes_is_empty() -> None:
    """A gate that was made in code has this one."""
    assert str(LoadReport()) == ""


def test_notes_do_not_change() -> None:
    """A report tells what was."""
    with pytest.raises(AttributeError):
        CORS.text = "is carried over"  # type: ignore[misc]
