"""``jwtgate convert``: a gateway's file in jwtgate's own format."""

import argparse
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from jwtgate.cli.errors import OK, Refused, UsageError
from jwtgate.cli.files import PRIVATE, PUBLIC, NewFile, create
from jwtgate.cli.loading import add_loading, load_gate
from jwtgate.cli.terminal import Terminal
from jwtgate.configs import NativeFile, to_native
from jwtgate.gate import Gate

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME: Final = "convert"
HELP: Final = "write a gateway's file in jwtgate's own format"

_EXAMPLES: Final = """\
examples:
  jwtgate convert kong.yml --out jwtgate.json --env jwtgate.env
  jwtgate convert apisix.yaml --strict > jwtgate.json

Secrets become references to environment variables, whose values go into the file of
--env. What the new file lacks is told beside it; what would open a door is refused,
unless --allow-dropped names it. It ends with 0 if the file was written, with 1 if
--strict finds anything left out, and with 2 if the file cannot be read.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file, and where the new one goes."""
    parser.epilog = _EXAMPLES
    parser.add_argument("file", metavar="FILE", help="Kong's, decK's or APISIX's")
    add_loading(parser)
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="the new file, whose name ends in .json; printed if left out",
    )
    secrets = parser.add_mutually_exclusive_group()
    secrets.add_argument(
        "--env",
        metavar="FILE",
        help="a new file for the secrets, one NAME=value a line, as a shell reads it",
    )
    secrets.add_argument(
        "--with-secrets", action="store_true", help="write the secrets into the file"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse if anything is left out, and write nothing",
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Write the file, and what to know of it beside."""
    out: str | None = arguments.out
    if out is not None and not out.endswith(".json"):
        raise UsageError("--out: the name has to end in .json, since that is written")
    gate = load_gate(arguments.file, arguments)
    native = to_native(gate, references=not arguments.with_secrets)
    complete = _tell(gate, native, terminal)
    if arguments.strict and not complete:
        raise Refused("something is left out, and nothing was written")
    files = list(_files(arguments, native))
    create(files)
    if out is None:
        terminal.document(native.text)
    for each in files:
        terminal.note(f"wrote {each.path}")
    if arguments.env is None and native.variables:
        names = ", ".join(native.variables)
        terminal.note(f"it needs the variables {names}; --env FILE writes them")
    return OK


def _tell(gate: Gate, native: NativeFile, terminal: Terminal) -> bool:
    """Tell what there is to know; gives whether nothing is left out."""
    complete = not native.notes
    for note in gate.load_report:
        terminal.note(str(note), "dim" if note.kind == "dropped" else "warn")
        complete = complete and note.kind == "warning"
    for text in native.notes:
        terminal.note(f"skipped: {text}", "warn")
    return complete


def _files(arguments: argparse.Namespace, native: NativeFile) -> Iterator[NewFile]:
    if arguments.out is not None:
        mode = PRIVATE if arguments.with_secrets else PUBLIC
        yield NewFile(Path(arguments.out), native.text, mode)
    if arguments.env is not None:
        yield NewFile(Path(arguments.env), _lines(native.variables))


def _lines(variables: Mapping[str, str]) -> str:
    return "".join(
        f"{name}={shlex.quote(value)}\n" for name, value in variables.items()
    )
