"""The services, routes and consumers of a file, as its other entries refer to them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final
from uuid import UUID, uuid5

from jwtgate.configs.kong.fields import as_written
from jwtgate.configs.kong.records import Record
from jwtgate.configs.problems import Path, Problems, shown
from jwtgate.configs.tree import is_broken

__all__ = ["Directory", "Entity", "declared", "derived_id"]

_ENTITIES: Final = UUID("fd02801f-0957-4a15-a55a-c8d9606f30b5")


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entity:
    """A service, a route or a consumer; the same only as itself.

    Attributes:
        at: Where it is.
        members: What it holds.
        name: What it is called: its name or username, if it has one.
    """

    at: Path
    members: Record
    name: str | None = None

    @property
    def label(self) -> str:
        """What tells it from its siblings, the same at each reading if it can be."""
        return self.members.text("id") or self.name or shown(self.at)


@final
class Directory:
    """The entities of one kind.

    Args:
        kind: What Kong calls them: ``services``, ``routes``, ``consumers``.
        key: The member with their name, which is unique.
        problems: Takes names and ids that are taken.
    """

    def __init__(self, kind: str, key: str, problems: Problems) -> None:
        self._kind = kind
        self._key = key
        self._problems = problems
        self._entities: list[Entity] = []
        self._names: dict[str, Entity] = {}
        self._ids: dict[str, Entity] = {}

    def __iter__(self) -> Iterator[Entity]:
        """Give them in the order of the file."""
        return iter(self._entities)

    def __len__(self) -> int:
        """Count them."""
        return len(self._entities)

    def add(self, at: Path, members: Record) -> Entity:
        """Add one."""
        name = members.text(self._key)
        entity = Entity(at=at, members=members, name=name)
        self._entities.append(entity)
        fresh = name is None or self._index(self._names, name, entity, self._key)
        identity = members.text("id")
        if identity is not None:
            self._index(self._ids, identity.lower(), entity, "id")
        elif name is not None and fresh:
            self._ids.setdefault(derived_id(self._kind, name), entity)
        return entity

    def _index(
        self, index: dict[str, Entity], value: str, entity: Entity, member: str
    ) -> bool:
        if index.setdefault(value, entity) is entity:
            return True
        given = entity.members.text(member) or value
        sentence = declared(self._kind, member, given, self._problems)
        self._problems.add((*entity.at, member), sentence)
        return False

    def by_id(self, identity: str) -> Entity | None:
        """Find one by its id alone."""
        return self._ids.get(identity.lower())

    def find(
        self,
        table: Mapping[str, object],
        member: str,
        at: Path,
        within: Entity | None = None,
    ) -> Entity | None:
        """Find the one that a member of a table refers to, by name or id.

        Args:
            table: Its member is a text, or a table with an id or a name, or it has
                none.
            member: ``service``, ``route``, ``consumer``.
            at: Where the table is.
            within: The one that the table stands in; another one is a problem.

        Returns:
            None if there is none; where there should be, a problem was reported.
        """
        value = table.get(member)
        if value is None or is_broken(value):
            return None
        place = (*at, member)
        named = self._named(value, place)
        if named is None:
            return None
        found = self._names.get(named) or self.by_id(named)
        if found is None:
            text = as_written(named, self._problems)
            self._problems.add(
                place,
                f"invalid reference '{member}: {text}' (no such entry in "
                f"'{self._kind}')",
            )
        elif within is not None and found is not within:
            self._problems.add(place, f"refers to another {member} than it stands in")
        return found

    def _named(self, value: object, at: Path) -> str | None:
        named = value
        if isinstance(value, dict):
            named = value.get("id") or value.get(self._key)
        if not isinstance(named, str):
            self._problems.add(at, "expected a string")
        elif isinstance(value, dict) and value.keys() - {"id", self._key}:
            self._problems.add(at, "expected an id or a name alone")
        else:
            return named
        return None


def derived_id(kind: str, name: str) -> str:
    """Derive the id of an entity as Kong does, so that all of its nodes agree."""
    return str(uuid5(uuid5(_ENTITIES, kind), name))


def declared(kind: str, member: str, value: str, problems: Problems) -> str:
    """Say that a value which must be unique is there already, as Kong does."""
    what = "primary key" if member == "id" else member
    return (
        f"uniqueness violation: '{kind}' entity with {what} set to "
        f"'{as_written(value, problems)}' already declared"
    )
