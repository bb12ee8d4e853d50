import pytest

from jwtgate import Route
from jwtgate.surface.pattern import ANY, REST, SOME, filled, in_common, stand_in

CASES = [
    ("/orders", "/orders", "/orders"),
    ("/orders", "/other", None),
    ("/orders", "/orders/x", None),
    ("/orders/*", "/orders/x", "/orders/x"),
    ("/orders/*", "/orders", None),
    ("/orders/*/items", "/orders/*", f"/orders/{SOME}/items"),
    ("/*/items", "/orders/*", "/orders/items"),
    ("/Orders", "/orders", "/Orders"),
    ("/v*/x", "/v1/x", "/v1/x"),
    ("/v*/x", "/w1/x", None),
    ("/**", "/a/b", "/a/b"),
    ("/**", "/a/*", f"/a/{SOME}"),
    ("/**", "/*", f"/{SOME}"),
    ("/a/**", "/a", None),
    ("/files/**", "/files/x", "/files/x"),
    ("/files/**", "/files/x/*", f"/files/x/{SOME}"),
    ("/files/**", "/other/*", None),
    ("/orders/x", "/ord*", "/orders/x"),
    ("/other", "/ord*", None),
    ("/*", "/ord*", f"/ord{SOME}"),
    ("/**", "/ord*", f"/ord{SOME}"),
    ("/orders/x", "/orders/x/y/*", None),
]


@pytest.mark.parametrize(("pattern", "path", "common"), CASES)
def test_path_in_common(pattern: str, path: str, common: str | None) -> None:
    """A path of a pattern that a gate's route has, too; None if there is none."""
    assert in_common(pattern, Route(path=path)) == common


@pytest.mark.parametrize(
    ("pattern", "common"),
    [
        ("/orders/x", "/orders/x"),
        ("/orders", None),
        ("/orders/*", f"/orders/{SOME}"),
        ("/orders/**", f"/orders/{SOME}"),
    ],
)
def test_path_in_common_with_a_prefix(pattern: str, common: str | None) -> None:
    """A gateway's prefix goes letter by letter."""
    assert in_common(pattern, Route(path="/orders/", prefix=True)) == common


def test_filled_pattern_is_a_path_that_no_route_names() -> None:
    """It stands for all the others."""
    assert filled("/a/*/b/**") == f"/a/{SOME}/b/{SOME}"


@pytest.mark.parametrize(
    ("regex", "stands_in"),
    [
        (".*", REST),
        ("[a-z/]+", REST),
        (r"\d+/\d+", REST),
        ("[^/]+", ANY),
        ("[0-9]+", ANY),
        (r"[0-9]+(\.[0-9]+)?", ANY),
    ],
)
def test_what_stands_for_a_converter(regex: str, stands_in: str) -> None:
    """More than a segment, if it takes a slash."""
    assert stand_in(regex) == stands_in
