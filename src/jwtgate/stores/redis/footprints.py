"""What a consumer, or a key, leaves in Redis: its document, and where it is found."""

import json
from typing import NamedTuple

from jwtgate.stores.redis.documents import ConsumerDocument, KeyDocument, Member
from jwtgate.stores.redis.names import Names

__all__ = ["Footprint", "consumer_footprint", "key_footprint"]


class Footprint(NamedTuple):
    """What Redis has to hold.

    A change is made by going from one footprint to another, so that no list can be
    forgotten.

    Attributes:
        texts: By their names.
        members: The numbers of lists' members, by the name of the list and the member.
    """

    texts: dict[bytes, str]
    members: dict[tuple[bytes, str], int]


def consumer_footprint(names: Names, document: ConsumerDocument | None) -> Footprint:
    """Give what a consumer leaves; None leaves nothing."""
    if document is None:
        return Footprint({}, {})
    record, id_ = document.record, document.id
    texts = {names.consumer(id_): document.written()}
    if record["username"]:
        texts[names.username(record["username"])] = json.dumps(id_)
    if record["custom_id"]:
        texts[names.custom_id(record["custom_id"])] = json.dumps(id_)
    member = Member(document.number, id_).written()
    lists = [names.consumers(tag) for tag in (None, *record["tags"])]
    return Footprint(texts, {(name, member): document.number for name in lists})


def key_footprint(names: Names, document: KeyDocument) -> Footprint:
    """Give what a key and its credentials leave; without any, nothing."""
    if not document.rows:
        return Footprint({}, {})
    texts = {names.key(document.key): document.written()}
    members = {}
    for row in document.rows:
        member = Member(row["number"], document.key, row["kid"]).written()
        for tag in (None, *row["tags"]):
            for owner in (None, document.owner["id"]):
                members[names.credentials(owner, tag), member] = row["number"]
    return Footprint(texts, members)
