"""Where commands write: in colour on a terminal, plainly elsewhere."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Literal, TextIO, TypeVar, final

from jwtgate.cli.errors import UsageError
from jwtgate.cli.escaping import as_json, escaped, fitting

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Style", "Terminal"]

Style = Literal["plain", "good", "bad", "warn", "dim", "head"]
"""What a line is; a terminal with the extra ``cli`` shows it in colour."""

_STYLES: Mapping[Style, str] = {
    "plain": "",
    "good": "green",
    "bad": "bold red",
    "warn": "yellow",
    "dim": "dim",
    "head": "bold",
}

_T = TypeVar("_T")


@final
class Terminal:
    """Writes texts, and nothing that a terminal would obey.

    Colour needs all of these: a terminal, the package ``rich``, and neither
    ``NO_COLOR`` (https://no-color.org) nor ``TERM=dumb`` in the environment.

    Args:
        out: For what was asked for; None takes it and tells nobody, as Python has it
            for a stream that was closed before it began.
        err: For problems, notes and progress; the same.
        width: Columns; None finds out.
        environ: The environment; the process's own if left out.
    """

    def __init__(
        self,
        out: TextIO | None,
        err: TextIO | None,
        *,
        width: int | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        chosen = os.environ if environ is None else environ
        self._out = StringIO() if out is None else out
        self._err = StringIO() if err is None else err
        self._out_console = _console(self._out, width, chosen)
        self._err_console = _console(self._err, width, chosen)

    @property
    def is_terminal(self) -> bool:
        """Whether somebody sees what is written, and it goes to no pipe or file."""
        return self._out.isatty()

    @property
    def is_watched(self) -> bool:
        """Whether somebody sees what is written beside what was asked for."""
        return self._err.isatty()

    def line(
        self, text: str = "", style: Style = "plain", *, flush: bool = False
    ) -> None:
        """Write a line; never wrapped, so that it can be copied.

        Args:
            text: What it says.
            style: How it is shown.
            flush: Write it at once, to a pipe, too: more may be long in coming.
        """
        _write_line(self._out, self._out_console, text, style)
        if flush:
            self.flush()

    def flush(self) -> None:
        """Write at once what was asked for and is still kept back."""
        self._out.flush()

    def note(self, text: str = "", style: Style = "plain") -> None:
        """Write a line beside what was asked for, to where problems go."""
        _write_line(self._err, self._err_console, text, style)

    def problem(self, text: str) -> None:
        """Write what is wrong, to where problems go."""
        self.note(f"jwtgate: {text}", "bad")

    def document(self, text: str) -> None:
        """Write a file's text as it is; escaped, line by line, on a terminal.

        Raises:
            UsageError: Its encoding lacks a character.
        """
        if not self.is_terminal:
            if fitting(text, self._out.encoding) != text:
                raise UsageError("this cannot be written in ASCII; set PYTHONUTF8=1")
            self._out.write(text)
            return
        for each in text.removesuffix("\n").split("\n"):
            self.line(each)

    def json(self, value: object) -> None:
        """Write one JSON document."""
        self._out.write(as_json(value, self._out.encoding) + "\n")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write a table: a head, then the rows, each with as many texts."""
        texts = [
            [fitting(escaped(cell), self._out.encoding) for cell in row]
            for row in (columns, *rows)
        ]
        if self._out_console is not None:
            _draw_table(self._out_console, texts)
            return
        widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
        for row in texts:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.line("  ".join(cells).rstrip())

    def progress(self, each: Iterable[_T], total: int, what: str) -> Iterator[_T]:
        """Give what is iterated over, and show how far it is, on a terminal.

        Args:
            each: What there is to do.
            total: How many that are.
            what: What is done with them.
        """
        if self._err_console is None:
            yield from each
            return
        from rich.progress import track  # noqa: PLC0415 - by the extra

        console = self._err_console
        yield from track(each, what, total=total, console=console, transient=True)


def _console(
    stream: TextIO, width: int | None, environ: Mapping[str, str]
) -> "Console | None":
    plain = environ.get("NO_COLOR") or environ.get("TERM") == "dumb"
    if plain or not stream.isatty():
        return None
    # Imported here: by the extra, and by nobody who writes to a pipe.
    try:
        from rich.console import Console  # noqa: PLC0415
    except ModuleNotFoundError:
        return None
    return Console(
        file=stream, width=width, force_terminal=True, highlight=False, markup=False
    )


def _write_line(
    stream: TextIO, console: "Console | None", text: str, style: Style
) -> None:
    shown = fitting(escaped(text), stream.encoding)
    if console is None:
        stream.write(shown + "\n")
        return
    console.print(shown, style=_STYLES[style], soft_wrap=True, emoji=False)


def _draw_table(console: "Console", texts: Sequence[Sequence[str]]) -> None:
    from rich.table import Table  # noqa: PLC0415 - by the extra
    from rich.text import Text  # noqa: PLC0415 - same

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in texts[0]:
        table.add_column(Text(column), overflow="fold")
    for row in texts[1:]:
        table.add_row(*map(Text, row))
    console.print(table)
