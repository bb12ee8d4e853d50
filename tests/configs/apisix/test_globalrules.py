import pytest

from jwtgate.configs.apisix.carried import Carried
from jwtgate.configs.apisix.globalrules import read_global_rules
from jwtgate.configs.apisix.jwtauth import JWTAuth
from tests.configs.apisix.files import context, notes_in, problems_in

JWT = {"jwt-auth": {"realm": "shop"}}
LIMIT = {"limit-count": {"count": 1, "time_window": 1}}


def test_there_may_be_none() -> None:
    """Then nothing runs besides."""
    assert read_global_rules({}, context()) == Carried()


def test_all_rules_are_one() -> None:
    """Each plugin counts for the rule it is in."""
    root = {"global_rules": [{"id": 1, "plugins": JWT}, {"id": 2, "plugins": LIMIT}]}
    rules = read_global_rules(root, context())
    assert rules.jwt_auth == JWTAuth(realm="shop")
    assert rules.limit is not None
    assert rules.limit.scope == "/global_rules/2"


def test_a_plugin_in_two_rules_is_a_problem() -> None:
    """APISIX runs neither."""
    given = context()
    root = {"global_rules": [{"id": 1, "plugins": JWT}, {"id": 2, "plugins": JWT}]}
    read_global_rules(root, given)
    (problem,) = problems_in(given)
    assert problem.startswith("global_rules[1].plugins.jwt-auth: is in another glob")


@pytest.mark.parametrize(
    "rule",
    [
        {"id": 1, "plugins": {"jwt-auth": {"realm": ""}}},
        {"id": 1, "plugins": {"cors": {}, "limit-count": {}}},
        {"id": 1, "plugins": {"ip-restriction": 1}},
        {"id": 1, "plugins": []},
        {"id": 1},
    ],
)
def test_a_rule_that_keeps_someone_out_is_not_left_out(rule: object) -> None:
    """It would open a door."""
    given = context()
    read_global_rules({"global_rules": [rule]}, given)
    (problem,) = problems_in(given)
    assert problem.startswith("global_rules[0]: ")
    assert not [note for note in notes_in(given) if note.startswith("skipped")]


@pytest.mark.parametrize(
    "rule", [{"id": "a/b", "plugins": {"cors": {}}}, {"plugins": {"cors": None}}]
)
def test_a_harmless_rule_is_left_out(rule: object) -> None:
    """As in APISIX."""
    given = context()
    assert read_global_rules({"global_rules": [rule]}, given) == Carried()
    assert not problems_in(given)
    (note,) = notes_in(given)
    assert note.startswith("skipped: global_rules[0]: ")


BY_NAME = {"consumer-restriction": {"whitelist": ["jack"]}}
BY_GROUP = {"consumer-restriction": {"type": "consumer_group_id", "blacklist": ["a"]}}
BY_ROUTE = {"consumer-restriction": {"type": "route_id", "whitelist": ["1"]}}
OFF = {"consumer-restriction": {"whitelist": ["jack"], "_meta": {"disable": True}}}


@pytest.mark.parametrize("plugins", [BY_NAME, BY_GROUP])
def test_a_restriction_by_caller_comes_later_than_in_apisix(plugins: object) -> None:
    """There nobody is known yet, if no global rule has jwt-auth."""
    given = context()
    rules = [{"id": 1, "plugins": LIMIT}, {"id": 2, "plugins": plugins}]
    read_global_rules({"global_rules": rules}, given)
    (note,) = notes_in(given)
    assert note == (
        "warning: global_rules[1].plugins.consumer-restriction: holds here once "
        "jwt-auth has told who calls; APISIX runs it before the jwt-auth of any route, "
        "where nobody is known, and answers 401 to all"
    )


@pytest.mark.parametrize(
    "rules",
    [
        [{"id": 1, "plugins": {**BY_NAME, **JWT}}],
        [{"id": 1, "plugins": BY_NAME}, {"id": 2, "plugins": JWT}],
        [{"id": 1, "plugins": BY_ROUTE}],
        [{"id": 1, "plugins": OFF}],
    ],
)
def test_other_restrictions_come_when_they_do_in_apisix(rules: object) -> None:
    """Behind jwt-auth, or by the place."""
    given = context()
    read_global_rules({"global_rules": rules}, given)
    assert not notes_in(given)
