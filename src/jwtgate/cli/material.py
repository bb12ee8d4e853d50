"""What verifies: taken as options, and handed over where it was made."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from jwtgate.cli.errors import UsageError
from jwtgate.cli.files import read_text, reserved
from jwtgate.cli.secrets import add_secret, given_secret
from jwtgate.cli.showing import credential_json, name_of
from jwtgate.cli.terminal import Terminal
from jwtgate.credential import Credential
from jwtgate.jose import ALGORITHMS
from jwtgate.stores.fields import CredentialFields

__all__ = ["add_material", "handover", "material", "tell"]

_TO_STDOUT: Final = "-"


def add_material(parser: argparse.ArgumentParser) -> None:
    """Take what verifies, and where a secret goes that is made."""
    parser.add_argument(
        "--algorithm",
        metavar="NAME",
        choices=tuple(ALGORITHMS),
        help=f"one of {', '.join(ALGORITHMS)}",
    )
    add_secret(parser, otherwise="a secret is made if none is given")
    parser.add_argument(
        "--secret-is-base64", action="store_true", help="its octets are in base64"
    )
    parser.add_argument(
        "--allow-weak-secret",
        action="store_true",
        help="one that is shorter than its hash",
    )
    parser.add_argument(
        "--public-key",
        metavar="FILE",
        help="a PEM, a certificate or a JWK, if not HS256, HS384 or HS512",
    )
    parser.add_argument(
        "--secret-out",
        metavar="FILE",
        help="where a secret goes that is made; - prints it; else it is in the store "
        "alone",
    )


def material(arguments: argparse.Namespace) -> CredentialFields:
    """Give the fields that :func:`add_material` took.

    Raises:
        UsageError: They do not go together, or something cannot be read.
    """
    fields: CredentialFields = {}
    secret = given_secret(arguments)
    if secret is not None:
        fields["secret"] = secret
    if arguments.public_key is not None:
        fields["public_key"] = read_text(arguments.public_key)
    if arguments.algorithm is not None:
        fields["algorithm"] = arguments.algorithm
    if arguments.secret_is_base64:
        fields["secret_is_base64"] = True
    if arguments.allow_weak_secret:
        fields["allow_weak_secret"] = True
    if secret is None and arguments.secret_is_base64:
        raise UsageError("--secret-is-base64 is of a secret that is given")
    if arguments.secret_out is not None and fields.keys() & {"secret", "public_key"}:
        raise UsageError("--secret-out is for a secret that is made, and none is")
    return fields


@contextmanager
def handover(arguments: argparse.Namespace) -> Iterator[Callable[[str], None]]:
    """Prepare to hand over a secret; gives what writes it where it was asked for."""
    out: str | None = arguments.secret_out
    if out is None or out == _TO_STDOUT:
        yield lambda _: None
    else:
        with reserved(Path(out)) as fill:
            yield lambda secret: fill(f"{secret}\n")


def tell(
    credential: Credential,
    secret: str | None,
    arguments: argparse.Namespace,
    terminal: Terminal,
) -> None:
    """Tell of a credential that was made.

    Args:
        credential: The credential.
        secret: If it was made as well.
        arguments: What :func:`add_material` took, and ``json``.
        terminal: Where to.
    """
    out = arguments.secret_out
    shown = secret if out == _TO_STDOUT else None
    if arguments.json:
        told = credential_json(credential, time.time())
        terminal.json(told if shown is None else {**told, "secret": shown})
        return
    kid = "" if credential.kid is None else f", kid {credential.kid}"
    text = f"{name_of(credential.consumer)} has key {credential.key}{kid}"
    write = terminal.line if shown is None else terminal.note
    write(f"{text} ({credential.algorithm})", "good")
    if shown is not None:
        terminal.line(shown)
    elif secret is not None:
        where = "in the store alone" if out is None else f"in {out}, for you alone"
        terminal.note(f"its secret was made, and is {where}")
