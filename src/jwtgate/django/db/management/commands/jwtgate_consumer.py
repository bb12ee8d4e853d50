"""The command ``jwtgate_consumer``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jwtgate.django.db.arguments import add_json
from jwtgate.django.db.changes import create_consumer
from jwtgate.django.db.models import Consumer
from jwtgate.django.db.rows import (
    as_json,
    as_line,
    command_errors,
    consumer_named,
    told,
)

__all__ = ["Command"]


class Command(BaseCommand):
    """Adds, lists and changes consumers."""

    help = "Adds, lists, enables, disables and deletes consumers: who may call."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the action, and what each needs."""
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="add a consumer")
        add.add_argument("username", nargs="?", help="a unique name")
        add.add_argument("--custom-id", help="its id in your own system")
        add.add_argument("--id", dest="uid", default="", help="made if left out")
        add.add_argument("--group", dest="groups", action="append", default=[])
        add.add_argument("--tag", dest="tags", action="append", default=[])
        add.add_argument("--quota", default="", help='such as "100/m, 1000/h"')
        add.add_argument("--disabled", dest="enabled", action="store_false")
        add_json(add)
        add_json(actions.add_parser("list", help="list all consumers"))
        for action in ("enable", "disable", "delete"):
            one = actions.add_parser(action, help=f"{action} a consumer")
            one.add_argument("name", help="its id or username")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do what was asked for."""
        with command_errors():
            getattr(self, f"_{options['action']}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        names = ("username", "custom_id", "uid", "groups", "tags", "quota", "enabled")
        row = create_consumer(**{name: options[name] for name in names})
        self.stdout.write((as_json if options["json"] else as_line)(told(row)))

    def _list(self, options: dict[str, Any]) -> None:
        rows = [told(row) for row in Consumer.objects.order_by("pk")]
        if options["json"]:
            self.stdout.write(as_json(rows))
            return
        for row in rows:
            self.stdout.write(as_line(row))

    def _enable(self, options: dict[str, Any]) -> None:
        self._switch(options["name"], enabled=True)

    def _disable(self, options: dict[str, Any]) -> None:
        self._switch(options["name"], enabled=False)

    def _switch(self, name: str, *, enabled: bool) -> None:
        row = consumer_named(name)
        row.enabled = enabled
        # Also one that cannot be used can be shut out, so nothing else is checked.
        row.save(update_fields=["enabled", "updated"])
        self.stdout.write(as_line(told(row)))

    def _delete(self, options: dict[str, Any]) -> None:
        row = consumer_named(options["name"])
        row.delete()
        self.stdout.write("deleted, with its credentials")
