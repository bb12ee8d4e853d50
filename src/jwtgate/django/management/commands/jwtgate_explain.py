"""The command ``jwtgate_explain``."""

import json
import sys
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from jwtgate.django.conf import gate_for
from jwtgate.errors import ConfigurationError
from jwtgate.explain import Explanation, explain
from jwtgate.explain.requests import carry, read_request

__all__ = ["Command"]


class Command(BaseCommand):
    """Tells why the project's gate lets a request through, or refuses it."""

    help = "Tells why the gate of this project lets a request through, or refuses it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the token and the request."""
        parser.add_argument(
            "token",
            nargs="?",
            help="- reads it from standard input, which nobody else sees",
        )
        parser.add_argument("--request", default="GET /", metavar="'METHOD /PATH'")
        parser.add_argument(
            "--header",
            dest="headers",
            action="append",
            default=[],
            metavar="'NAME: VALUE'",
        )
        parser.add_argument(
            "--at",
            type=moment,
            metavar="TIME",
            help="when it was sent: seconds since the epoch, or ISO 8601",
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the explanation; a refusal ends with 1."""
        try:
            found = _explained(options)
        except (ConfigurationError, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from None
        told = json.dumps(found.to_dict(), indent=2) if options["json"] else str(found)
        self.stdout.write(told)
        if not found.passes:
            sys.exit(1)


def _explained(options: dict[str, Any]) -> Explanation:
    request = read_request(options["request"], options["headers"])
    gate, token = gate_for(None), options["token"]
    if token == "-":  # noqa: S105 - standard input
        token = sys.stdin.read().rstrip("\r\n")
    if token is not None:
        request = carry(gate, request, token.encode("utf-8", "surrogateescape"))
    return explain(gate, request, at=options["at"])


def moment(text: str) -> float:
    """Read seconds since the epoch, or ISO 8601 in the zone of the settings."""
    try:
        return float(text)
    except ValueError:
        found = datetime.fromisoformat(text)
    return (
        timezone.make_aware(found) if timezone.is_naive(found) else found
    ).timestamp()
