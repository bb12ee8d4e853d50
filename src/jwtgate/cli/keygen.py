"""``jwtgate keygen``: a key pair, or a secret."""

import argparse
import json
import os
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jwtgate.cli.errors import OK, UsageError
from jwtgate.cli.files import PUBLIC, NewFile, create
from jwtgate.cli.keymaking import CURVES, make_pair, secret_jwk
from jwtgate.cli.terminal import Terminal
from jwtgate.jose import ALGORITHMS
from jwtgate.jose.rsa import MAX_BITS, MIN_BITS
from jwtgate.stores.fields import new_secret

__all__ = ["HELP", "NAME", "add_arguments", "run"]

NAME: Final = "keygen"
HELP: Final = "make a key pair or a secret"

_EXAMPLES: Final = """\
examples:
  jwtgate keygen RS256 --out jack              # jack.private.pem, jack.public.pem
  jwtgate keygen Ed25519 --format jwk --out -  # printed
  jwtgate keygen HS256 --out jack              # jack.secret
"""
_TO_STDOUT: Final = "-"
_SECRET_FORMATS: Final = ("text", "base64", "jwk")
_PAIR_FORMATS: Final = ("pem", "jwk")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what kind of key, and where it goes."""
    parser.epilog = _EXAMPLES
    parser.add_argument(
        "algorithm",
        metavar="ALGORITHM",
        choices=(*ALGORITHMS, *CURVES),
        help=f"one of {', '.join((*ALGORITHMS, *CURVES))}; EdDSA is Ed25519",
    )
    parser.add_argument(
        "--bits",
        type=_bits,
        metavar="N",
        help=f"of an RSA key: {MIN_BITS} to {MAX_BITS}; {MIN_BITS} if left out",
    )
    parser.add_argument(
        "--format",
        choices=tuple(dict.fromkeys((*_PAIR_FORMATS, *_SECRET_FORMATS))),
        help="pem or jwk of a pair; text, base64 or jwk of a secret; the first of "
        "them if left out",
    )
    parser.add_argument(
        "--kid", help="of a JWK; a pair's is its thumbprint (RFC 7638) if left out"
    )
    parser.add_argument(
        "--out",
        metavar="NAME",
        help="what the names of the files begin with, the algorithm if left out; "
        "- prints the private half, too",
    )
    parser.add_argument(
        "--json", action="store_true", help="tell in JSON which files there are"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Make it; files are for the owner alone, and none is overwritten."""
    parts = _parts(arguments)
    name = arguments.algorithm if arguments.out is None else arguments.out
    if name == _TO_STDOUT:
        if arguments.json:
            raise UsageError("--json tells of files, and --out - makes none")
        for part in parts.values():
            terminal.document(part.text)
        return OK
    files = {
        half: NewFile(Path(f"{name}.{part.path}"), part.text, part.mode)
        for half, part in parts.items()
    }
    create(tuple(files.values()))
    if arguments.json:
        terminal.json({half: str(each.path) for half, each in files.items()})
        return OK
    for half, each in files.items():
        readers = "everybody" if each.mode == PUBLIC else "you alone"
        terminal.line(f"{half:<8} {each.path} (for {readers})")
    return OK


def _parts(arguments: argparse.Namespace) -> Mapping[str, NewFile]:
    """Give the halves by name; the path of each is the end of its file's name."""
    row = ALGORITHMS.get(arguments.algorithm)
    if arguments.bits is not None and (row is None or row.family != "rsa"):
        raise UsageError(f"--bits is of RSA keys; {arguments.algorithm} has one size")
    if row is not None and row.symmetric:
        form = _form(arguments, _SECRET_FORMATS, "a secret")
        end = "secret.jwk" if form == "jwk" else "secret"
        return {"secret": NewFile(Path(end), _secret(arguments, form))}
    form = _form(arguments, _PAIR_FORMATS, "a key pair")
    bits = MIN_BITS if arguments.bits is None else arguments.bits
    pair = make_pair(arguments.algorithm, bits=bits, kid=arguments.kid)
    if form == "jwk":
        private, public = _text(pair.private_jwk), _text(pair.public_jwk)
    else:
        private, public = pair.private_pem, pair.public_pem
    return {
        "private": NewFile(Path(f"private.{form}"), private),
        "public": NewFile(Path(f"public.{form}"), public, PUBLIC),
    }


def _form(arguments: argparse.Namespace, forms: tuple[str, ...], what: str) -> str:
    form = forms[0] if arguments.format is None else str(arguments.format)
    if form not in forms:
        raise UsageError(f"{what} is written as {' or '.join(forms)}, not as {form}")
    if arguments.kid is not None and form != "jwk":
        raise UsageError("--kid is a member of a JWK; add --format jwk")
    return form


def _secret(arguments: argparse.Namespace, form: str) -> str:
    algorithm = arguments.algorithm
    if form == "text":
        return f"{new_secret(algorithm)}\n"
    octets = os.urandom(ALGORITHMS[algorithm].hash_size)
    if form == "base64":
        return f"{b64encode(octets).decode()}\n"
    return _text(secret_jwk(algorithm, octets, arguments.kid))


def _text(jwk: Mapping[str, Any]) -> str:
    return json.dumps(jwk, indent=2) + "\n"


def _bits(text: str) -> int:
    if text.isdecimal() and MIN_BITS <= int(text) <= MAX_BITS:
        return int(text)
    raise argparse.ArgumentTypeError(f"expected {MIN_BITS} to {MAX_BITS}")
