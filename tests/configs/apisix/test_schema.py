import pytest

from jwtgate.configs.apisix.schema import (
    ID,
    LABELS,
    Check,
    anything,
    flaw,
    listing,
    one_of,
    switch,
    table,
    text,
    whole,
    whole_value,
)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (anything, None),
        (text(), ""),
        (text(1, 2, r"[a-z]+"), "ab"),
        (whole(), -1),
        (whole(1, 3), 3),
        (whole(1), 2.0),
        (switch, False),
        (one_of("a", "b"), "b"),
        (table, {}),
        (listing(text()), []),
        (listing(text(), 1, unique=True), ["a", "b"]),
        (listing(text()), ["a", "a"]),
        (ID, "a-1_.B"),
        (ID, 1),
        (LABELS, {}),
        (LABELS, {"custom_id": "495aec6a"}),
    ],
)
def test_a_good_value_has_no_flaw(check: Check, value: object) -> None:
    """So says each check."""
    assert check(value) is None


@pytest.mark.parametrize(
    ("check", "value", "why"),
    [
        (text(), 1, "wrong type: expected string, got number"),
        (text(), None, "wrong type: expected string, got null"),
        (text(), True, "wrong type: expected string, got boolean"),
        (text(), [], "wrong type: expected string, got table"),
        (text(2), "a", "string too short, expected at least 2, got 1"),
        (text(0, 1), "ab", "string too long, expected at most 1, got 2"),
        (text(0, None, "a+"), "ab", 'failed to match pattern "a+"'),
        (whole(), "1", "wrong type: expected integer, got string"),
        (whole(), 1.5, "wrong type: expected integer, got number"),
        (whole(), True, "wrong type: expected integer, got boolean"),
        (whole(1), 0, "expected 0 to be at least 1"),
        (whole(1, 2), 3, "expected 3 to be at most 2"),
        (switch, "true", "wrong type: expected boolean, got string"),
        (switch, 1, "wrong type: expected boolean, got number"),
        (one_of("a"), "A", "matches none of the enum values"),
        (one_of("a"), None, "matches none of the enum values"),
        (table, [], "wrong type: expected object, got table"),
        (listing(text()), "a", "wrong type: expected array, got string"),
        (listing(text(), 1), [], "expect array to have at least 1 items"),
        (
            listing(text()),
            ["a", 1],
            "failed to validate item 2: wrong type: expected string, got number",
        ),
        (listing(text(), unique=True), ["a", "a"], "expected unique items"),
        (ID, "a/b", 'failed to match pattern "[a-zA-Z0-9_.-]+"'),
        (ID, 0, "expected 0 to be at least 1"),
        (ID, {}, "wrong type: expected integer, got table"),
        (LABELS, "a", "wrong type: expected object, got string"),
        (
            LABELS,
            {"a": "b c"},
            'property "a" validation failed: failed to match pattern "\\S+"',
        ),
    ],
)
def test_a_bad_value_has_a_flaw(check: Check, value: object, why: str) -> None:
    """In the words of APISIX's log, without any text of the file."""
    assert check(value) == why


RULES = {"a": text(), "b": switch}


@pytest.mark.parametrize("found", [{}, {"a": ""}, {"a": "", "c": 1}])
def test_a_table_may_have_what_no_rule_is_for(found: dict[str, object]) -> None:
    """APISIX ignores it, unless told otherwise."""
    assert flaw(found, RULES) is None


def test_a_closed_table_may_not() -> None:
    """As routes and consumers are."""
    found = {"a": "", "c": 1}
    why = 'additional properties forbidden, found "c"'
    assert flaw(found, RULES, closed=True) == why
    assert flaw({"a": ""}, RULES, closed=True) is None


def test_a_name_that_is_shown_is_cut() -> None:
    """It is whatever the file has."""
    assert flaw({"c" * 99: 1}, {}, closed=True) == (
        f'additional properties forbidden, found "{"c" * 64}"'
    )


def test_a_required_member_may_not_be_missing() -> None:
    """Nor is null one."""
    assert flaw({"b": True}, RULES, ("a",)) == 'property "a" is required'
    assert flaw({"a": None}, RULES, ("a",)) == (
        'property "a" validation failed: wrong type: expected string, got null'
    )


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1), (2.0, 2), (1.5, None), (True, None), ("1", None), (None, None)],
)
def test_whole_numbers(value: object, number: int | None) -> None:
    """Lua has one kind of number, so that 2.0 is one as well."""
    assert whole_value(value) == number
