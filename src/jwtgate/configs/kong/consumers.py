"""Consumers of a file of Kong's, each with the groups that the acl plugin knows."""

from collections import defaultdict
from collections.abc import Mapping

from jwtgate.configs.context import Context
from jwtgate.configs.kong.directory import Entity, declared
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
    _check_names(document, context.problems)
    found = {}
    for entity in document.consumers:
        members = entity.members
        if entity.name is None and members.text("custom_id") is None:
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
                custom_id=members.text("custom_id"),
                id=members.text("id") or "",
                groups=tuple(dict.fromkeys(groups[entity])),
                tags=members.texts("tags"),
            )
        except ConfigurationError as error:
            context.problems.add_all(entity.at, error.problems, ())
    return found


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


def _check_names(document: Document, problems: Problems) -> None:
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
        if entity.name is None:
            continue
        # Consumers are found by both, so one's id may not be another's username.
        other = document.consumers.by_id(entity.name)
        if other is not None and other is not entity:
            problems.add((*entity.at, "username"), "is the id of another consumer")
