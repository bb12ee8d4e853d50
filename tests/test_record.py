import pytest

from jwtgate.record import per_request


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
