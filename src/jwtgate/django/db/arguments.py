"""Arguments that several commands take."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.dateparse import parse_datetime

from jwtgate.django.db.moments import moment, seconds
from jwtgate.jose import ALGORITHMS

__all__ = [
    "add_json",
    "add_key",
    "add_material",
    "claim",
    "material",
    "point_in_time",
    "read",
]


def add_key(parser: ArgumentParser) -> None:
    """Take the key and kid of a credential that is there."""
    parser.add_argument("key", help="the key of the credential")
    parser.add_argument("--kid", help="its kid, where the key has several credentials")


def add_material(parser: ArgumentParser) -> None:
    """Take what verifies: a secret is not taken itself, since all may see arguments."""
    parser.add_argument("--algorithm", choices=list(ALGORITHMS), metavar="NAME")
    parser.add_argument(
        "--secret-file", metavar="FILE", help="- for standard input; made if left out"
    )
    parser.add_argument("--public-key", metavar="FILE", help="a PEM or a JWK")
    parser.add_argument("--secret-is-base64", action="store_true")
    parser.add_argument("--allow-weak-secret", action="store_true")


def add_json(parser: ArgumentParser) -> None:
    """Take the wish for JSON."""
    parser.add_argument("--json", action="store_true", help="print JSON, for scripts")


def point_in_time(text: str) -> datetime | None:
    """Read such as ``2027-01-31T12:00Z``; without a zone, it is in the settings'."""
    try:
        found = parse_datetime(text)
        if found is not None:
            return moment(seconds(found))
    except ValueError:
        pass
    raise ArgumentTypeError("must be such as 2027-01-31T12:00Z")


def claim(text: str) -> tuple[str, object]:
    """Read ``name=value``; the value is JSON, or else a text."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ArgumentTypeError("must be such as sub=jack")
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value


def material(options: Mapping[str, Any]) -> dict[str, Any]:
    """Give the fields of a credential that :func:`add_material` took.

    Raises:
        CommandError: A file that cannot be read.
    """
    plain = ("algorithm", "secret_is_base64", "allow_weak_secret")
    fields = {name: options[name] for name in plain if options[name]}
    if options["secret_file"]:
        # The end of the line is none of the secret.
        secret = read(options["secret_file"])
        fields["secret"] = secret.removesuffix("\n").removesuffix("\r")
    if options["public_key"]:
        fields["public_key"] = read(options["public_key"])
    return fields


def read(file: str) -> str:
    """Read a file of text, or standard input for ``-``; raises CommandError."""
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, ValueError):
        raise CommandError(f"{file} cannot be read as text") from None
