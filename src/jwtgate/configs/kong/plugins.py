"""Which plugins a file has, which of them are carried over, and for what they hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar, final

from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Entity
from jwtgate.configs.kong.document import Document, Entry
from jwtgate.configs.kong.fields import Field, as_written
from jwtgate.configs.kong.members import PLUGIN
from jwtgate.configs.kong.names import CARRIED, HARMLESS
from jwtgate.configs.kong.records import Record, read_record
from jwtgate.configs.kong.refusing import refuse_or_drop
from jwtgate.configs.problems import Path
from jwtgate.configs.tree import is_broken

__all__ = ["Plugin", "Scoped", "read_plugins"]

_T = TypeVar("_T")
_HTTP: Final = frozenset({"http", "https"})
# In Kong they hold for a service or a route, whoever calls.
_OF_NO_CONSUMER: Final = frozenset({"jwt", "acl"})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A plugin that is carried over.

    Attributes:
        name: Its name.
        at: Where it is.
        configs: Its config, and the one of decK's ``_plugin_configs`` that it names,
            each with its place.
        route: Its requests are those of this route; of any if None.
        service: The same.
        consumer: The same.
    """

    name: str
    at: Path
    configs: Sequence[tuple[Path, Mapping[str, object]]]
    route: Entity | None = None
    service: Entity | None = None
    consumer: Entity | None = None

    @property
    def config(self) -> Path:
        """Where its config is."""
        return (*self.at, "config")

    def given(self, name: str) -> object:
        """Give a member of its config as it stands there; None if there is none."""
        return next((table[name] for _, table in self.configs if name in table), None)

    def place(self, *names: str) -> Path:
        """Tell where a member of its config is, or would be."""
        for at, table in self.configs:
            if names[0] in table:
                return (*at, *names)
        return (*self.config, *names)

    def read(self, fields: Mapping[str, Field], context: Context) -> Record:
        """Read its config, and report what that may not be."""
        found = Record({})
        above: set[str] = set()  # nulls, too: decK takes them for members
        for at, table in self.configs:
            rest = {name: table[name] for name in table if name not in above}
            found = found.over(read_record(rest, fields, at, context.problems))
            above |= table.keys()
        return found


def read_plugins(document: Document, context: Context) -> Iterator[Plugin]:
    """Give the plugins that are carried over; the others are told."""
    for entry in document.plugins:
        table = entry.table
        found = _named(entry, document)
        name = table.get("name")
        if not isinstance(name, str) or name in CARRIED:
            record = read_record(table, PLUGIN, entry.at, context.problems)
            if "name" not in table:
                place = (*entry.at, "name")
                context.problems.add(place, "required field missing")
            if any(each is None and table.get(kind) for kind, each in found.items()):
                continue  # told already; one that holds nowhere is no global one
            if record.text("name") and _holds(
                record, entry, found["consumer"], context
            ):
                yield Plugin(
                    name=str(name),
                    at=entry.at,
                    configs=tuple(_configs(record, entry, document, context)),
                    route=entry.route or found["route"],
                    service=entry.service or found["service"],
                    consumer=found["consumer"],
                )
        elif table.get("enabled") is not False:
            _tell(name, entry.at, context)


def _named(entry: Entry, document: Document) -> Mapping[str, Entity | None]:
    table, at, route = entry.table, entry.at, entry.route
    around = entry.service or (route and document.service_of.get(route))
    return {
        "route": document.routes.find(table, "route", at, route),
        "service": document.services.find(table, "service", at, around),
        "consumer": document.owner(entry),
    }


def _tell(name: str, at: Path, context: Context) -> None:
    if name in HARMLESS:
        context.notes.add("dropped", at, f"{name} is not carried over")
    else:
        refuse_or_drop(name, at, context)


def _holds(
    record: Record, entry: Entry, consumer: Entity | None, context: Context
) -> bool:
    name = str(record.text("name"))
    if not record.switch("enabled", default=True):
        return False
    if entry.in_group or "consumer_group" in record:
        refuse_or_drop(name, entry.at, context, "holds for a consumer group")
        return False
    if record.get("partials"):
        at = (*entry.at, "partials")
        refuse_or_drop(name, at, context, "partials are not put together here")
        return False
    if consumer is not None and name in _OF_NO_CONSUMER:
        context.problems.add((*entry.at, "consumer"), "value must be null")
        return False
    if record.get("ordering"):
        context.notes.add(
            "dropped", (*entry.at, "ordering"), "plugins run in their usual order"
        )
    protocols = record.texts("protocols")
    if protocols and not _HTTP & set(protocols):
        context.notes.add(
            "warning", (*entry.at, "protocols"), "not looked at: it holds for HTTP"
        )
    return True


def _configs(
    record: Record, entry: Entry, document: Document, context: Context
) -> Iterator[tuple[Path, Mapping[str, object]]]:
    own = entry.table.get("config")
    if isinstance(own, dict):
        yield (*entry.at, "config"), own
    name = record.text("_config")
    if name is None:
        return
    block = document.named_configs.get(name)
    if isinstance(block, dict):
        yield ("_plugin_configs", name), block
    elif not is_broken(block):
        written = as_written(name, context.problems)
        context.problems.add(
            (*entry.at, "_config"),
            f"invalid reference '_config: {written}' (no such entry in "
            "'_plugin_configs')",
        )


@final
class Scoped(Generic[_T]):
    """What the plugins of one name say, found by what they hold for."""

    def __init__(self) -> None:
        self._values: dict[tuple[Entity | None, ...], _T] = {}
        self._by_consumer: dict[tuple[Entity | None, ...], dict[Entity, _T]] = {}

    def put(self, plugin: Plugin, value: _T, context: Context) -> None:
        """Add what a plugin says; another one for the very same is a problem."""
        place = plugin.route, plugin.service
        known = (*place, plugin.consumer) in self._values
        if known:
            context.problems.add(
                plugin.at,
                f"uniqueness violation: 'plugins' entity with name '{plugin.name}' "
                "already declared for this scope",
            )
            return
        self._values[*place, plugin.consumer] = value
        if plugin.consumer is not None:
            self._by_consumer.setdefault(place, {})[plugin.consumer] = value

    def __iter__(self) -> Iterator[_T]:
        """Give all that was said."""
        return iter(self._values.values())

    def find(
        self,
        route: Entity | None,
        service: Entity | None,
        consumer: Entity | None = None,
    ) -> _T | None:
        """Find what holds for requests: the most specific one, as a whole.

        Source: Kong 3.10, ``kong/runloop/plugins_iterator.lua``.
        """
        own = [consumer] if consumer is not None else []
        scopes = [
            *((route, service, each) for each in own),
            *((route, None, each) for each in own),
            *((None, service, each) for each in own),
            (route, service, None),
            *((None, None, each) for each in own),
            (route, None, None),
            (None, service, None),
            (None, None, None),
        ]
        return next(
            (self._values[each] for each in scopes if each in self._values), None
        )

    def consumers(
        self, route: Entity | None, service: Entity | None
    ) -> tuple[Mapping[Entity, _T], ...]:
        """Give what is said of consumers on a route, be it the closest or not."""
        places = dict.fromkeys(
            [(route, service), (route, None), (None, service), (None, None)]
        )
        return tuple(
            self._by_consumer[place] for place in places if place in self._by_consumer
        )
