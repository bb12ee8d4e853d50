"""``jwtgate consumers``: who may call."""

import argparse
from typing import Any, Final

from jwtgate.cli import importing
from jwtgate.cli.actions import Actions
from jwtgate.cli.errors import OK
from jwtgate.cli.opening import add_store, opened
from jwtgate.cli.showing import (
    CONSUMER_COLUMNS,
    consumer_json,
    consumer_row,
    name_of,
)
from jwtgate.cli.sources import add_source, rows_of
from jwtgate.cli.terminal import Terminal

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME: Final = "consumers"
HELP: Final = "list, add, change and import who may call"

_EXAMPLES: Final = """\
examples:
  export JWTGATE_STORE=sqlite:///credentials.db
  jwtgate consumers add jack --group staff --create-tables
  jwtgate consumers list --json
  jwtgate consumers import kong.yml
  jwtgate consumers list --config kong.yml
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is done, and with whom."""
    parser.epilog = _EXAMPLES
    actions = Actions(parser)
    listing = actions.add("list", "list all of a file or a store", _list)
    add_source(listing)
    listing.add_argument("--tag", help="only those with this tag")
    _add_json(listing)
    adding = actions.add("add", "add one to a store", _add)
    _take_fields(adding)
    add_store(adding, fills=True)
    _add_json(adding)
    for name, about, act in (
        ("enable", "let one call again", _enable),
        ("disable", "let every token of one fail", _disable),
        ("delete", "remove one, with its credentials", _delete),
    ):
        one = actions.add(name, about, act)
        one.add_argument("consumer", metavar="CONSUMER", help="its id or username")
        add_store(one)
    reading = actions.add(
        "import",
        "put the consumers and credentials of a file into a store",
        importing.run,
    )
    importing.add_arguments(reading)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Do what was chosen."""
    return Actions.run(arguments, terminal)


def _take_fields(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "username", metavar="USERNAME", nargs="?", help="a name that nobody else has"
    )
    parser.add_argument("--custom-id", metavar="ID", help="its id in your own system")
    parser.add_argument("--id", default="", help="made of the name if left out")
    for name, what in (("group", "a group that it is in"), ("tag", "a tag")):
        parser.add_argument(
            f"--{name}",
            dest=f"{name}s",
            metavar="NAME",
            action="append",
            default=[],
            help=f"{what}; may be repeated",
        )
    parser.add_argument(
        "--quota", metavar="RATES", help='such as "3/30s" or "100/m, 1000/h"'
    )
    parser.add_argument(
        "--disabled",
        dest="enabled",
        action="store_false",
        help="every token of it fails",
    )


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="in JSON, for scripts")


def _list(arguments: argparse.Namespace, terminal: Terminal) -> int:
    with rows_of(arguments) as rows:
        found = list(rows.consumers(arguments.tag))
    if arguments.json:
        terminal.json([consumer_json(each) for each in found])
    else:
        terminal.table(CONSUMER_COLUMNS, [consumer_row(each) for each in found])
    return OK


def _add(arguments: argparse.Namespace, terminal: Terminal) -> int:
    names = ("username", "custom_id", "id", "groups", "tags", "quota", "enabled")
    fields: dict[str, Any] = {name: getattr(arguments, name) for name in names}
    with opened(arguments) as store:
        consumer = store.create_consumer(**fields)
    if arguments.json:
        terminal.json(consumer_json(consumer))
    else:
        terminal.line(f"added {name_of(consumer)}, id {consumer.id}", "good")
    return OK


def _enable(arguments: argparse.Namespace, terminal: Terminal) -> int:
    return _switch(arguments, terminal, enabled=True)


def _disable(arguments: argparse.Namespace, terminal: Terminal) -> int:
    return _switch(arguments, terminal, enabled=False)


def _switch(arguments: argparse.Namespace, terminal: Terminal, *, enabled: bool) -> int:
    with opened(arguments) as store:
        consumer = store.update_consumer(arguments.consumer, enabled=enabled)
    terminal.line(f"{'enabled' if enabled else 'disabled'} {name_of(consumer)}")
    return OK


def _delete(arguments: argparse.Namespace, terminal: Terminal) -> int:
    with opened(arguments) as store:
        store.delete_consumer(arguments.consumer)
    terminal.line(f"deleted {arguments.consumer}, with its credentials")
    return OK
