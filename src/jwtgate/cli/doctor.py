"""``jwtgate doctor``: look for what is weak in a file, and in the app it guards."""

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jwtgate.cli.errors import OK, REFUSED, UsageError
from jwtgate.cli.terminal import Style, Terminal
from jwtgate.doctor import Finding, Severity, diagnose, diagnose_file
from jwtgate.doctor.files import ConfigFile
from jwtgate.surface import gates_of, import_app

if TYPE_CHECKING:
    from jwtgate.configs.formats import Format

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME: Final = "doctor"
HELP: Final = "look for what is weak in a policy and its credentials"

_STYLES: dict[Severity, Style] = {"error": "bad", "warning": "warn", "info": "dim"}
_EPILOG = """\
Each finding has a code; docs/howto/doctor.md has all of them. Secrets are never shown.

  jwtgate doctor kong.yml
  jwtgate doctor jwtgate.toml --app shop.main:app --fail-on warning
  jwtgate doctor --app shop.main:app --format json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the file, the app, and what is to be an error."""
    parser.epilog = _EPILOG
    parser.add_argument(
        "config",
        nargs="?",
        metavar="CONFIG",
        help="a file of jwtgate, Kong or APISIX; without one, the gates of the app",
    )
    parser.add_argument(
        "--app", metavar="MODULE:APP", help="look at this app's middleware and routes"
    )
    parser.add_argument(
        "--config-format",
        choices=("native", "kong", "apisix"),
        help="whose format the file has; found out if left out",
    )
    parser.add_argument(
        "--allow-dropped",
        metavar="PLUGIN",
        action="append",
        default=[],
        help="a plugin that restricts access and may be left out; may be repeated",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how it is told"
    )
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning"),
        default="error",
        help="what ends the command with 1; errors if left out",
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Tell what is found; 1 if it is as bad as ``--fail-on`` says."""
    found = _findings(arguments)
    if arguments.format == "json":
        terminal.json([_as_json(each) for each in found])
    else:
        _tell(found, terminal)
        _explain(arguments, terminal)
    failing = ("error",) if arguments.fail_on == "error" else ("error", "warning")
    return REFUSED if any(each.severity in failing for each in found) else OK


def _findings(arguments: argparse.Namespace) -> Sequence[Finding]:
    app = None if arguments.app is None else import_app(arguments.app)
    if arguments.config is not None:
        format_: Format | None = arguments.config_format
        return diagnose_file(
            arguments.config,
            format=format_,
            environ=os.environ,
            allow_dropped=arguments.allow_dropped,
            app=app,
        )
    if app is None:
        raise UsageError("nothing to look at; expected CONFIG, or --app MODULE:APP")
    gates = gates_of(app)
    if not gates:
        raise UsageError(f"{arguments.app} has no gate; name its CONFIG")
    # The app is looked at with the first: once is enough.
    return [
        each
        for number, gate in enumerate(gates)
        for each in diagnose(gate, app=None if number else app)
    ]


def _tell(found: Iterable[Finding], terminal: Terminal) -> None:
    counted: Counter[str] = Counter()
    for each in found:
        counted[each.severity] += 1
        terminal.line(str(each), _STYLES[each.severity])
        terminal.line(f"  why:  {each.why}")
        terminal.line(f"  mend: {each.mend}")
    total = ", ".join(
        f"{counted[severity]} {severity}{'' if counted[severity] == 1 else 's'}"
        for severity in ("error", "warning")
    )
    terminal.line(f"{total}, {counted['info']} info", "head")


def _explain(arguments: argparse.Namespace, terminal: Terminal) -> None:
    if arguments.config is None:
        return
    path, format_ = Path(arguments.config), arguments.config_format
    if ConfigFile.read(path, os.environ, format_).format != "native":
        terminal.note(
            "mends are in the words of jwtgate's own files; jwtgate convert writes one",
            "dim",
        )


def _as_json(finding: Finding) -> dict[str, str]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "what": finding.what,
        "why": finding.why,
        "mend": finding.mend,
    }
