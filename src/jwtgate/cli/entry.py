"""From arguments to an exit code."""

import argparse
import logging
import os
import re
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final, Never, final

from jwtgate.cli.commands import COMMANDS, Command, command_of
from jwtgate.cli.errors import INTERRUPTED, OK, REFUSED, USAGE, UsageError
from jwtgate.cli.terminal import Terminal
from jwtgate.configs.problems import nearest
from jwtgate.errors import ConfigurationError, JWTGateError

__all__ = ["Parser", "main", "parser_of", "top_parser"]

_PIPE_CLOSED: Final = 141  # 128 and the number of SIGPIPE
_LOGGER: Final = logging.getLogger("jwtgate")
_OPTION: Final = re.compile(r"--?[a-z][a-z-]{0,30}")
_EXPLICIT: Final = re.compile(r"ignored explicit argument .*", re.DOTALL)
_SILENCE: Final = logging.NullHandler()


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: Its name and arguments; the process's own if left out.

    Returns:
        0 done, 1 refused or something found, 2 a call that cannot work, 130 Ctrl-C,
        141 nobody read on.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    terminal = Terminal(sys.stdout, sys.stderr)
    # Commands tell what there is to tell; Python would print warnings besides.
    _LOGGER.addHandler(_SILENCE)
    try:
        code = _run(words or ["--help"], terminal)
        terminal.flush()
    except BrokenPipeError:
        _forget_output()
        return _PIPE_CLOSED
    except OSError as error:  # such as a full disk
        _forget_output()
        terminal.problem(str(error))
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        _LOGGER.removeHandler(_SILENCE)
    return code


def _forget_output() -> None:
    # Python flushes at the end, too, and would complain there.
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: Sequence[str], terminal: Terminal) -> int:
    try:
        command, arguments = _parse(words)
        return command.run(arguments, terminal)
    except SystemExit as ended:  # by argparse: after --help, or a slip
        return OK if ended.code in (None, OK) else USAGE
    except ConfigurationError as error:
        for problem in error.problems:
            terminal.problem(problem)
        return USAGE
    except (UsageError, ImportError) as error:
        terminal.problem(str(error))
        return USAGE
    except JWTGateError as error:
        terminal.problem(str(error))
        return REFUSED


def _parse(words: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    name = words[0]
    if name not in COMMANDS:
        top = top_parser()
        if name.startswith("-"):
            top.read(words)
        top.error(f"no such command; {nearest(name, COMMANDS)}")
    command = command_of(name)
    return command, parser_of(command).read(words[1:])


@final
class Parser(argparse.ArgumentParser):
    """Reads arguments, and never shows a value that it does not know.

    Who mistypes an option may have written a password or a token after it, and errors
    end up in the logs of CI. Options are written out: what an abbreviation means today,
    another option may mean tomorrow.
    """

    def __init__(self, **options: object) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)  # type: ignore[arg-type]

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Read arguments; ends the process where some are unknown."""
        arguments, unknown = self.parse_known_args(words)
        if unknown:
            names = (word.partition("=")[0] for word in unknown)
            options = [name for name in names if _OPTION.fullmatch(name)]
            hidden = [] if len(options) == len(unknown) else ["what is not shown here"]
            self.error(f"unknown: {', '.join(options + hidden)}")
        return arguments

    def error(self, message: str) -> Never:
        """Tell what is wrong, and where help is."""
        terminal = Terminal(sys.stdout, sys.stderr)
        terminal.problem(_EXPLICIT.sub("takes no value", message))
        terminal.note(f"see: {self.prog} --help")
        raise SystemExit(USAGE)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        # Each version of argparse says it in another way, and with the value.
        if action.choices is not None and value not in action.choices:
            known = tuple(map(str, action.choices))
            raise argparse.ArgumentError(
                action, f"unknown; {nearest(str(value), known)}"
            )


def top_parser() -> Parser:
    """Make the parser of ``jwtgate`` without a command."""
    width = max(map(len, COMMANDS))
    rows = "\n".join(f"  {name:<{width}}  {what}" for name, what in COMMANDS.items())
    parser = Parser(
        prog="jwtgate",
        usage="jwtgate COMMAND [...]",
        description="Authenticate the consumers of an app by JWT.",
        epilog=f"commands:\n{rows}\n\njwtgate COMMAND --help tells more.",
    )
    parser.add_argument(
        "--version", action="version", version=f"jwtgate {version('jwtgate')}"
    )
    return parser


def parser_of(command: Command) -> Parser:
    """Make the parser of a command."""
    about = f"{command.HELP[:1].upper()}{command.HELP[1:].rstrip('.')}."
    parser = Parser(prog=f"jwtgate {command.NAME}", description=about)
    command.add_arguments(parser)
    return parser
