from typing import Any

import pytest

from jwtgate.configs.native.fields import (
    read_fields,
    read_table,
    read_tables,
    refuse_unknown,
)
from jwtgate.configs.native.kinds import POLICY, ROUTE
from jwtgate.configs.problems import Problems
from jwtgate.configs.tree import BROKEN


def read(table: dict[str, Any], problems: Problems) -> tuple[dict[str, object], bool]:
    """Read a table as a route, at a path."""
    return read_fields(table, ROUTE, ("routes", 0), problems)


def test_members_of_their_kind_are_read() -> None:
    """Names that are of no kind are left to others."""
    fields_, whole = read({"path": "/", "policy": 5}, Problems())
    assert (fields_, whole) == ({"path": "/"}, True)


def test_a_member_of_another_kind_is_told_and_left_out() -> None:
    """With what was expected."""
    problems = Problems()
    assert read({"path": "/", "public": 1}, problems) == ({"path": "/"}, False)
    assert problems.error().problems == ("routes[0].public: expected true or false",)


def test_a_member_that_is_broken_is_left_out_silently() -> None:
    """It was told."""
    problems = Problems()
    assert read({"methods": ["GET", BROKEN]}, problems) == ({}, False)
    assert not problems


def test_a_table_that_is_absent_is_empty() -> None:
    """As one without members."""
    assert read_table({}, "policy", (), Problems()) == {}


def test_a_table_is_given() -> None:
    """As it is."""
    assert read_table({"policy": {"a": 1}}, "policy", (), Problems()) == {"a": 1}


@pytest.mark.parametrize("value", [None, 1, []])
def test_what_is_no_table_is_told(value: object) -> None:
    """And is as good as absent."""
    problems = Problems()
    assert read_table({"policy": value}, "policy", ("routes", 0), problems) == {}
    assert problems.error().problems == ("routes[0].policy: expected a table",)


def test_a_table_that_is_broken_is_empty_silently() -> None:
    """It was told."""
    problems = Problems()
    assert read_table({"policy": BROKEN}, "policy", (), problems) == {}
    assert not problems


def test_tables_are_given_with_their_paths() -> None:
    """Those that are none are told."""
    problems = Problems()
    found = list(read_tables({"a": [{"b": 1}, 5, BROKEN, {}]}, "a", ("x",), problems))
    assert found == [(("x", "a", 0), {"b": 1}), (("x", "a", 3), {})]
    assert problems.error().problems == ("x.a[1]: expected a table",)


@pytest.mark.parametrize("value", [None, 1, "text", {}])
def test_what_is_no_list_is_told(value: object) -> None:
    """A single table is not taken for a list of one."""
    problems = Problems()
    assert list(read_tables({"a": value}, "a", (), problems)) == []
    assert problems.error().problems == ("a: expected a list of tables",)


@pytest.mark.parametrize("table", [{}, {"a": BROKEN}], ids=["absent", "broken"])
def test_no_list_gives_no_tables(table: dict[str, object]) -> None:
    """Silently: none is needed, or it was told."""
    problems = Problems()
    assert list(read_tables(table, "a", (), problems)) == []
    assert not problems


def test_unknown_members_are_told_one_by_one() -> None:
    """Known ones are not."""
    problems = Problems()
    refuse_unknown({"realm": 1, "realn": 2}, POLICY, ("policy",), problems)
    assert problems.error().problems == ("policy.realn: unknown; did you mean realm?",)
