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
