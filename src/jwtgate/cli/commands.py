"""The table of commands: what ``jwtgate --help`` needs, and importing none of them."""

import argparse
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Protocol

from jwtgate.cli.terminal import Terminal

__all__ = ["COMMANDS", "Command", "command_of"]

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "keygen": "make a key pair or a secret",
        "init": "write a starting jwtgate.toml",
        "token": "sign a token for a consumer of a file or a store",
        "explain": "tell why a request is let through or refused",
        "doctor": "look for what is weak in a policy and its credentials",
        "consumers": "list, add, change and import who may call",
        "credentials": "list, add, rotate and change what proves who calls",
        "convert": "write a gateway's file in jwtgate's own format",
        "routes": "list the routes of an app, and what guards them",
        "demo": "serve a gate on this machine, to try it by hand",
    }
)
"""Each command and what it does, in the order of the help."""


class Command(Protocol):
    """What each module of a command has.

    Attributes:
        NAME: The word that chooses it.
        HELP: What it does, one line.
    """

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the arguments; it may set the parser's epilog to examples."""
        ...

    def run(self, arguments: argparse.Namespace, terminal: Terminal) -> int:
        """Do it; gives 0, or 1 if something was refused or found.

        Raises:
            UsageError: Arguments that do not go together.
            ConfigurationError: A file or an argument that cannot work.
            JWTGateError: It is refused.
        """
        ...


def command_of(name: str) -> Command:
    """Import the module of a command."""
    command: Command = import_module(f"jwtgate.cli.{name}")
    return command
