from collections.abc import Sequence

import pytest

from jwtgate import Consumer
from jwtgate.configs.context import Context
from jwtgate.configs.kong.consumers import read_consumers
from jwtgate.configs.kong.document import read_document
from tests.configs.kong.kit import ID, OTHER_ID, context, root, sentences


def read(given: Context, **members: object) -> Sequence[Consumer]:
    """Make the consumers of a file."""
    return list(read_consumers(read_document(root(**members), given), given).values())


def made(**members: object) -> Consumer:
    """Make one consumer."""
    given = context()
    (found,) = read(given, consumers=[members])
    assert not given.problems
    return found


def told(*consumers: object, **members: object) -> tuple[str, ...]:
    """Give the problems of consumers."""
    given = context()
    read(given, consumers=list(consumers), **members)
    return sentences(given.problems)


def test_a_consumer_has_its_members() -> None:
    """All that Kong's has."""
    found = made(username="jack", custom_id="495aec6a", id=ID, tags=["a", "b"])
    assert found == Consumer(
        username="jack", custom_id="495aec6a", id=ID, tags=("a", "b")
    )


def test_an_id_is_derived_as_kong_derives_it() -> None:
    """A uuid5 of the username, so that all nodes agree."""
    assert made(username="jack").id == "07bd6711-fcb1-52e8-ab36-925ec1bfedb5"


def test_a_consumer_without_username_has_an_id_that_stays() -> None:
    """Kong's is another one at each load."""
    given = context()
    (found,) = read(given, consumers=[{"custom_id": "a"}])
    assert found == Consumer(custom_id="a", id="3c656f3c-752c-5ab8-8aa6-4357859b9e7d")
    assert str(given.notes.report()) == (
        "warning: consumers[0]: has an id made of the custom_id; Kong's is random"
    )


def test_its_own_id_needs_no_note() -> None:
    """It is the same everywhere."""
    given = context()
    read(given, consumers=[{"custom_id": "a", "id": ID}])
    assert not given.notes.report()


def test_an_id_of_a_custom_id_is_not_that_of_a_username() -> None:
    """The same text names two consumers; terms go by the id."""
    given = context()
    found = read(given, consumers=[{"username": "bob"}, {"custom_id": "bob"}])
    assert not given.problems
    assert len({each.id for each in found}) == 2


DERIVED = [{"username": "jack"}, {"custom_id": "a"}]


@pytest.mark.parametrize("other", DERIVED)
def test_an_id_may_not_be_one_that_is_derived(other: dict[str, object]) -> None:
    """In Kong's words, whichever comes first in the file."""
    taken = made(**other).id
    own = {"username": "joe", "id": taken.upper()}
    for one, two in ((own, other), (other, own)):
        (problem,) = told(one, two)
        assert problem == (
            "consumers[1].id: uniqueness violation: 'consumers' entity with primary "
            f"key set to '{two.get('id', taken)}' already declared"
        )


def test_a_username_may_not_be_an_id_made_of_a_custom_id() -> None:
    """It is found by both."""
    username = made(custom_id="a").id
    assert told({"username": username}, {"custom_id": "a"}) == (
        "consumers[0].username: is the id of another consumer",
    )


def test_groups_are_those_of_acls() -> None:
    """Nested and at the top, each once."""
    given = context()
    jack, joe = read(
        given,
        consumers=[
            {"username": "jack", "acls": [{"group": "gold"}, {"group": "gold"}]},
            {"username": "joe"},
        ],
        acls=[{"consumer": "jack", "group": "silver"}],
    )
    assert jack.groups == ("gold", "silver")
    assert joe.groups == ()


ACLS: dict[str, tuple[object, str]] = {
    "none": ({}, "group: required field missing"),
    "null": ({"group": None}, "group: required field missing"),
    "kind": ({"group": 1}, "group: expected a string"),
    "comma": ({"group": "a,b"}, "group: a group's name may not have a comma"),
    "unknown": ({"group": "a", "name": "b"}, "name: unknown field"),
}


@pytest.mark.parametrize(("acl", "problem"), ACLS.values(), ids=ACLS.keys())
def test_a_group_that_cannot_be_is_told(acl: object, problem: str) -> None:
    """With its place."""
    assert told({"username": "jack", "acls": [acl]}) == (
        f"consumers[0].acls[0].{problem}",
    )


def test_a_group_at_the_top_has_a_consumer() -> None:
    """A foreign key is required."""
    assert told(acls=[{"group": "a"}]) == ("acls[0].consumer: required field missing",)


def test_a_group_of_nobody_is_told() -> None:
    """As Kong tells it."""
    (problem,) = told(acls=[{"group": "a", "consumer": "joe"}])
    assert problem.startswith("acls[0].consumer: invalid reference 'consumer: joe'")


def test_a_custom_id_is_unique() -> None:
    """In Kong's words."""
    (problem,) = told({"custom_id": "a"}, {"custom_id": "a"})
    assert problem == (
        "consumers[1].custom_id: uniqueness violation: 'consumers' entity with "
        "custom_id set to 'a' already declared"
    )


def test_an_id_may_not_be_anothers_username() -> None:
    """Consumers are found by both: terms of the one would be the other's."""
    assert told({"username": "jack", "id": ID}, {"username": ID}) == (
        "consumers[1].username: is the id of another consumer",
    )


def test_an_id_may_be_its_own_username() -> None:
    """Nobody else is meant."""
    assert told({"username": ID, "id": ID}, {"username": "b", "id": OTHER_ID}) == ()


def test_a_consumer_with_problems_is_left_out() -> None:
    """They were told."""
    given = context()
    assert read(given, consumers=[{"username": 1}]) == []
    assert len(given.problems) == 1


def test_a_name_that_is_no_header_is_told() -> None:
    """It would go into one."""
    (problem,) = told({"username": "a\nb"})
    assert problem.startswith("consumers[0]: names, ids and groups")
