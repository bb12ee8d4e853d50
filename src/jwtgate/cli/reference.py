"""The page on the command, written of what its parsers take.

``python -m jwtgate.cli.reference > docs/cli.md`` writes it. It is made of the parsers'
actions, since the text of ``--help`` differs between versions of Python, and between
terminals.
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Final

from jwtgate.cli.commands import COMMANDS, command_of
from jwtgate.cli.entry import parser_of

__all__ = ["page", "section"]

_BAR: Final = r"\|"  # in a cell of a table

_HEAD: Final = """\
# The command

<!-- python -m jwtgate.cli.reference > docs/cli.md -->

`jwtgate` is for whoever runs a gate: keys, tokens, consumers, and what is wrong.
It comes with the package; `pip install "jwtgate[cli]"` adds colour and progress bars.
`python -m jwtgate` is the same.

| it ends with | when |
|---|---|
| 0 | it is done, and nothing was found |
| 1 | it was refused, or something was found: to `doctor`, a file that does not load |
| 2 | the call, or a file that it names, cannot work |
| 130 | Ctrl-C |
| 141 | nobody reads what it writes |

What was asked for goes to the standard output, all else to the standard error.
`--json` is for scripts.
There is colour on a terminal alone, and none where `NO_COLOR` is set.
A control character in a name or a claim is written as an escape.

| variable | holds |
|---|---|
| `JWTGATE_STORE` | the URL of a [database or a Redis](stores.md) |
| `JWTGATE_KEYRING` | the [keyring](secrets.md) of its secrets |

A secret is never an argument, which everybody on the machine may see.
It is asked for, or is in a file or a variable.
Files with secrets are for their owner alone (mode 0600), and none is ever overwritten.
"""


def page() -> str:
    """Write the page, in Markdown; the same by every version of Python."""
    lines = [_HEAD]
    for name in COMMANDS:
        lines += section(parser_of(command_of(name)), level=2)
    return "\n".join(lines)


def section(parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    """Write the section of a command, and those of its actions."""
    words = [_usage(each) for each in _arguments(parser)]
    actions = _actions(parser)
    yield f"{'#' * level} `{parser.prog}`\n"
    yield f"{parser.description}\n"
    if actions:
        words.append("ACTION [...]")
    yield f"```console\n$ {' '.join([parser.prog, *words])}\n```\n"
    rows = [_row(each) for each in _arguments(parser)]
    if rows:
        yield "| argument | what |\n|---|---|"
        yield from rows
        yield ""
    for each in actions:
        yield from section(each, level + 1)
    if parser.epilog:
        yield f"```text\n{parser.epilog.strip()}\n```\n"


def _arguments(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [
        each
        for each in parser._actions  # noqa: SLF001 - nothing else tells them
        if not isinstance(each, argparse._HelpAction | argparse._SubParsersAction)  # noqa: SLF001 - same
        and each.help != argparse.SUPPRESS
    ]


def _actions(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    return [
        each
        for action in parser._actions  # noqa: SLF001 - nothing else tells them
        if isinstance(action, argparse._SubParsersAction)  # noqa: SLF001 - same
        for each in action.choices.values()
    ]


def _usage(action: argparse.Action) -> str:
    text = _written(action)
    return text if action.required else f"[{text}]"


def _row(action: argparse.Action) -> str:
    cells = f"`{_written(action)}`", (action.help or "") % vars(action)
    return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |"


def _written(action: argparse.Action) -> str:
    """Write an argument as a call has it: ``--kid KID``, ``CONSUMER``."""
    if action.nargs == 0:
        return action.option_strings[-1]
    if action.choices is not None and action.metavar is None:
        value = "|".join(map(str, action.choices))
    else:
        value = str(action.metavar or action.dest.upper())
    return " ".join([*action.option_strings[-1:], value])


if __name__ == "__main__":
    sys.stdout.write(page())
