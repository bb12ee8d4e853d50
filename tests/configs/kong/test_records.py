import pytest

from jwtgate.configs.kong.fields import ANY, BOOLEAN, NUMBER, STRING, Field, set_of
from jwtgate.configs.kong.records import Record, read_record, records
from jwtgate.configs.problems import Problems
from jwtgate.configs.tree import BROKEN
from tests.configs.kong.kit import sentences

FIELDS = {
    "name": Field(test=STRING),
    "on": Field(test=BOOLEAN, required=True),
    "amount": Field(test=NUMBER),
    "tags": Field(test=set_of(STRING)),
    "rest": Field(test=ANY),
}


def read(**members: object) -> tuple[Record, tuple[str, ...]]:
    """Read a table, and give what was told."""
    problems = Problems()
    record = read_record(members, FIELDS, ("a",), problems)
    return record, sentences(problems)


def test_a_record_has_the_members_that_fit() -> None:
    """Each as it was."""
    record, _ = read(name="jack", on=False, amount=2.5, tags=["a"], rest={"b": 1})
    assert record.members == {
        "name": "jack",
        "on": False,
        "amount": 2.5,
        "tags": ["a"],
        "rest": {"b": 1},
    }


def test_an_unknown_member_is_told() -> None:
    """As Kong does."""
    record, problems = read(label="jack")
    assert problems == ("a.label: unknown field",)
    assert "label" not in record
    assert not record.is_whole


def test_a_member_that_does_not_fit_is_as_if_left_out() -> None:
    """It was told."""
    record, problems = read(name=1)
    assert problems == ("a.name: expected a string",)
    assert "name" not in record
    assert not record.is_whole


def test_null_is_as_if_left_out() -> None:
    """In Kong it is no value."""
    record, problems = read(name=None)
    assert problems == ()
    assert "name" not in record
    assert record.is_whole


def test_null_is_refused_where_a_value_is_required() -> None:
    """A default is not taken in its place."""
    record, problems = read(on=None)
    assert problems == ("a.on: required field missing",)
    assert not record.is_whole


def test_an_unknown_null_is_told() -> None:
    """As any unknown member."""
    assert read(label=None)[1] == ("a.label: unknown field",)


def test_what_was_told_already_is_as_if_left_out() -> None:
    """Whatever it was to be."""
    record, problems = read(name=BROKEN, tags=["a", BROKEN])
    assert problems == ()
    assert record.members == {}
    assert not record.is_whole


FULL = Record({"name": "jack", "on": True, "amount": 2, "tags": ["a", 1]})


def test_members_are_read_by_type() -> None:
    """So that no type is lost."""
    assert FULL.get("name") == FULL.text("name") == "jack"
    assert FULL.switch("on", default=False) is True
    assert FULL.number("amount") == 2
    assert FULL.texts("tags") == ("a",)


def test_members_that_are_not_there_have_defaults() -> None:
    """Another type is as if it was not there."""
    assert FULL.get("b") is None
    assert FULL.text("amount") is None
    assert FULL.number("name") is None
    assert FULL.texts("name") == ()


@pytest.mark.parametrize("default", [True, False])
def test_a_switch_has_its_default(default: bool) -> None:  # noqa: FBT001 - a column
    """Where it is left out."""
    assert FULL.switch("off", default=default) is default


def test_a_record_is_put_over_another() -> None:
    """Its own members win."""
    over = Record({"a": 1}).over(Record({"a": 2, "b": 3}))
    assert over == Record({"a": 1, "b": 3})


def test_two_records_are_whole_if_both_are() -> None:
    """Either may lack a member."""
    whole, broken = Record({}), Record({}, is_whole=False)
    assert whole.over(whole).is_whole
    assert not whole.over(broken).is_whole
    assert not broken.over(whole).is_whole


def test_records_come_with_their_places() -> None:
    """Each table of the list."""
    found = list(records({"a": [{"b": 1}, {}]}, "a", ("c", 0), Problems()))
    assert found == [(("c", 0, "a", 0), {"b": 1}), (("c", 0, "a", 1), {})]


@pytest.mark.parametrize("table", [{}, {"a": None}, {"a": BROKEN}, {"a": [BROKEN]}])
def test_there_may_be_no_records(table: dict[str, object]) -> None:
    """Nothing is told of it."""
    problems = Problems()
    assert not list(records(table, "a", (), problems))
    assert not problems


@pytest.mark.parametrize(
    ("value", "problem"),
    [({}, "a: expected an array"), ([1], "a[0]: expected a record")],
)
def test_what_are_no_records_is_told(value: object, problem: str) -> None:
    """In Kong's words."""
    problems = Problems()
    assert not list(records({"a": value}, "a", (), problems))
    assert sentences(problems) == (problem,)
