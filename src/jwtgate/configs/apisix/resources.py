"""What routes and consumers refer to by id: services, plugin configs, groups.

Source: APISIX ``apisix/schema_def.lua``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

from jwtgate.configs.apisix.carried import Carried, read_carried
from jwtgate.configs.apisix.entries import (
    Entry,
    InvalidEntry,
    entries_of,
    leave_out,
    skipping,
)
from jwtgate.configs.apisix.matching import HOSTS
from jwtgate.configs.apisix.schema import ID, LABELS, anything, flaw, text
from jwtgate.configs.apisix.schema import table as any_table
from jwtgate.configs.context import Context

__all__ = ["Resource", "Resources", "read_resources"]

_COMMON = {
    "id": ID,
    "name": text(1, 100),
    "desc": text(0, 256),
    "labels": LABELS,
    "plugins": any_table,
    "create_time": anything,
    "update_time": anything,
}
_SERVICE = {
    **_COMMON,
    "hosts": HOSTS,
    "upstream": anything,
    "upstream_id": anything,
    "enable_websocket": anything,
    "script": anything,
    "routes": anything,
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One of them.

    Attributes:
        entry: Where it comes from.
        carried: Its plugins.
    """

    entry: Entry
    carried: Carried

    @property
    def hosts(self) -> object:
        """The hosts of a service, as written; None if there are none."""
        return self.entry.table.get("hosts")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """All of them, by id.

    Attributes:
        services: Also those without id, which no route can refer to, under their place.
        plugin_configs: The same.
        groups: Of consumers.
    """

    services: Mapping[str, Resource]
    plugin_configs: Mapping[str, Resource]
    groups: Mapping[str, Resource]


def read_resources(root: Mapping[str, object], context: Context) -> Resources:
    """Read the three lists; an entry that cannot be used is left out."""
    return Resources(
        services=_by_id(root, "services", context),
        plugin_configs=_by_id(root, "plugin_configs", context),
        groups=_by_id(root, "consumer_groups", context),
    )


def _by_id(
    root: Mapping[str, object], kind: str, context: Context
) -> Mapping[str, Resource]:
    found: dict[str, Resource] = {}
    for resource in _read(root, kind, context):
        id_ = resource.entry.id or resource.entry.resource
        earlier = found.pop(id_, None)
        if earlier is not None:
            leave_out(context, earlier.entry.at, "its id comes again; the later counts")
        found[id_] = resource
    return found


def _read(
    root: Mapping[str, object], kind: str, context: Context
) -> Iterator[Resource]:
    for entry in entries_of(root, kind, context):
        with skipping(context, entry.at):
            yield _resource(entry, context)


def _resource(entry: Entry, context: Context) -> Resource:
    is_service = entry.kind == "services"
    why = flaw(
        entry.table,
        _SERVICE if is_service else _COMMON,
        () if is_service else ("id", "plugins"),
        closed=True,
    )
    if why is not None:
        raise InvalidEntry(why)
    if "script" in entry.table:
        context.problems.add(
            (*entry.at, "script"), "is code, and is not carried over; expected plugins"
        )
    if "routes" in entry.table:
        context.problems.add(
            (*entry.at, "routes"),
            "expected routes in the list at the top, each with a service_id",
        )
    carried = read_carried(
        entry.table.get("plugins"),
        (*entry.at, "plugins"),
        context,
        resource=entry.resource,
    )
    if entry.kind == "consumer_groups" and carried.jwt_auth is not None:
        context.notes.add(
            "dropped", (*entry.at, "plugins", "jwt-auth"), "does nothing in a group"
        )
    return Resource(entry=entry, carried=carried)
