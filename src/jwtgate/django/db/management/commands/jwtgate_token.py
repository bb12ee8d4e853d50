"""The command ``jwtgate_token``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jwtgate.django.db.arguments import add_key, claim, read
from jwtgate.django.db.rows import command_errors, credential_of
from jwtgate.issue import issue

__all__ = ["Command"]


class Command(BaseCommand):
    """Signs a token."""

    help = "Signs a token that a gate takes for a credential, and prints it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the credential and what the token says."""
        add_key(parser)
        parser.add_argument(
            "--claim",
            dest="claims",
            action="append",
            default=[],
            type=claim,
            metavar="NAME=VALUE",
            help="the value is JSON, or else a text",
        )
        parser.add_argument("--lifetime", type=int, metavar="SECONDS")
        parser.add_argument("--private-key", metavar="FILE", help="a PEM, if not HS")
        parser.add_argument("--key-claim", default="iss", help="as in the policy")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the token alone."""
        file = options["private_key"]
        with command_errors():
            token = issue(
                credential_of(options["key"], options["kid"]).as_credential(),
                dict(options["claims"]),
                private_key=read(file) if file else None,
                expires_in=options["lifetime"],
                key_claim=options["key_claim"],
            )
        self.stdout.write(token)
