import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jwtgate import (
    ConfigurationError,
    Denied,
    Gate,
    Policy,
    Quota,
    RequestView,
    authenticate,
)
from jwtgate.configs.context import Context
from jwtgate.configs.native.build import MEMBERS, VERSION, build, read
from jwtgate.configs.native.kinds import (
    ACCESS,
    ANSWER,
    CONSUMER,
    CREDENTIAL,
    POLICY,
    QUOTA,
    QUOTAS,
    ROUTE,
    TERMS,
)
from jwtgate.configs.problems import Problems
from jwtgate.configs.reading import parse_tree
from jwtgate.configs.templates import blanked
from jwtgate.configs.tree import BROKEN, sound
from jwtgate.secrets import References
from jwtgate.settings import Settings
from jwtgate.terms import Terms
from tests.configs.files import consumer, credential, gate_of, problems_of, told
from tests.kit import mint


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


UNROUTED = ("policy", "refuse", "policy_then_refuse")


@pytest.mark.parametrize("unrouted", UNROUTED)
def test_a_file_says_what_is_unrouted(unrouted: str) -> None:
    """As settings do."""
    assert gate_of(unrouted=unrouted).settings.unrouted == unrouted


def test_what_is_unrouted_gets_the_policy_unless_a_file_says() -> None:
    """As in code."""
    assert gate_of().settings.unrouted == "policy"


@pytest.mark.parametrize("unrouted", ["refused", None, True, ["refuse"]], ids=repr)
def test_another_unrouted_is_refused(unrouted: object) -> None:
    """It would let pass in silence."""
    assert problems_of(unrouted=unrouted) == (
        "unrouted: expected policy, refuse or policy_then_refuse",
    )


def test_an_unrouted_that_is_broken_is_not_told_again() -> None:
    """Its reference led nowhere, which was told."""
    assert problems_of(unrouted=BROKEN, quotas=5) == ("quotas: expected a table",)


REDIS = "redis://localhost:6379/0"
MEMORY = {"rates": "9/d", "storage": "memory://", "when_down": "open"}
EVERYWHERE: dict[str, Any] = {
    "policy": {
        "quota": ["1/s", MEMORY],
        "consumer_terms": {"jack": {"quota": ["1/s", MEMORY]}},
        "anonymous": {"username": "guest", "quota": {"rates": "1/s"}},
    },
    "consumers": [consumer(quota="1/s"), consumer(username="eve", quota=MEMORY)],
    "routes": [
        {"path": "/a", "policy": {"quota": ["1/s", MEMORY]}},
        {"path": "/b", "public": True, "policy": {"quota": ["1/s", MEMORY]}},
    ],
}


def quotas_of(made: Any) -> set[tuple[str, str, str]]:
    """Give the rates of all quotas of settings, and where they count."""
    policies = [made.policy, *(route.policy for route in made.routes)]
    found = [quota for policy in policies for quota in policy.quota]
    for policy in policies:
        for terms in policy.consumer_terms.values():
            found += terms.quota
    people = [*made.store.list_consumers().items, made.policy.anonymous]
    found += [each.quota for each in people]
    return {(str(each.limits[0]), each.storage, each.when_down) for each in found}


def test_what_a_file_says_of_quotas_holds_for_all_that_do_not_say() -> None:
    """In the policy, consumers, routes and terms of consumers."""
    quotas = {"storage": REDIS, "when_down": "closed"}
    made = gate_of(**EVERYWHERE, quotas=quotas).settings
    assert quotas_of(made) == {
        ("1/1s", REDIS, "closed"),
        ("9/86400s", "memory://", "open"),
    }


def test_where_quotas_count_may_be_said_beside_the_file() -> None:
    """For those of which the file does not say."""
    made = build({"version": 1, **EVERYWHERE}, Problems(), REDIS)
    assert quotas_of(made) == {
        ("1/1s", REDIS, "open"),
        ("9/86400s", "memory://", "open"),
    }


def test_where_quotas_count_is_the_files_to_say() -> None:
    """What is said beside it counts where it does not."""
    tree = {"version": 1, **EVERYWHERE, "quotas": {"storage": "memory://"}}
    found = quotas_of(build(tree, Problems(), REDIS))
    assert {storage for _, storage, _ in found} == {"memory://"}


def test_a_wrong_storage_is_told_by_where_it_was_given() -> None:
    """Once, and not at each quota; the URL is never shown."""
    problem = told(
        lambda: build({"version": 1, **EVERYWHERE}, Problems(), "hunter2://x")
    )
    assert len(problem) == 1
    assert problem[0].startswith("quota_storage: the storage of a quota must be a URL")
    assert "hunter2" not in problem[0]


def test_what_is_wrong_with_all_quotas_is_told_there() -> None:
    """And unknown members, too."""
    assert problems_of(quotas={"store": "a", "when_down": "ajar"}) == (
        "quotas.store: unknown; did you mean storage?",
        "quotas.when_down: must be one of: open, closed",
    )


JACK = [consumer(credentials=[credential()])]


def passes(gate: Gate, path: str) -> bool:
    """Whether a request with jack's token passes."""
    headers = [(b"authorization", b"Bearer " + mint().encode())]
    request = RequestView("GET", path=path, headers=headers, client="192.0.2.1")
    return not isinstance(authenticate(gate, request), Denied)


