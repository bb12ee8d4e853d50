"""``consumers``: who may call.

Source: APISIX ``apisix/consumer.lua`` and ``apisix/schema_def.lua``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast, final

from jwtgate.configs.apisix.carried import Carried, read_carried
from jwtgate.configs.apisix.credentialforms import jwt_block, nested_id
from jwtgate.configs.apisix.credentials import read_credential
from jwtgate.configs.apisix.entries import (
    Entry,
    InvalidEntry,
    entries_of,
    id_text,
    leave_out,
    skipping,
)
from jwtgate.configs.apisix.plugins import JWT_AUTH
from jwtgate.configs.apisix.resources import Resource
from jwtgate.configs.apisix.rows import Made, Row, Rows
from jwtgate.configs.apisix.schema import ID, LABELS, anything, flaw, listing, text
from jwtgate.configs.apisix.schema import table as any_table
from jwtgate.configs.context import Context
from jwtgate.configs.problems import Path
from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError

__all__ = ["Caller", "Callers", "read_callers"]

_FLAT_ID = re.compile(r"([^/]+)/credentials/([^/]+)")
_CONSUMER = {
    "username": text(1, 100, r"[a-zA-Z0-9_-]+"),
    "group_id": ID,
    "plugins": any_table,
    "labels": LABELS,
    "desc": text(0, 256),
    "description": text(),  # ADC's word for it
    "credentials": listing(any_table),
    "id": anything,
    "create_time": anything,
    "update_time": anything,
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A consumer, and its plugins over those of its group.

    Attributes:
        consumer: Who it is.
        carried: The plugins.
        at: Where it is in the file.
    """

    consumer: Consumer
    carried: Carried
    at: Path

    @property
    def name(self) -> str:
        """The username."""
        return self.consumer.id

    @property
    def group(self) -> str | None:
        """The id of its group."""
        return next(iter(self.consumer.groups), None)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """Who may call, in the order of the file.

    Attributes:
        by_name: The consumers.
        credentials: What proves who calls; one for each key.
    """

    by_name: Mapping[str, Caller] = field(default_factory=dict)
    credentials: tuple[Made, ...] = ()

    @property
    def consumers(self) -> tuple[Consumer, ...]:
        """The consumers alone."""
        return tuple(caller.consumer for caller in self.by_name.values())


def read_callers(
    root: Mapping[str, object], groups: Mapping[str, Resource], context: Context
) -> Callers:
    """Read consumers and credentials; what cannot be used is left out.

    Args:
        root: The members of the file.
        groups: The groups that a consumer may be of.
        context: Takes what is wrong, and what is left out.
    """
    reader = _Reader(groups, context)
    flat: list[tuple[Entry, int, str, str]] = []
    entries = [
        *entries_of(root, "consumers", context),
        *entries_of(root, "credentials", context),
    ]
    for order, entry in enumerate(entries):
        id_ = entry.table.get("id")
        found = _FLAT_ID.fullmatch(id_) if isinstance(id_, str) else None
        if found is not None:
            flat.append((entry, order, found[1], found[2]))
        else:
            with skipping(context, entry.at):
                reader.add_consumer(entry, order)
    # The owner of a credential may come after it.
    for entry, order, owner, id_ in flat:
        with skipping(context, entry.at):
            reader.add_credential(entry, order, owner, id_)
    return Callers(by_name=reader.callers, credentials=reader.rows.credentials())


class _Reader:
    def __init__(self, groups: Mapping[str, Resource], context: Context) -> None:
        self._groups = groups
        self._context = context
        self.callers: dict[str, Caller] = {}
        self.rows = Rows(context)

    def add_consumer(self, entry: Entry, order: int) -> None:
        """Add a consumer, with its own block and the credentials in its list."""
        if entry.kind == "credentials":
            raise InvalidEntry("expected an id of the form USERNAME/credentials/ID")
        why = flaw(entry.table, _CONSUMER, ("username",), closed=True)
        if why is not None:
            raise InvalidEntry(why)
        caller = self._caller(entry)
        # A block of its own that is invalid makes APISIX leave out the consumer.
        own = self._own(entry, caller, order)
        earlier = self.callers.pop(caller.name, None)
        if earlier is not None:
            self.rows.forget(caller.name)
            leave_out(
                self._context, earlier.at, "its username comes again; the later counts"
            )
        self.callers[caller.name] = caller
        if own is not None:
            self.rows.add(own)
        nested = cast("list[dict[str, object]]", entry.table.get("credentials", []))
        for index, table in enumerate(nested):
            at = (*entry.at, "credentials", index)
            with skipping(self._context, at):
                self._add(table, at, order, caller, nested_id(table))

    def add_credential(self, entry: Entry, order: int, owner: str, id_: str) -> None:
        """Add a credential that is an entry of its own."""
        caller = self.callers.get(owner)
        if caller is None:
            raise InvalidEntry(
                "failed to get the consumer for the credential, a wild credential "
                "has appeared"
            )
        self._add(entry.table, entry.at, order, caller, id_)

    def _add(
        self,
        table: Mapping[str, object],
        at: Path,
        order: int,
        caller: Caller,
        id_: str | None,
    ) -> None:
        found = jwt_block(table, at, self._context)
        if found is None:
            return
        if id_ is None:
            raise InvalidEntry('property "id" is required')
        place, block = found
        row = self._row(block, place, order, caller, id_)
        if row is not None:
            self.rows.add(row)

    def _own(self, entry: Entry, caller: Caller, order: int) -> Row | None:
        plugins = cast("dict[str, dict[str, object]]", entry.table.get("plugins", {}))
        if JWT_AUTH not in plugins:
            return None
        at = (*entry.at, "plugins", JWT_AUTH)
        return self._row(plugins[JWT_AUTH], at, order, caller, None)

    def _row(
        self,
        block: Mapping[str, object],
        at: Path,
        order: int,
        caller: Caller,
        id_: str | None,
    ) -> Row | None:
        try:
            made = read_credential(
                block, at, self._context, owner=caller.consumer, id=id_
            )
        except InvalidEntry as invalid:
            raise InvalidEntry(
                f"failed to check the configuration of plugin {JWT_AUTH} err: {invalid}"
            ) from None
        if made is None:
            return None
        return Row(made=made, owner=caller.name, id=id_, at=at, order=order)

    def _caller(self, entry: Entry) -> Caller:
        name = str(entry.table["username"])
        group = id_text(entry.table.get("group_id"))
        if group is not None and group not in self._groups:
            raise InvalidEntry(f"failed to fetch consumer group config by id: {group}")
        carried = read_carried(
            entry.table.get("plugins"),
            (*entry.at, "plugins"),
            self._context,
            resource=f"/consumers/{name}",
            of_consumer=True,
        )
        if group is not None:
            carried = carried.over(self._groups[group].carried)
        labels = cast("dict[str, str]", entry.table.get("labels", {}))
        try:
            consumer = Consumer(
                id=name,
                username=name,
                custom_id=labels.get("custom_id"),
                groups=() if group is None else (group,),
            )
        except ConfigurationError as error:
            raise InvalidEntry(error.problems[0]) from None
        return Caller(consumer=consumer, carried=carried, at=entry.at)
