"""Commands that do several things, each by a word of its own."""

import argparse
from collections.abc import Callable
from typing import TypeAlias, final

from jwtgate.cli.terminal import Terminal

__all__ = ["Act", "Actions"]

Act: TypeAlias = Callable[[argparse.Namespace, Terminal], int]
"""Does one of them; see :class:`jwtgate.cli.commands.Command`."""


@final
class Actions:
    """The words that a command takes.

    Args:
        parser: The command's.
    """

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._actions = parser.add_subparsers(
            dest="action", metavar="ACTION", required=True, title="actions"
        )

    def add(self, name: str, about: str, act: Act) -> argparse.ArgumentParser:
        """Add a word; gives the parser of its arguments."""
        added = self._actions.add_parser(
            name, help=about, description=f"{about[:1].upper()}{about[1:]}."
        )
        added.set_defaults(act=act)
        return added

    @staticmethod
    def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
        """Do what was chosen."""
        act: Act = arguments.act
        return act(arguments, terminal)