COUNTED: dict[str, tuple[dict[str, Any], list[str], list[bool]]] = {
    "taken over": (
        {"policy": {"quota": "2/d"}},
        ["/plain", "/a/1", "/other"],
        [True, True, False],
    ),
    "taken over by two policies": (
        {"policy": {"quota": "2/d"}},
        ["/a/1", "/b/1", "/a/1"],
        [True, True, False],
    ),
    "of a consumer's terms": (
        {"policy": {"consumer_terms": {"jack": {"quota": "2/d"}}}},
        ["/plain", "/a/1", "/b/1"],
        [True, True, False],
    ),
    "a route's own": (
        {"policy": {"quota": "2/d"}, "route": {"quota": "1/d"}},
        ["/a/1", "/a/1", "/b/1", "/other", "/other"],
        [True, False, True, True, False],
    ),
    "a route's own, of the same rate": (
        {"policy": {"quota": "1/d"}, "route": {"quota": "1/d"}},
        ["/a/1", "/other", "/b/1"],
        [True, True, False],
    ),
    "two routes' own": (
        {"route": {"quota": "1/d"}, "other": {"quota": "1/d"}},
        ["/a/1", "/b/1", "/a/1", "/b/1"],
        [True, True, False, False],
    ),
    "none": (
        {"policy": {"quota": "1/d"}, "route": {"quota": None}},
        ["/a/1", "/a/1", "/other", "/other"],
        [True, True, True, False],
    ),
    "a scope": (
        {"route": {"quota": {"rates": "1/d", "scope": "s"}}}
        | {"other": {"quota": {"rates": "1/d", "scope": "s"}}},
        ["/a/1", "/b/1"],
        [True, False],
    ),
    "a public one's": (
        {"policy": {"quota": "1/d"}},
        ["/public", "/public", "/other"],
        [True, True, True],
    ),
}


@pytest.mark.parametrize(
    ("members", "paths", "passed"), COUNTED.values(), ids=COUNTED.keys()
)
def test_requests_are_counted_together(
    members: dict[str, Any], paths: list[str], passed: list[bool]
) -> None:
    """What the file counts, over all routes that take it over; else for the route."""
    gate = gate_of(
        policy=members.get("policy", {}),
        consumers=JACK,
        routes=[
            {"path": "/plain"},
            {"path": "/public", "public": True},
            {"path": "/a/*", "policy": {"realm": "a", **members.get("route", {})}},
            {"path": "/b/*", "policy": {"realm": "b", **members.get("other", {})}},
        ],
    )
    assert [passes(gate, path) for path in paths] == passed


def test_what_a_file_counts_is_counted_in_one_scope() -> None:
    """Unless it says another."""
    terms = {"jack": {"quota": "1/s"}}
    own = {"rates": "9/d", "scope": "own"}
    made = gate_of(policy={"quota": ["1/s", own], "consumer_terms": terms}).policy
    assert made == Policy(
        quota=[Quota(rates="1/s", scope="gate"), Quota(rates="9/d", scope="own")],
        consumer_terms={"jack": Terms(quota=Quota(rates="1/s", scope="gate jack"))},
    )


def read_text(text: str, **environ: str) -> Settings:
    """Read the text of a file, as it is loaded."""
    path = Path("jwtgate.json")
    context = Context(references=References(Path(), environ), environ=environ)
    return read(path, text, parse_tree(path, blanked(text)), context)


def test_a_text_is_read_as_it_is() -> None:
    """What would be a variable in a gateway's file is none here."""
    made = read_text('{"version": 1, "policy": {"realm": "a ${{NAME}} b"}}')
    assert made.policy.realm == "a ${{NAME}} b"


def test_a_file_is_read_with_its_overrides_and_references() -> None:
    """Variables count before the file, and references in both."""
    text = '{"version": 1, "policy": {"realm": "a", "issuer": ["$env://NAME"]}}'
    made = read_text(text, NAME="b", JWTGATE_POLICY__REALM="$env://NAME")
    assert made.policy == Policy(realm="b", issuer=("b",))


# Any mapping: every name is likely to be one that means something.
NAMES = st.sampled_from(
    sorted(
        {*MEMBERS, *POLICY, *CONSUMER, *CREDENTIAL, *ROUTE, "credentials", "policy"}
        | {*QUOTA, *ACCESS, *ANSWER, *TERMS}
    )
) | st.text(max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["jack", "/a", "/a/*", "ES256", "kong", "$env://NAME", "a" * 64])
    | st.sampled_from(["1/s", "memory://", "redis://a", "closed", "address", "refuse"])
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


ANSWERS = tables(ANSWER, status=st.integers(200, 599) | ANYTHING)
RATES = st.just("1/s") | ANYTHING
LIMITS = RATES | tables(QUOTA, rates=RATES, answer=ANSWERS)
RULES = tables(ACCESS, answer=ANSWERS, allow_methods=tables(["jack"]))
HELD: dict[str, st.SearchStrategy[object]] = {
    "quota": LIMITS | st.lists(LIMITS, max_size=2),
    "access": RULES | st.lists(RULES, max_size=2),
    "termination": ANSWERS,
}
POLICIES = tables(
    POLICY, **HELD, consumer_terms=st.dictionaries(NAMES, tables(TERMS, **HELD))
)
PEOPLE = tables(
    CONSUMER, quota=LIMITS, credentials=st.lists(tables(CREDENTIAL), max_size=3)
)
FILES = st.fixed_dictionaries(
    {},
    optional={
        "version": st.just(1) | ANYTHING,
        "policy": POLICIES,
        "consumers": st.lists(PEOPLE, max_size=3) | ANYTHING,
        "routes": st.lists(tables(ROUTE, policy=POLICIES), max_size=3),
        "unrouted": SCALARS,
        "quotas": tables(QUOTAS),
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
            return name in {"version", "key", "path", "rates", "status"}
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
