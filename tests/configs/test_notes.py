from jwtgate.configs.notes import Notes
from jwtgate.report import Note


def test_there_are_none_at_first() -> None:
    """A file of which everything is carried over has an empty report."""
    assert not Notes().report()


def test_a_note_has_its_path_in_the_file() -> None:
    """Written as in problems."""
    notes = Notes()
    notes.add("dropped", ("routes", 0, "plugins", "cors"), "is not carried over")
    assert notes.report().notes == (
        Note("dropped", "routes[0].plugins.cors", "is not carried over"),
    )


def test_notes_keep_their_order() -> None:
    """That in which the file is read."""
    notes = Notes()
    notes.add("warning", ("b",), "second to none")
    notes.add("skipped", ("a",), "is invalid")
    assert [note.path for note in notes.report()] == ["b", "a"]


def test_a_note_is_told_once() -> None:
    """However often it was found."""
    notes = Notes()
    for _ in range(2):
        notes.add("warning", ("a",), "is weak")
    assert len(notes.report()) == 1
