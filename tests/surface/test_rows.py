from jwtgate.surface.layers import Stated
from jwtgate.surface.rows import Place, View, endpoints_of, merged

OPEN = Place(path="/x", pattern="/x")


def test_place_below_another() -> None:
    """Paths are joined, and so are patterns."""
    place = Place(path="/{a}", pattern="/*").below("/b", "/b")
    assert (place.path, place.pattern, place.depth) == ("/{a}/b", "/*/b", 2)


def test_place_of_a_host() -> None:
    """It is in front of the path; a gate sees paths."""
    place = OPEN.below_host("a.example")
    assert (place.path, place.pattern) == ("a.example/x", "/x")


def test_place_behind_guards() -> None:
    """They are further in."""
    first, second = Stated("public", "a"), Stated("public", "b")
    assert OPEN.behind(first).behind(second).layers == (first, second)


def test_view_at_the_root() -> None:
    """A path that is empty is a slash."""
    assert next(endpoints_of(View(at=Place(), name="v"))).path == "/"


def test_rows_that_differ_in_methods_are_one() -> None:
    """Where a view has all of them, so has the row."""
    rows = [
        row
        for methods in (("GET",), ("POST", "GET"))
        for row in endpoints_of(View(at=OPEN, name="v", methods=methods))
    ]
    assert [row.methods for row in merged(rows)] == [("GET", "POST")]
    assert merged(endpoints_of(View(at=OPEN, name="v")))[0].methods == ()


def test_head_comes_with_get() -> None:
    """It says no more."""
    for methods, told in ((("GET", "HEAD"), ("GET",)), (("HEAD",), ("HEAD",))):
        rows = endpoints_of(View(at=OPEN, name="v", methods=methods))
        assert [row.methods for row in merged(rows)] == [told]
