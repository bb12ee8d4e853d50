"""Gates of configuration files, as the options of a command say."""

import argparse
from collections.abc import Sequence
from typing import get_args

from jwtgate.configs import load
from jwtgate.configs.formats import Format
from jwtgate.gate import Gate
from jwtgate.stores import FixedStore, MemoryStore

__all__ = ["add_loading", "load_gate", "stores_of"]


def add_loading(parser: argparse.ArgumentParser) -> None:
    """Take how a configuration file is read."""
    parser.add_argument(
        "--format",
        choices=get_args(Format),
        help="whose format the file is in; found out if left out",
    )
    parser.add_argument(
        "--allow-dropped",
        metavar="PLUGIN",
        action="append",
        default=[],
        help="a plugin of a gateway's file that restricts access, is not carried over, "
        "and may be left out; may be repeated",
    )


def load_gate(path: str, arguments: argparse.Namespace) -> Gate:
    """Load a file as :func:`add_loading` was told; see :func:`jwtgate.load`."""
    return load(path, format=arguments.format, allow_dropped=arguments.allow_dropped)


def stores_of(gate: Gate) -> Sequence[FixedStore | MemoryStore]:
    """Give the stores of a file's gate: its own, then those of its routes, each once.

    There are several where policies read one secret in two ways, as in Kong.
    """
    settings = gate.settings
    found = (settings.store, *(route.store for route in settings.routes))
    stores = {
        id(each): each for each in found if isinstance(each, FixedStore | MemoryStore)
    }
    return tuple(stores.values())
