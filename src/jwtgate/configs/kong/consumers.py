"""Consumers of a file of Kong's, each with the groups that the acl plugin knows."""

from collections import defaultdict
from collections.abc import Mapping

from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Entity, declared, derived_id
from jwtgate.configs.kong.document import Document
from jwtgate.configs.kong.members import ACL
from jwtgate.configs.kong.records import read_record
from jwtgate.configs.problems import Problems
from jwtgate.consumer import Consumer
from jwtgate.errors import ConfigurationError

__all__ = ["read_consumers"]


def read_consumers(document: Document, context: Context) -> Mapping[Entity, Consumer]:
    """Make the consumers of a file; those with problems are left out."""
    groups = _read_groups(document, context)
    _check_custom_ids(document, context.problems)
    found = {}
    for entity in document.consumers:
        members = entity.members
        custom_id = members.text("custom_id")
        if entity.name is None and custom_id is None:
            continue
        if entity.name is None and "id" not in members:
            context.notes.add(
                "warning",
                entity.at,
                "has an id made of the custom_id; Kong's is random",
            )
        try:
            found[entity] = Consumer(
                username=entity.name,
                custom_id=custom_id,
                id=members.text("id") or _derived(entity.name, custom_id),
                groups=tuple(dict.fromkeys(groups[entity])),
                tags=members.texts("tags"),
            )
        except ConfigurationError as error:
            context.problems.add_all(entity.at, error.problems, ())
    _check_ids(found, context.problems)
    return found


def _derived(username: str | None, custom_id: str | None) -> str:
    if username is not None:
        return derived_id("consumers", username)
    # Of another kind than Kong's: one's custom_id may be another's username.
    return derived_id("consumers by custom_id", str(custom_id))


def _read_groups(
    document: Document, context: Context
) -> defaultdict[Entity, list[str]]:
    problems = context.problems
    groups: defaultdict[Entity, list[str]] = defaultdict(list)
    for entry in document.acls:
        record = read_record(entry.table, ACL, entry.at, problems)
        owner = document.owner(entry)
        for name in ("group", *(() if entry.consumer else ("consumer",))):
            if name not in entry.table:
                problems.add((*entry.at, name), "required field missing")
        group = record.text("group")
        if group is not None and "," in group:
            problems.add((*entry.at, "group"), "a group's name may not have a comma")
        elif group is not None and owner is not None:
            groups[owner].append(group)
    return groups


def _check_custom_ids(document: Document, problems: Problems) -> None:
    custom_ids: set[str] = set()
    for entity in document.consumers:
        custom_id = entity.members.text("custom_id")
        if custom_id in custom_ids:
            problems.add(
                (*entity.at, "custom_id"),
                declared("consumers", "custom_id", str(custom_id), problems),
            )
        elif custom_id is not None:
            custom_ids.add(custom_id)


def _check_ids(found: Mapping[Entity, Consumer], problems: Problems) -> None:
    owners: dict[str, Entity] = {}
    for entity, consumer in found.items():
        first = owners.setdefault(consumer.id.lower(), entity)
        # Two that are given, or made of the same name, were told.
        if ("id" in first.members) is not ("id" in entity.members):
            sentence = declared("consumers", "id", consumer.id, problems)
            problems.add((*entity.at, "id"), sentence)
    for entity in found:
        # Consumers are found by both, so one's id may not be another's username.
        if entity.name and owners.get(entity.name.lower(), entity) is not entity:
            problems.add((*entity.at, "username"), "is the id of another consumer")
