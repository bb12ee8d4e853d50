import pytest

from jwtgate import Route
from tests.doctor.cases import ROUTES, settings
from tests.doctor.conftest import Found


@pytest.mark.parametrize("code", ROUTES)
def test_weak_route_is_found(code: str, found: Found) -> None:
    """What is weak about a public route has its code."""
    assert found(ROUTES[code][0], code)


@pytest.mark.parametrize("code", ROUTES)
def test_sound_route_is_not(code: str, found: Found) -> None:
    """What is not weak in that way is not told of."""
    assert not found(ROUTES[code][1], code)


@pytest.mark.parametrize("path", ["/", "/files"])
def test_prefix_is_a_tree(path: str, found: Found) -> None:
    """A gateway's prefix has all that begins with it; one slash has everything."""
    chosen = settings(
        routes=[Route(path=path, prefix=True, public=True, methods=["GET"])]
    )
    code = "JG401" if path == "/" else "JG402"
    assert [each.what for each in found(chosen, code)] == [f"GET {path}* is public"]


def test_guarded_tree_is_not_found(found: Found) -> None:
    """What demands a token may be as wide as it likes."""
    assert not found(settings(routes=[Route(path="/a/*")]), "JG402")
