import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jwtgate.configs.native.kinds import CONSUMER, POLICY
from jwtgate.configs.native.overrides import VARIABLES, override
from jwtgate.configs.problems import Problems

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"


def overridden(tree: object, **environ: str) -> object:
    """Override members of a tree."""
    return override(tree, environ, Problems())


def wrong(**environ: str) -> tuple[str, ...]:
    """Tell what is wrong with variables."""
    problems = Problems()
    override({}, environ, problems)
    return problems.error().problems


def test_every_member_of_a_policy_has_a_variable() -> None:
    """Those of an anonymous consumer too."""
    names = {f"JWTGATE_POLICY__{name.upper()}" for name in POLICY}
    names |= {f"JWTGATE_POLICY__ANONYMOUS__{name.upper()}" for name in CONSUMER}
    assert VARIABLES.keys() == names


def test_the_page_lists_every_variable() -> None:
    """And none that does not exist."""
    listed = re.findall(r"`(JWTGATE_POLICY__\w+)`", PAGE.read_text())
    assert set(listed) == VARIABLES.keys()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("shop", "shop"),
        ("5", 5),
        ('"5"', "5"),
        ("true", True),
        ("null", None),
        ('["a", "b"]', ["a", "b"]),
        ('{"username": "guest"}', {"username": "guest"}),
        ("", ""),
        ("NaN", "NaN"),
        ("[a", "[a"),
        ("[" * 100_000, "[" * 100_000),
    ],
    ids=lambda each: str(each)[:20],
)
def test_a_value_is_json_if_it_can_be_else_a_text(text: str, value: object) -> None:
    """So that plain texts need no quotes."""
    tree = overridden({}, JWTGATE_POLICY__REALM=text)
    assert tree == {"policy": {"realm": value}}


def test_a_variable_replaces_that_member_alone() -> None:
    """The rest of the policy stays."""
    tree = {"version": 1, "policy": {"realm": "a", "mode": "report"}}
    overridden(tree, JWTGATE_POLICY__REALM="b")
    assert tree == {"version": 1, "policy": {"realm": "b", "mode": "report"}}


@pytest.mark.parametrize(
    "policy",
    [{}, {"policy": 5}, {"policy": {"anonymous": "jack"}}],
    ids=["none", "no table", "a name"],
)
def test_a_variable_makes_the_tables_above_it(policy: dict[str, object]) -> None:
    """Those that are no tables are replaced."""
    tree = overridden(policy, JWTGATE_POLICY__ANONYMOUS__USERNAME="guest")
    assert tree == {"policy": {"anonymous": {"username": "guest"}}}


def test_a_member_of_a_table_is_set_in_the_table_of_another_variable() -> None:
    """The whole comes first, in whatever order they are."""
    tree = overridden(
        {},
        JWTGATE_POLICY__ANONYMOUS__USERNAME="b",
        JWTGATE_POLICY__ANONYMOUS='{"username": "a", "groups": ["c"]}',
    )
    assert tree == {"policy": {"anonymous": {"username": "b", "groups": ["c"]}}}


@pytest.mark.parametrize(
    "name",
    [
        "JWTGATE_POLICY__RELM",
        "JWTGATE_POLICY_REALM",
        "JWTGATE_POLICY__realm",
        "JWTGATE_POLICY__REALM__",
    ],
)
def test_an_unknown_variable_is_told_with_the_nearest(name: str) -> None:
    """A slip that were ignored would leave the policy as lax as it is."""
    assert wrong(**{name: "x"}) == (
        f"{name}: unknown; did you mean JWTGATE_POLICY__REALM?",
    )


@pytest.mark.parametrize("name", ["JWTGATE_CONFIG", "REALM", "jwtgate_policy__realm"])
def test_other_variables_are_left_alone(name: str) -> None:
    """The environment has many owners."""
    assert overridden({}, **{name: "x"}) == {}


def test_what_a_variable_sets_is_told_by_its_name() -> None:
    """The file does not have it."""
    problems = Problems()
    override({}, {"JWTGATE_POLICY__REALM": "5"}, problems)
    problems.add(("policy", "realm"), "expected a text")
    assert problems.error().problems == ("JWTGATE_POLICY__REALM: expected a text",)


@given(tree=st.none() | st.integers() | st.lists(st.text()))
def test_a_tree_that_is_no_table_stays(tree: object) -> None:
    """It is refused as a whole."""
    assert overridden(tree, JWTGATE_POLICY__REALM="x") == tree
