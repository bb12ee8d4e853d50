import pytest

from jwtgate.surface import Endpoint, Status


@pytest.mark.parametrize(
    ("status", "is_open"),
    [
        ("closed", False),
        ("guarded", False),
        ("optional", False),
        ("public", False),
        ("open", True),
        ("unknown", True),
    ],
)
def test_what_is_open(status: Status, *, is_open: bool) -> None:
    """What nobody declared, and what cannot be told."""
    row = Endpoint(path="/", view="v", status=status, who="w")
    assert row.is_open is is_open
