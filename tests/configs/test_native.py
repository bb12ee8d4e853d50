import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import ConfigurationError, Policy
from jwtgate.configs.fields import CONSUMER, CREDENTIAL, POLICY, ROUTE
from jwtgate.configs.native import MEMBERS, VERSION, build
from jwtgate.configs.problems import Problems
from jwtgate.configs.tree import sound
from jwtgate.secrets import References
from jwtgate.settings import Settings
from tests.configs.files import consumer, credential, gate_of, problems_of, told


def test_a_version_is_enough() -> None:
    """Nobody may call, then."""
    assert gate_of().policy == Policy()


@pytest.mark.parametrize("tree", [None, 1, "text", [], [{"version": 1}]], ids=str)
def test_what_is_no_table_is_refused(tree: object) -> None:
    """An empty YAML file is one such."""
    problems = told(lambda: build(tree, Problems()))
    assert problems == ("the file: expected a table that begins with version = 1",)


@pytest.mark.parametrize("version", [0, 2, "1", True, 1.0, None, [1]], ids=repr)
def test_another_version_is_refused(version: object) -> None:
    """It may mean something else by the same names."""
    assert problems_of(version=version) == (f"version: expected {VERSION}",)


def test_a_file_without_version_is_refused() -> None:
    """As are files of other programs."""
    assert told(lambda: build({}, Problems())) == ("version: is missing; expected 1",)


def test_an_unknown_member_is_told_with_the_nearest() -> None:
    """As everywhere."""
    assert problems_of(consumer=[]) == ("consumer: unknown; did you mean consumers?",)


def test_all_problems_of_a_file_are_told_at_once() -> None:
    """One run of the program tells them all."""
    problems = problems_of(
        version=2,
        policyx={},
        policy={"csrf": "no"},
        consumers=[consumer(credentials=[credential(secret="short")]), 5],
        routes=[{"path": "a"}, {"path": "/"}, {"path": "/"}],
    )
    assert [each.partition(":")[0] for each in problems] == [
        "policyx",
        "version",
        "consumers[0].credentials[0]",
        "consumers[1]",
        "policy.csrf",
        "routes[0].path",
        "routes",
    ]


def test_problems_that_were_found_before_are_told_too() -> None:
    """Though all that is left would make a gate."""
    problems = Problems()
    problems.add(("policy", "realm"), "occurs twice; expected one")
    found = told(lambda: build({"version": 1}, problems))
    assert found == ("policy.realm: occurs twice; expected one",)


# Any mapping: every name is likely to be one that means something.
NAMES = st.sampled_from(
    [*MEMBERS, *POLICY, *CONSUMER, *CREDENTIAL, *ROUTE, "credentials", "policy"]
) | st.text(max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["jack", "/a", "/a/*", "ES256", "kong", "$env://NAME", "a" * 64])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6)
    ),
    max_leaves=20,
)


def tables(kinds: Any, **more: st.SearchStrategy[object]) -> st.SearchStrategy[Any]:
    """Make tables of the right names, with values that may be right."""
    texts = st.lists(SCALARS, max_size=2)
    members = dict.fromkeys(kinds, SCALARS | texts) | more
    return st.fixed_dictionaries({}, optional=members) | ANYTHING


PEOPLE = tables(CONSUMER, credentials=st.lists(tables(CREDENTIAL), max_size=3))
FILES = st.fixed_dictionaries(
    {},
    optional={
        "version": st.just(1) | ANYTHING,
        "policy": tables(POLICY),
        "consumers": st.lists(PEOPLE, max_size=3) | ANYTHING,
        "routes": st.lists(tables(ROUTE, policy=tables(POLICY)), max_size=3),
        "other": ANYTHING,
    },
)
STEP = re.compile(r'\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\.?([A-Za-z0-9_-]+)')


def is_there(tree: Any, path: str) -> bool:
    """Whether a path leads to something, or to a member that a table lacks."""
    assert "".join(match[0] for match in STEP.finditer(path)) == path
    for number, quoted, bare in STEP.findall(path):
        if number:
            tree = tree[int(number)]
            continue
        name = bare or json.loads(f'"{quoted}"')
        if name not in tree:
            return name in {"version", "key", "path"}
        tree = tree[name]
    return True


def problems_in(tree: object) -> tuple[str, ...]:
    """Give the problems of a tree; none if it makes a gate."""
    problems = Problems()
    copy = sound(tree, problems, References(Path("/nowhere"), {"NAME": "value"}))
    try:
        assert isinstance(build(copy, problems), Settings)
    except ConfigurationError as error:
        return error.problems
    return ()


def place(problem: str) -> str:
    """Give the path that a problem begins with."""
    match = re.match(r'(?:[^:"]|"(?:[^"\\]|\\.)*")+(?=: )', problem)
    assert match is not None
    return match[0]


@settings(max_examples=200, deadline=None)
@given(tree=FILES | st.dictionaries(NAMES, ANYTHING))
def test_any_mapping_is_a_gate_or_told_where_it_is_wrong(tree: dict[str, Any]) -> None:
    """Every path exists in the mapping, or names a member that is missing."""
    assert all(is_there(tree, place(each)) for each in problems_in(tree))


@settings(max_examples=50, deadline=None)
@given(tree=ANYTHING)
def test_anything_is_a_gate_or_told(tree: object) -> None:
    """Never another error."""
    problems_in(tree)
