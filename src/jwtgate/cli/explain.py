"""``jwtgate explain``: why a request is let through, or refused."""

import argparse
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from jwtgate.cli.errors import OK, REFUSED, UsageError
from jwtgate.cli.files import read_text
from jwtgate.cli.loading import add_loading, load_gate
from jwtgate.cli.recorded import tell_recorded
from jwtgate.cli.terminal import Style, Terminal
from jwtgate.cli.times import moment
from jwtgate.explain import explain
from jwtgate.explain.explanation import Mark
from jwtgate.explain.requests import carry, read_request

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME: Final = "explain"
HELP: Final = "tell why a request is let through or refused"

_EXAMPLES: Final = """\
It decides as the gate of that file would, step by step, and goes on past the first
step that refuses. It tells no secret and no signature, and takes no quota. It ends
with 0 if the request passes, and with 1 if it is refused.

examples:
  pbpaste | jwtgate explain - --config kong.yml --request "GET /orders"
  jwtgate explain - --at 2027-01-31T12:00Z < token.txt
  jwtgate explain --header "Cookie: jwt=$TOKEN" --request "POST /orders" --json
  jwtgate explain --log app.log --reference 4f0c2a9be1d37785   # what a client quotes

A token that is an argument is seen by everybody on this machine, in ps, and the shell
writes it down; - reads it from standard input.
"""
_STYLES: Mapping[Mark, Style] = MappingProxyType(
    {"good": "good", "bad": "bad", "open": "warn", "plain": "plain"}
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the token, the gate's file and the request."""
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "token",
        metavar="TOKEN",
        nargs="?",
        help="put where the policy looks first; - reads it from standard input, which "
        "nobody else sees; left out where --header or the request has one",
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        default="jwtgate.toml",
        help="jwtgate's own, Kong's or APISIX's; jwtgate.toml if left out",
    )
    add_loading(parser)
    parser.add_argument(
        "--request",
        metavar="'METHOD /PATH'",
        default="GET /",
        help="what is asked for, or a URL; 'GET /' if left out",
    )
    parser.add_argument(
        "--header",
        dest="headers",
        metavar="'NAME: VALUE'",
        action="append",
        default=[],
        help="a header of the request; may be repeated",
    )
    parser.add_argument(
        "--at",
        metavar="TIME",
        type=moment,
        help="when it was sent: now, '1h ago', seconds since the epoch, or such as "
        "2027-01-31T12:00Z; now if left out",
    )
    parser.add_argument(
        "--log",
        metavar="FILE",
        help="find a refusal in a log of JSON lines instead; - is standard input",
    )
    parser.add_argument(
        "--reference",
        help="which one: what X-Request-Reference told the client",
    )
    parser.add_argument("--json", action="store_true", help="the same in JSON")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Explain it."""
    if (arguments.log is None) != (arguments.reference is None):
        raise UsageError("--log and --reference go together")
    if arguments.log is not None:
        return tell_recorded(
            arguments.log, arguments.reference, terminal, json=arguments.json
        )
    request = read_request(arguments.request, arguments.headers)
    gate = load_gate(arguments.config, arguments)
    if arguments.token is not None:
        token = arguments.token
        if token == "-":  # noqa: S105 - standard input
            token = read_text("-").rstrip("\r\n")
        request = carry(gate, request, token.encode("utf-8", "surrogateescape"))
    found = explain(gate, request, at=arguments.at)
    if arguments.json:
        terminal.json(found.to_dict())
    else:
        for mark, text in found.lines():
            terminal.line(text, _STYLES[mark])
    return OK if found.passes else REFUSED
