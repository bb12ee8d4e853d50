import pytest

from jwtgate import Consumer
from jwtgate.configs.kong.directory import Directory, Entity, declared
from jwtgate.configs.kong.records import Record
from jwtgate.configs.problems import Problems
from jwtgate.configs.tree import BROKEN
from tests.configs.kong.kit import ID, OTHER_ID, sentences


class Known:
    """A directory of consumers, and what was told."""

    def __init__(self) -> None:
        self.problems = Problems()
        self.directory = Directory("consumers", "username", self.problems)

    def add(self, **members: object) -> Entity:
        """Add one."""
        at = ("consumers", len(self.directory))
        return self.directory.add(at, Record(members))

    def find(self, reference: object) -> Entity | None:
        """Find what an entry refers to."""
        return self.directory.find({"consumer": reference}, "consumer", ("x", 0))

    def find_within(self, reference: object, within: Entity) -> Entity | None:
        """Find what an entry that stands in an entity refers to."""
        table = {"consumer": reference}
        return self.directory.find(table, "consumer", ("x", 0), within)


REFERENCES: dict[str, object] = {
    "name": "jack",
    "id": ID,
    "id in capitals": ID.upper(),
    "table with a name": {"username": "jack"},
    "table with an id": {"id": ID},
    "table with both": {"id": ID, "username": "joe"},
}


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=REFERENCES.keys())
def test_an_entity_is_found_by_name_or_id(reference: object) -> None:
    """As text, or in a table."""
    known = Known()
    jack = known.add(username="jack", id=ID)
    assert known.find(reference) is jack


def test_an_entity_is_found_by_the_id_that_kong_derives() -> None:
    """Files that Kong exports have it."""
    known = Known()
    jack = known.add(username="jack")
    assert known.find(Consumer(username="jack").id) is jack


def test_an_entity_is_not_found_by_another_member() -> None:
    """A custom_id is no reference."""
    known = Known()
    known.add(username="jack", custom_id="495aec6a")
    assert known.find("495aec6a") is None
    (problem,) = sentences(known.problems)
    assert problem == (
        "x[0].consumer: invalid reference 'consumer: 495aec6a' (no such entry in "
        "'consumers')"
    )


@pytest.mark.parametrize("value", [1, True, [], {}, {"id": 1}, {"name": "jack"}])
def test_what_is_no_reference_is_told(value: object) -> None:
    """A text is expected."""
    known = Known()
    assert known.find(value) is None
    assert sentences(known.problems) == ("x[0].consumer: expected a string",)


@pytest.mark.parametrize("name", ["id", "username"])
def test_a_reference_holds_nothing_else(name: str) -> None:
    """What else there is would be lost."""
    known = Known()
    jack = known.add(username="jack", id=ID)
    value = jack.members.text(name)
    assert known.find({name: value, "jwt_secrets": []}) is None
    assert sentences(known.problems) == (
        "x[0].consumer: expected an id or a name alone",
    )


def test_an_entry_may_refer_to_what_it_stands_in() -> None:
    """By any of its names."""
    known = Known()
    jack = known.add(username="jack", id=ID)
    for reference in (None, "jack", {"id": ID}):
        known.find_within(reference, jack)
    assert not known.problems


def test_an_entry_may_not_refer_to_another_than_it_stands_in() -> None:
    """One of both was not meant."""
    known = Known()
    jack = known.add(username="jack")
    known.add(username="joe")
    known.find_within("joe", jack)
    assert sentences(known.problems) == (
        "x[0].consumer: refers to another consumer than it stands in",
    )


@pytest.mark.parametrize("value", [None, BROKEN, {"id": BROKEN}])
def test_no_reference_is_none(value: object) -> None:
    """Nothing is told of it, or was already."""
    known = Known()
    assert known.find(value) is None
    assert not known.problems


def test_a_reference_that_was_resolved_is_not_shown() -> None:
    """It may point at a secret."""
    known = Known()
    known.problems.references["hunter2"] = "$env://NAME"
    known.find("hunter2")
    assert "hunter2" not in sentences(known.problems)[0]


def test_a_name_is_unique() -> None:
    """In Kong's words, where the second one is; the first one is found."""
    known = Known()
    first = known.add(username="jack")
    known.add(username="jack")
    (problem,) = sentences(known.problems)
    assert problem == (
        "consumers[1].username: uniqueness violation: 'consumers' entity with "
        "username set to 'jack' already declared"
    )
    assert known.find("jack") is first


def test_an_id_is_unique() -> None:
    """In Kong's words."""
    known = Known()
    known.add(id=ID)
    known.add(id=ID.upper())
    (problem,) = sentences(known.problems)
    assert problem == (
        "consumers[1].id: uniqueness violation: 'consumers' entity with primary key "
        f"set to '{ID.upper()}' already declared"
    )


def test_an_entity_is_found_by_id_alone() -> None:
    """For who must not take it for a name."""
    known = Known()
    jack = known.add(username="jack", id=ID)
    assert known.directory.by_id(ID) is jack
    assert known.directory.by_id("jack") is None


def test_a_directory_gives_all_in_order() -> None:
    """Those without a name, too."""
    known = Known()
    entities = [known.add(username="jack"), known.add(), known.add(id=OTHER_ID)]
    assert list(known.directory) == entities
    assert len(known.directory) == 3


@pytest.mark.parametrize(
    ("members", "label"),
    [
        ({"id": ID, "name": "a"}, ID),
        ({"name": "a"}, "a"),
        ({}, "routes[2]"),
    ],
)
def test_a_label_stays_while_it_can(members: dict[str, object], label: str) -> None:
    """Counters go by it."""
    record = Record(members)
    entity = Entity(at=("routes", 2), members=record, name=record.text("name"))
    assert entity.label == label


def test_entities_are_the_same_only_as_themselves() -> None:
    """Two that are alike may have other plugins."""
    one, other = (Entity(at=(), members=Record({})) for _ in range(2))
    assert one != other


def test_what_is_declared_twice_is_shown_as_written() -> None:
    """A key may be a reference's."""
    problems = Problems()
    problems.references["hunter2"] = "$env://KEY"
    assert "'$env://KEY'" in declared("jwt_secrets", "key", "hunter2", problems)
