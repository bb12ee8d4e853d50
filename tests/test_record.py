from dataclasses import dataclass, field, make_dataclass

import pytest

from jwtgate.record import Record, per_request


@per_request
class Point:
    """A value for the tests."""

    x: int
    y: int = 0


def test_fields_are_given_in_order_or_by_name() -> None:
    """The constructor is that of a dataclass."""
    point = Point(1, y=2)
    assert (point.x, point.y) == (1, 2)


def test_a_default_stands_in() -> None:
    """A field that is left out has its default."""
    assert Point(1).y == 0


def test_two_values_are_equal_only_as_objects() -> None:
    """No comparison looks into the fields, for claims may be large."""
    point = same = Point(1)
    assert point == same
    assert point != Point(1)


def test_a_value_can_be_a_member_of_a_set() -> None:
    """Equal as objects means hashable as objects."""
    assert len({Point(1), Point(1)}) == 2


def test_a_value_has_slots() -> None:
    """A value has no dictionary, so that a misspelt field is an error."""
    with pytest.raises(AttributeError):
        object.__setattr__(Point(1), "z", 3)


def test_a_value_shows_its_fields() -> None:
    """What one sees of a value is its fields."""
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Place(Record):
    """A value for the tests, made at start-up."""

    name: str
    floor: object = 0
    note: str = field(default="", compare=False)
    key: str = field(default="", hash=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class OtherPlace(Record):
    """One with the same fields."""

    name: str
    floor: object = 0


def test_records_with_equal_fields_are_equal() -> None:
    """A record is compared by its fields."""
    assert Place("hall") == Place("hall", 0)
    assert Place("hall") != Place("hall", 1)


def test_a_field_may_be_left_out_of_comparison() -> None:
    """What has ``compare=False`` changes neither equality nor hash."""
    one, other = Place("hall", note="new"), Place("hall", note="old")
    assert one == other
    assert len({one, other}) == 1


def test_a_field_may_be_left_out_of_the_hash() -> None:
    """What has ``hash=False`` is compared all the same."""
    one, other = Place("hall", key="a"), Place("hall", key="b")
    assert one != other
    assert hash(one) == hash(other)


def test_records_of_two_classes_differ() -> None:
    """Equal fields do not make a record of another class equal, nor any object."""
    assert Place("hall") != OtherPlace("hall")
    assert Place("hall") != "hall"


def test_a_record_with_what_cannot_be_hashed_cannot_be_hashed() -> None:
    """A record is as hashable as what it holds."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(Place("hall", []))


def test_a_record_shows_its_fields() -> None:
    """What has ``repr=False`` is not shown."""
    assert repr(Place("hall", key="a")) == "Place(name='hall', floor=0, note='')"


def test_a_record_is_what_a_dataclass_would_be() -> None:
    """The shared methods say what those of ``dataclass`` would."""
    made = make_dataclass(
        "Place", [("name", str), ("floor", object), ("note", str)], frozen=True
    )
    assert repr(Place("hall", 1, "x")) == repr(made("hall", 1, "x"))
    assert hash(OtherPlace("hall", 1)) == hash(("hall", 1))
