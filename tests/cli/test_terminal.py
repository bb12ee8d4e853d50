import re
from collections.abc import Mapping, Sequence
from io import StringIO

import pytest

from jwtgate.cli.errors import UsageError
from jwtgate.cli.terminal import Terminal

XTERM = {"TERM": "xterm"}


class Screen(StringIO):
    """A terminal, as far as a stream can tell."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


class ASCII(StringIO):
    """A stream in ASCII."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Name it."""
        return "ascii"


def on_screen(environ: Mapping[str, str] = XTERM) -> tuple[Terminal, Screen, Screen]:
    """Make a terminal that is one."""
    out, err = Screen(), Screen()
    return Terminal(out, err, width=80, environ=environ), out, err


def on_pipe() -> tuple[Terminal, StringIO, StringIO]:
    """Make one that writes to pipes."""
    out, err = StringIO(), StringIO()
    return Terminal(out, err), out, err


def test_a_line_has_colour_on_a_terminal() -> None:
    """Bold red is for what is bad."""
    terminal, out, _ = on_screen()
    terminal.line("refused", "bad")
    assert out.getvalue() == "\x1b[1;31mrefused\x1b[0m\n"


@pytest.mark.parametrize(
    "environ", [{**XTERM, "NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"]
)
def test_no_colour_where_it_is_not_wanted(environ: Mapping[str, str]) -> None:
    """NO_COLOR and a dumb terminal get plain text."""
    terminal, out, _ = on_screen(environ)
    terminal.line("refused", "bad")
    assert out.getvalue() == "refused\n"


def test_no_colour_in_a_pipe() -> None:
    """What goes to a file is plain."""
    terminal, out, _ = on_pipe()
    terminal.line("refused", "bad")
    assert out.getvalue() == "refused\n"


def test_no_colour_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare install writes plain text to a terminal, too."""
    monkeypatch.setitem(__import__("sys").modules, "rich.console", None)
    terminal, out, _ = on_screen()
    terminal.line("refused", "bad")
    assert out.getvalue() == "refused\n"


@pytest.mark.parametrize("make", [on_screen, on_pipe])
def test_terminal_escape_attack_is_written_out(make: object) -> None:
    """A name that clears the screen is shown, and clears nothing."""
    assert callable(make)
    terminal, out, err = make()
    terminal.line("\x1b[2J")
    terminal.note("\x1b[2J")
    terminal.table(["\x1b[2J"], [["\x1b[2J"]])
    written = out.getvalue() + err.getvalue()
    assert written.count("\\x1b[2J") == 4
    assert "\x1b[2J" not in written


def test_markup_of_rich_is_no_markup() -> None:
    """A name in brackets is a name."""
    terminal, out, _ = on_screen()
    terminal.line("[red]jack[/red] :smile:")
    assert out.getvalue() == "[red]jack[/red] :smile:\n"


def test_a_long_line_is_never_wrapped() -> None:
    """A token can be copied from a narrow terminal."""
    terminal, out, _ = on_screen()
    terminal.line("x" * 300)
    assert out.getvalue() == "x" * 300 + "\n"


def test_problems_go_beside_what_was_asked_for() -> None:
    """The standard output has results alone."""
    terminal, out, err = on_pipe()
    terminal.problem("no such file")
    assert (out.getvalue(), err.getvalue()) == ("", "jwtgate: no such file\n")


def test_a_table_in_a_pipe_is_padded_by_two_blanks() -> None:
    """Columns line up, and lines end without blanks."""
    terminal, out, _ = on_pipe()
    terminal.table(["key", "state"], [["jack-key", "live"], ["a", "-"]])
    assert out.getvalue() == "key       state\njack-key  live\na         -\n"


def test_a_table_on_a_terminal_has_a_bold_head() -> None:
    """It says the same in colour."""
    terminal, out, _ = on_screen()
    terminal.table(["key", "state"], [["[b]", "live"]])
    assert out.getvalue().startswith("\x1b[1mkey\x1b[0m")
    plain = re.sub("\x1b\\[[0-9;]*m", "", out.getvalue())
    assert [line.rstrip() for line in plain.splitlines()] == ["key  state", "[b]  live"]


def test_json_is_one_document() -> None:
    """It is indented by 2, in the order given, and ends its line."""
    terminal, out, _ = on_pipe()
    terminal.json({"b": 1, "a": "é"})
    assert out.getvalue() == '{\n  "b": 1,\n  "a": "é"\n}\n'


def test_a_document_in_a_pipe_is_as_it_is() -> None:
    """A file's text is no line of ours."""
    terminal, out, _ = on_pipe()
    terminal.document("a\tb\u00a0\n")
    assert out.getvalue() == "a\tb\u00a0\n"


def test_a_document_on_a_terminal_is_escaped_line_by_line() -> None:
    """A file may have a name that a terminal obeys."""
    terminal, out, _ = on_screen()
    terminal.document("a\x1b\nb\n")
    assert out.getvalue() == "a\\x1b\nb\n"


def test_a_document_is_never_changed_to_fit() -> None:
    """An escape in place of a character would be another file."""
    terminal = Terminal(ASCII(), ASCII())
    with pytest.raises(UsageError, match="PYTHONUTF8=1"):
        terminal.document("é")


def test_what_an_encoding_lacks_is_escaped_in_lines_and_tables() -> None:
    """A name in other letters is no traceback."""
    out = ASCII()
    terminal = Terminal(out, ASCII())
    terminal.line("é")
    terminal.table(["é"], [])
    assert out.getvalue() == "\\xe9\n\\xe9\n"


@pytest.mark.parametrize("make", [on_screen, on_pipe])
def test_progress_gives_what_there_is_to_do(make: object) -> None:
    """A bar changes nothing about the work."""
    assert callable(make)
    terminal, _, _ = make()
    assert list(terminal.progress([1, 2, 3], 3, "writing")) == [1, 2, 3]


def test_progress_is_shown_on_a_terminal_alone() -> None:
    """A log has no bars."""
    for make, shown in ((on_screen, True), (on_pipe, False)):
        terminal, _, err = make()
        done: Sequence[int] = list(terminal.progress([1], 1, "writing"))
        assert done == [1]
        assert ("writing" in err.getvalue()) is shown


def test_who_watches_is_told_apart() -> None:
    """Commands say more to who looks at them."""
    (seen, *_), (piped, *_) = on_screen(), on_pipe()
    assert (seen.is_terminal, seen.is_watched) == (True, True)
    assert (piped.is_terminal, piped.is_watched) == (False, False)


def test_a_line_can_be_flushed() -> None:
    """Who follows a pipe sees it at once."""
    flushed: list[bool] = []
    out = StringIO()
    out.flush = lambda: flushed.append(True)  # type: ignore[method-assign]
    Terminal(out, StringIO()).line("x", flush=True)
    assert flushed == [True]
