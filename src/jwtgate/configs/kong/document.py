"""A file of Kong's as it stands: its entities, each with its place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, final

from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Directory, Entity
from jwtgate.configs.kong.members import (
    CONSUMER,
    ROOT,
    ROUTE,
    SERVICE,
    UNUSED_ENTITIES,
    UNUSED_OF_CONSUMER,
)
from jwtgate.configs.kong.records import Record, read_record, records
from jwtgate.configs.kong.refusing import refuse_or_drop
from jwtgate.configs.problems import Path
from jwtgate.configs.tree import BROKEN

__all__ = ["Document", "Entry", "read_document"]

# What decK writes into every route and service, and what would choose other policies.
_DEFAULTS: Final[Mapping[str, frozenset[str]]] = {
    "route": frozenset(
        {
            *("destinations", "expression", "headers", "hosts", "methods", "paths"),
            *("priority", "service", "snis", "sources"),
        }
    ),
    "service": frozenset({"enabled"}),
    "consumer": frozenset({"custom_id", "id", "username"}),
}
_HTTP: Final = frozenset({"http", "https"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What belongs to other entities: a plugin, a credential, a group.

    Attributes:
        at: Where it is.
        table: What it holds.
        route: The one it stands in.
        service: The same.
        consumer: The same.
        in_group: It stands in a consumer group.
    """

    at: Path
    table: Mapping[str, object]
    route: Entity | None = None
    service: Entity | None = None
    consumer: Entity | None = None
    in_group: bool = False


@final
@dataclass(frozen=True, slots=True)
class Document:
    """The entities of a file.

    Attributes:
        root: The members at its top.
        named_configs: What decK's ``_plugin_configs`` holds.
        services: All services.
        routes: All routes.
        consumers: All consumers.
        service_of: The service of each route that has one.
        plugins: Wherever they stand.
        jwt_secrets: The same.
        acls: The same.
    """

    root: Record
    named_configs: Mapping[str, object]
    services: Directory
    routes: Directory
    consumers: Directory
    service_of: dict[Entity, Entity] = field(default_factory=dict)
    plugins: list[Entry] = field(default_factory=list)
    jwt_secrets: list[Entry] = field(default_factory=list)
    acls: list[Entry] = field(default_factory=list)

    def owner(self, entry: Entry) -> Entity | None:
        """Give the consumer of an entry: the one it stands in, or refers to."""
        table, inside = entry.table, entry.consumer
        found = self.consumers.find(table, "consumer", entry.at, inside)
        return inside or found


def read_document(tree: object, context: Context) -> Document:
    """Read the entities of a file, and report members and names that cannot be.

    Args:
        tree: Sound.
        context: Takes problems and notes.
    """
    problems = context.problems
    if not isinstance(tree, dict):
        if tree is not BROKEN:
            problems.add((), "expected a record")
        tree = {"_format_version": "3.0"}
    if "_format_version" not in tree:
        problems.add(("_format_version",), "required field missing")
    configs = tree.get("_plugin_configs")
    document = Document(
        read_record(tree, ROOT, (), problems),
        configs if isinstance(configs, dict) else {},
        Directory("services", "name", problems),
        Directory("routes", "name", problems),
        Directory("consumers", "username", problems),
    )
    _read_defaults(document.root, context)
    services = [
        (document.services.add(at, read_record(table, SERVICE, at, problems)), table)
        for at, table in records(tree, "services", (), problems)
    ]
    for service, table in services:
        _read_service(service, table, document, context)
    for at, table in records(tree, "consumers", (), problems):
        _read_consumer(table, at, document, context)
    for at, table in records(tree, "routes", (), problems):
        _read_route(table, at, document, context)
    _read_entries(tree, document, context)
    _tell_unused(tree, UNUSED_ENTITIES, (), context)
    return document


def _read_entries(
    tree: Mapping[str, object], document: Document, context: Context
) -> None:
    problems = context.problems
    for at, table in records(tree, "consumer_groups", (), problems):
        document.plugins.extend(
            Entry(at=place, table=plugin, in_group=True)
            for place, plugin in records(table, "plugins", at, problems)
        )
    for name, entries in _entries(document):
        entries.extend(
            Entry(at=at, table=table) for at, table in records(tree, name, (), problems)
        )


def _entries(document: Document) -> tuple[tuple[str, list[Entry]], ...]:
    return (
        ("plugins", document.plugins),
        ("jwt_secrets", document.jwt_secrets),
        ("acls", document.acls),
    )


def _read_service(
    service: Entity, table: Mapping[str, object], document: Document, context: Context
) -> None:
    at, problems = service.at, context.problems
    for place, route in records(table, "routes", at, problems):
        _read_route(route, place, document, context, service)
    document.plugins.extend(
        Entry(at=place, table=plugin, service=service)
        for place, plugin in records(table, "plugins", at, problems)
    )
    _tell_unused(table, (), at, context)


def _read_route(
    table: Mapping[str, object],
    at: Path,
    document: Document,
    context: Context,
    parent: Entity | None = None,
) -> None:
    problems = context.problems
    route = document.routes.add(at, read_record(table, ROUTE, at, problems))
    found = document.services.find(table, "service", at, parent)
    service = parent or found
    if service is not None:
        document.service_of[route] = service
    document.plugins.extend(
        Entry(at=place, table=plugin, route=route)
        for place, plugin in records(table, "plugins", at, problems)
    )
    _tell_unused(table, (), at, context)


def _read_consumer(
    table: Mapping[str, object], at: Path, document: Document, context: Context
) -> None:
    problems = context.problems
    consumer = document.consumers.add(at, read_record(table, CONSUMER, at, problems))
    if table.get("username") is None and table.get("custom_id") is None:
        problems.add(
            at,
            "at least one of these fields must be non-empty: 'custom_id', 'username'",
        )
    for name, entries in _entries(document):
        entries.extend(
            Entry(at=place, table=each, consumer=consumer)
            for place, each in records(table, name, at, problems)
        )
    _tell_unused(table, UNUSED_OF_CONSUMER, at, context)


def _tell_unused(
    table: Mapping[str, object], names: Collection[str], at: Path, context: Context
) -> None:
    for name, entries in table.items():
        if not isinstance(entries, list) or not entries:
            continue
        if name in names:
            context.notes.add(
                "dropped", (*at, name), f"{len(entries)} of these, not carried over"
            )
        elif name == "filter_chains":
            # A filter is code of one's own, as a plugin may be.
            refuse_or_drop("filter_chains", (*at, name), context)


def _read_defaults(root: Record, context: Context) -> None:
    info = root.get("_info")
    defaults = info.get("defaults") if isinstance(info, dict) else None
    if not isinstance(defaults, dict):
        return
    for kind, members in defaults.items():
        if not isinstance(members, dict):
            continue
        for name, value in members.items():
            if name in _DEFAULTS.get(kind, ()) or (
                name == "protocols" and not _has_http(value)
            ):
                context.problems.add(
                    ("_info", "defaults", kind, name),
                    "defaults are not carried over; write it where it is to hold",
                )


def _has_http(protocols: object) -> bool:
    return isinstance(protocols, list) and any(
        each in _HTTP for each in protocols if isinstance(each, str)
    )
