from typing import Any

from jwtgate.stores.redis.documents import ConsumerDocument, KeyDocument
from jwtgate.stores.redis.footprints import consumer_footprint, key_footprint
from jwtgate.stores.redis.names import Names
from tests.kit import jack

NAMES = Names("p")


def lists_of(members: dict[tuple[bytes, str], int]) -> dict[str, int]:
    """Give the names of the lists, and the number of the one member."""
    (member,) = {member for _, member in members}
    assert member.startswith("[7, ")
    return {name.decode()[4:]: number for (name, _), number in members.items()}


def key_of(**fields: Any) -> KeyDocument:
    """Make the document of a key with one credential."""
    row = {"number": 7, "kid": None, "tags": ["a"], **fields}
    return KeyDocument("k", {"id": "i"}, (row,))


def test_a_consumer_is_found_by_its_names() -> None:
    """They give its id."""
    consumer = jack(id="i")
    texts = consumer_footprint(NAMES, ConsumerDocument.of(7, consumer)).texts
    names = {NAMES.username("jack"), NAMES.custom_id("495aec6a")}
    assert texts.keys() == {NAMES.consumer("i"), *names}
    assert {texts[name] for name in names} == {'"i"'}


def test_a_name_that_a_consumer_has_not_is_not_there() -> None:
    """An empty one is none."""
    consumer = jack(id="i", custom_id="")
    texts = consumer_footprint(NAMES, ConsumerDocument.of(7, consumer)).texts
    assert texts.keys() == {NAMES.consumer("i"), NAMES.username("jack")}


def test_a_consumer_is_in_the_lists_of_its_tags() -> None:
    """And in that of all."""
    document = ConsumerDocument.of(7, jack(tags=["a"]))
    members = consumer_footprint(NAMES, document).members
    assert lists_of(members) == {"consumers": 7, "consumers:tag:a": 7}


def test_a_credential_is_in_the_lists_of_its_tags_and_its_consumer() -> None:
    """And in those of both."""
    assert lists_of(key_footprint(NAMES, key_of()).members) == {
        "credentials": 7,
        "credentials:of:i": 7,
        "credentials:tag:a": 7,
        'credentials:both:["i", "a"]': 7,
    }


def test_what_is_not_there_leaves_nothing() -> None:
    """No consumer, and no key without credentials."""
    assert consumer_footprint(NAMES, None) == ({}, {})
    assert key_footprint(NAMES, KeyDocument("k", {}, ())) == ({}, {})
