"""Secrets that a command is given: by a prompt, a file or a variable.

Never as an argument, which everybody on the machine may see, and the shell writes down.
"""

import argparse
import os
from getpass import getpass

from jwtgate.cli.errors import UsageError
from jwtgate.cli.files import read_text

__all__ = ["add_secret", "given_secret"]


def add_secret(parser: argparse.ArgumentParser, *, otherwise: str) -> None:
    """Take where a secret is.

    Args:
        parser: Takes it.
        otherwise: What happens if none is given, for the help.
    """
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument(
        "--secret-file",
        metavar="FILE",
        help=f"its text, less one line end; - is standard input; {otherwise}",
    )
    ways.add_argument("--secret-env", metavar="NAME", help="an environment variable")
    ways.add_argument(
        "--secret-prompt", action="store_true", help="asked for, and not shown"
    )


def given_secret(arguments: argparse.Namespace) -> str | None:
    """Give the secret that :func:`add_secret` took; None if there is none.

    Raises:
        UsageError: It is empty, or is not where it was said to be.
    """
    if arguments.secret_file is not None:
        text = read_text(arguments.secret_file)
        return _full(text.removesuffix("\n").removesuffix("\r"))
    if arguments.secret_env is not None:
        return _full(os.environ.get(arguments.secret_env, ""))
    if arguments.secret_prompt:
        return _full(_asked())
    return None


def _asked() -> str:
    try:
        return getpass("secret: ")
    except EOFError:
        return ""


def _full(secret: str) -> str:
    if not secret:
        raise UsageError("the secret is empty, or is not there")
    return secret
