"""The command ``jwtgate_credential``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jwtgate.django.db.arguments import (
    add_json,
    add_key,
    add_material,
    material,
    point_in_time,
)
from jwtgate.django.db.changes import create_credential, rotate
from jwtgate.django.db.models import Credential
from jwtgate.django.db.rows import (
    as_json,
    as_line,
    command_errors,
    consumer_named,
    credential_of,
    told,
)

__all__ = ["Command"]

_OPTIONAL = ("key", "token_lifetime", "lifetime_grace_period")
_FIELDS = ("kid", "not_before", "retire_after", "consumer_claim", "tags", "enabled")


class Command(BaseCommand):
    """Adds, lists, rotates and changes credentials."""

    help = "Adds, lists, rotates, enables, disables and deletes credentials."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the action, and what each needs."""
        actions = parser.add_subparsers(dest="action", required=True)
        _add_arguments_of_add(actions.add_parser("add", help="add a credential"))
        listing = actions.add_parser("list", help="list credentials, never secrets")
        listing.add_argument("consumer", nargs="?", help="only those of this consumer")
        add_json(listing)
        rotation = actions.add_parser("rotate", help="add a successor, retire the old")
        add_key(rotation)
        rotation.add_argument("--overlap", type=float, required=True, metavar="SECONDS")
        rotation.add_argument("--new-kid", help="made if left out")
        add_material(rotation)
        add_json(rotation)
        for action in ("enable", "disable", "delete"):
            add_key(actions.add_parser(action, help=f"{action} a credential"))

    def handle(self, *_: Any, **options: Any) -> None:
        """Do what was asked for."""
        with command_errors():
            getattr(self, f"_{options['action']}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        fields = {name: options[name] for name in _FIELDS} | material(options)
        given = {name: options[name] for name in _OPTIONAL}
        fields |= {name: value for name, value in given.items() if value is not None}
        row = create_credential(consumer_named(options["consumer"]), **fields)
        self._hand_over(row, options)

    def _list(self, options: dict[str, Any]) -> None:
        rows = Credential.objects.select_related("consumer").order_by("pk")
        if options["consumer"]:
            rows = rows.filter(consumer=consumer_named(options["consumer"]))
        listed = [told(row) for row in rows]
        if options["json"]:
            self.stdout.write(as_json(listed))
            return
        for fields in listed:
            self.stdout.write(as_line(fields))

    def _rotate(self, options: dict[str, Any]) -> None:
        old = credential_of(options["key"], options["kid"])
        fields = material(options)
        if options["new_kid"]:
            fields["kid"] = options["new_kid"]
        self._hand_over(rotate(old, overlap=options["overlap"], **fields), options)

    def _hand_over(self, row: Credential, options: dict[str, Any]) -> None:
        # A secret that was made is shown here, and nowhere again.
        made = (
            {"secret": row.secret} if row.secret and not options["secret_file"] else {}
        )
        write = as_json if options["json"] else as_line
        self.stdout.write(write(told(row) | made))

    def _enable(self, options: dict[str, Any]) -> None:
        self._switch(options, enabled=True)

    def _disable(self, options: dict[str, Any]) -> None:
        self._switch(options, enabled=False)

    def _switch(self, options: dict[str, Any], *, enabled: bool) -> None:
        row = credential_of(options["key"], options["kid"])
        row.enabled = enabled
        # Also one that cannot be used can be shut out, so nothing else is checked.
        row.save(update_fields=["enabled", "updated"])
        self.stdout.write(as_line(told(row)))

    def _delete(self, options: dict[str, Any]) -> None:
        credential_of(options["key"], options["kid"]).delete()
        self.stdout.write("deleted")


def _add_arguments_of_add(add: CommandParser) -> None:
    add.add_argument("consumer", help="its id or username")
    add.add_argument("--key", help="what tokens name it by; made if left out")
    add.add_argument("--kid", default="", help="picks one of several under a key")
    add_material(add)
    add.add_argument("--token-lifetime", type=int, metavar="SECONDS")
    add.add_argument("--lifetime-grace-period", type=float, metavar="SECONDS")
    add.add_argument("--not-before", type=point_in_time, metavar="MOMENT")
    add.add_argument("--retire-after", type=point_in_time, metavar="MOMENT")
    add.add_argument("--consumer-claim", default="", metavar="CLAIM")
    add.add_argument("--tag", dest="tags", action="append", default=[])
    add.add_argument("--disabled", dest="enabled", action="store_false")
    add_json(add)
