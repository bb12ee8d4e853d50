"""``routes``: the entries, with what they refer to."""

from collections.abc import Mapping
from dataclasses import replace
from sys import maxsize
from typing import final

from jwtgate.configs.apisix.access import Place
from jwtgate.configs.apisix.carried import Carried, read_carried
from jwtgate.configs.apisix.entries import (
    Entry,
    InvalidEntry,
    entries_of,
    id_text,
    leave_out,
)
from jwtgate.configs.apisix.matching import is_off, read_match
from jwtgate.configs.apisix.policies import Policies
from jwtgate.configs.apisix.resources import Resource, Resources
from jwtgate.configs.apisix.routing import Placed
from jwtgate.configs.apisix.schema import ID, LABELS, anything, flaw, table, text
from jwtgate.configs.context import Context

__all__ = ["read_routes"]

# What it is for is checked with the match.
_RULES = {
    **dict.fromkeys(
        (
            "uri",
            "uris",
            "host",
            "hosts",
            "methods",
            "priority",
            "status",
            "remote_addr",
            "remote_addrs",
            "vars",
            "filter_func",
            "script",
            "script_id",
            "upstream",
            "upstream_id",
            "timeout",
            "service_protocol",
            "enable_websocket",
            "create_time",
            "update_time",
        ),
        anything,
    ),
    "id": ID,
    "name": text(1, 100),
    "desc": text(0, 256),
    "labels": LABELS,
    "plugins": table,
    "plugin_config_id": ID,
    "service_id": ID,
}


def read_routes(
    root: Mapping[str, object],
    resources: Resources,
    policies: Policies,
    context: Context,
) -> list[Placed]:
    """Read the routes that are switched on.

    One that cannot be used, though it is clear which requests it is for, stays and is
    closed: left out, as in APISIX, it might leave its requests to a public one.
    """
    reader = _Reader(resources, policies, context)
    found = [
        placed
        for entry in entries_of(root, "routes", context)
        if not is_off(entry.table) and (placed := reader.read(entry)) is not None
    ]
    return [
        placed
        if placed is reader.by_id.get(placed.id, placed)
        else _replaced(placed, policies, context)
        for placed in found
    ]


def _replaced(placed: Placed, policies: Policies, context: Context) -> Placed:
    leave_out(context, placed.at, "its id comes again; the later counts")
    # Closed, and behind all others for the same path.
    match = replace(placed.match, priority=-maxsize)
    return replace(placed, match=match, demand=policies.closed)


@final
class _Reader:
    def __init__(
        self, resources: Resources, policies: Policies, context: Context
    ) -> None:
        self._resources = resources
        self._policies = policies
        self._context = context
        self.by_id: dict[str | None, Placed] = {}

    def read(self, entry: Entry) -> Placed | None:
        table = entry.table
        service = self._resources.services.get(id_text(table.get("service_id")) or "")
        match = read_match(
            table, entry.at, self._context, hosts=service and service.hosts
        )
        if match is None:
            return None
        try:
            carried = self._carried(entry, service)
        except InvalidEntry as invalid:
            leave_out(self._context, entry.at, str(invalid))
            demand = self._policies.closed
        else:
            place = Place(
                route=entry.id or f"routes#{entry.number}",
                service=id_text(table.get("service_id")),
            )
            demand = self._policies.at(carried, place, entry.at)
        placed = Placed(id=entry.id, at=entry.at, match=match, demand=demand)
        if entry.id is not None:
            self.by_id[entry.id] = placed
        return placed

    def _carried(self, entry: Entry, service: Resource | None) -> Carried:
        table = entry.table
        why = flaw(table, _RULES, closed=True)
        if why is not None:
            raise InvalidEntry(why)
        carried = read_carried(
            table.get("plugins"),
            (*entry.at, "plugins"),
            self._context,
            resource=entry.resource,
        )
        if "plugin_config_id" in table:
            id_ = id_text(table["plugin_config_id"])
            config = self._resources.plugin_configs.get(id_ or "")
            if config is None:
                raise InvalidEntry(f"failed to fetch plugin config by id: {id_}")
            carried = carried.over(config.carried)
        if "service_id" in table:
            if service is None:
                id_ = id_text(table["service_id"])
                raise InvalidEntry(
                    f"failed to fetch service configuration by id: {id_}"
                )
            carried = carried.over(service.carried)
        return carried
