import pytest

from jwtgate.configs.apisix.entries import (
    InvalidEntry,
    entries_of,
    id_text,
    leave_out,
    skipping,
)
from tests.configs.apisix.files import context, notes_in, problems_in


@pytest.mark.parametrize("root", [{}, {"routes": None}, {"routes": []}])
def test_a_list_may_be_missing_or_empty(root: dict[str, object]) -> None:
    """YAML writes an empty one as null."""
    assert list(entries_of(root, "routes", context())) == []


def test_entries_have_their_place_and_number() -> None:
    """APISIX counts from one."""
    (one,) = entries_of({"routes": [{"uri": "/"}]}, "routes", context())
    assert (one.kind, one.number, one.at) == ("routes", 1, ("routes", 0))
    assert one.table == {"uri": "/"}


@pytest.mark.parametrize("found", [{}, "a", 1, True])
def test_a_list_is_a_list(found: object) -> None:
    """ADC writes a table for global rules, which is none."""
    given = context()
    assert list(entries_of({"global_rules": found}, "global_rules", given)) == []
    assert problems_in(given) == ("global_rules: expected a list of tables",)


def test_an_entry_that_is_no_table_is_left_out() -> None:
    """As in APISIX."""
    given = context()
    assert list(entries_of({"consumers": ["a"]}, "consumers", given)) == []
    assert notes_in(given) == [
        "skipped: consumers[0]: invalid item data, it should be an object"
    ]


@pytest.mark.parametrize("kind", ["routes", "global_rules"])
def test_what_closes_is_a_table(kind: str) -> None:
    """Left out, it might have kept someone out."""
    given = context()
    assert list(entries_of({kind: [1]}, kind, given)) == []
    assert problems_in(given) == (f"{kind}[0]: expected a table",)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"),
        (1, "1"),
        (1.0, "1"),
        ("", None),
        (None, None),
        (True, None),
        ([], None),
    ],
)
def test_ids_are_compared_as_texts(value: object, text: str | None) -> None:
    """The number 1 and the text "1" are the same."""
    assert id_text(value) == text


@pytest.mark.parametrize(
    ("table", "resource"),
    [({"id": 7}, "/routes/7"), ({"id": "a"}, "/routes/a"), ({}, "/routes/arr_1")],
)
def test_an_entry_has_a_name_for_counting(
    table: dict[str, object], resource: str
) -> None:
    """APISIX's own, which has the number where there is no id."""
    (one,) = entries_of({"routes": [table]}, "routes", context())
    assert one.resource == resource


def test_what_is_left_out_is_told() -> None:
    """As a note."""
    given = context()
    leave_out(given, ("routes", 0), "is bad")
    assert notes_in(given) == ["skipped: routes[0]: is bad"]
    assert not problems_in(given)


def test_strictly_nothing_is_left_out() -> None:
    """The file is refused."""
    given = context(strict=True)
    leave_out(given, ("routes", 0), "is bad")
    assert problems_in(given) == ("routes[0]: is bad",)
    assert not notes_in(given)


def invalid() -> None:
    """Find an entry invalid."""
    raise InvalidEntry("is bad")


def test_an_invalid_entry_is_skipped() -> None:
    """And those after it are read."""
    given = context()
    with skipping(given, ("services", 1)):
        invalid()
    assert notes_in(given) == ["skipped: services[1]: is bad"]


def test_a_good_entry_is_not() -> None:
    """Nothing is told."""
    given = context()
    with skipping(given, ("services", 1)):
        pass
    assert not notes_in(given)
