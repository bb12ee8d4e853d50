"""``jwtgate routes``: list the routes of an app, and what guards each."""

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from jwtgate.cli.errors import OK, REFUSED, UsageError
from jwtgate.cli.terminal import Terminal
from jwtgate.surface import Endpoint, import_app, import_django, survey

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME: Final = "routes"
HELP: Final = "list the routes of an app, and what guards them"

_EPILOG = """\
status:
  guarded   a token is demanded
  optional  a policy or a view lets pass without one
  public    anybody passes, and it is said so
  open      anybody passes, and nothing says so
  unknown   it cannot be told, as of a raw ASGI app
  closed    nobody passes

  jwtgate routes shop.main:app
  jwtgate routes shop.main:app --fail-on-open --allow-open '/static/*'
  jwtgate routes --django shop.settings --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the app, and what may be open."""
    parser.epilog = _EPILOG
    parser.add_argument(
        "app",
        nargs="?",
        metavar="MODULE:APP",
        help="an app of FastAPI, Starlette, Flask or Django, or any ASGI or WSGI app",
    )
    parser.add_argument(
        "--django", metavar="SETTINGS", help="the project of this settings module"
    )
    parser.add_argument(
        "--fail-on-open",
        action="store_true",
        help="end with 1 if a route is open or unknown",
    )
    parser.add_argument(
        "--allow-open",
        metavar="PATH",
        action="append",
        default=[],
        help="a path, as listed, that may be; with * at its end all that begins so",
    )
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """List the routes; 1 if one is open that may not be."""
    found = survey(_app(arguments))
    if arguments.json:
        terminal.json([_as_json(each) for each in found])
    else:
        columns = ("METHODS", "PATH", "STATUS", "WHO", "GUARDS", "VIEW")
        terminal.table(columns, map(_cells, found))
    failing = [
        each for each in found if each.is_open and not _is_allowed(each, arguments)
    ]
    if not arguments.json:
        counted = Counter(each.status for each in found)
        counts = ", ".join(f"{number} {status}" for status, number in counted.items())
        total = f"{len(found)} route{'' if len(found) == 1 else 's'}"
        terminal.line(f"{total}: {counts}", "bad" if failing else "good")
    if not (failing and arguments.fail_on_open):
        return OK
    for each in failing:
        methods = ",".join(each.methods) or "any method"
        terminal.problem(f"{each.path} ({methods}) is {each.status}: {each.view}")
    return REFUSED


def _app(arguments: argparse.Namespace) -> Any:
    if (arguments.app is None) is (arguments.django is None):
        raise UsageError("expected one of: MODULE:APP, --django SETTINGS")
    if arguments.django is not None:
        return import_django(arguments.django)
    return import_app(arguments.app)


def _is_allowed(endpoint: Endpoint, arguments: argparse.Namespace) -> bool:
    return any(
        endpoint.path.startswith(path.removesuffix("*"))
        if path.endswith("*")
        else endpoint.path == path
        for path in arguments.allow_open
    )


def _cells(endpoint: Endpoint) -> Sequence[str]:
    kind = {"http": "", "websocket": "WS", "any": "*"}[endpoint.kind]
    methods = kind if endpoint.kind == "websocket" else ",".join(endpoint.methods)
    return (
        methods or "*",
        endpoint.path,
        endpoint.status,
        endpoint.who,
        ", ".join(endpoint.guards) or "-",
        endpoint.view,
    )


def _as_json(endpoint: Endpoint) -> dict[str, object]:
    return {
        "path": endpoint.path,
        "methods": list(endpoint.methods),
        "kind": endpoint.kind,
        "status": endpoint.status,
        "who": endpoint.who,
        "guards": list(endpoint.guards),
        "view": endpoint.view,
    }
