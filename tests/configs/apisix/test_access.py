import pytest

from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.configs.apisix.access import (
    Place,
    access_for_all,
    access_for_one,
    verdict_at,
)
from jwtgate.configs.apisix.consumers import Callers, read_callers
from jwtgate.configs.apisix.resources import read_resources
from jwtgate.configs.apisix.restriction import Restriction, read_restriction
from tests.configs.apisix.files import context

HERE = Place(route="r1", service="s1")
FORBIDDEN = "The {} is forbidden."


def callers() -> Callers:
    """Three consumers, of whom two are in groups."""
    root: dict[str, object] = {
        "consumer_groups": [
            {"id": "gold", "plugins": {}},
            {"id": "iron", "plugins": {}},
        ],
        "consumers": [
            {"username": "jack", "group_id": "gold"},
            {"username": "jill", "group_id": "iron"},
            {"username": "joe"},
        ],
    }
    given = context()
    return read_callers(root, read_resources(root, given).groups, given)


def restriction(**block: object) -> Restriction:
    """Read a block that is in force."""
    found = read_restriction(block, (), context())
    assert found is not None
    return found


def told(rules: tuple[Access, ...], name: str, method: str = "GET") -> str | None:
    """Give what a consumer is told; None for one who may pass."""
    consumer = callers().by_name[name].consumer
    for rule in rules:
        if not rule.allows(consumer, method):
            assert isinstance(rule.answer, Answer)
            return rule.answer.message
    return None


def allowed(rules: tuple[Access, ...], method: str = "GET") -> list[str]:
    """Give the names of those who may pass."""
    return [name for name in callers().by_name if told(rules, name, method) is None]


METHODS = [{"user": "jack", "methods": ["GET"]}, {"user": "", "methods": ["GET"]}]


@pytest.mark.parametrize(
    ("block", "get", "post"),
    [
        ({"whitelist": ["jack"]}, ["jack"], ["jack"]),
        ({"whitelist": ["nobody"]}, [], []),
        ({"whitelist": [""]}, [], []),
        ({"blacklist": ["jack", ""]}, ["jill", "joe"], ["jill", "joe"]),
        ({"allowed_by_methods": METHODS}, ["jack", "jill", "joe"], ["jill", "joe"]),
        ({"allowed_by_methods": []}, ["jack", "jill", "joe"], ["jack", "jill", "joe"]),
        ({"whitelist": ["jack"], "allowed_by_methods": METHODS}, ["jack"], ["jack"]),
    ],
)
def test_consumers_are_compared_by_name(
    block: dict[str, object], get: list[str], post: list[str]
) -> None:
    """At each request, for anyone who comes."""
    rules = access_for_all(restriction(**block), HERE, callers())
    assert (allowed(rules), allowed(rules, "POST")) == (get, post)


GROUPED = [{"user": "gold", "methods": ["GET"]}]


@pytest.mark.parametrize(
    ("block", "get", "post"),
    [
        ({"whitelist": ["gold"]}, ["jack"], ["jack"]),
        ({"blacklist": ["gold"]}, ["jill"], ["jill"]),
        ({"allowed_by_methods": GROUPED}, ["jack", "jill"], ["jill"]),
        ({"allowed_by_methods": []}, ["jack", "jill"], ["jack", "jill"]),
        ({"whitelist": [""]}, [], []),
    ],
)
def test_groups_are_compared_by_id(
    block: dict[str, object], get: list[str], post: list[str]
) -> None:
    """Methods are settled for each consumer of the group."""
    found = restriction(type="consumer_group_id", **block)
    rules = access_for_all(found, HERE, callers())
    assert (allowed(rules), allowed(rules, "POST")) == (get, post)


def test_who_has_no_group_is_told_so() -> None:
    """With 401, as in APISIX."""
    found = restriction(type="consumer_group_id", blacklist=["gold"])
    rules = access_for_all(found, HERE, callers())
    assert told(rules, "joe") == (
        "The request is rejected, please check the consumer_group_id for this request"
    )
    assert told(rules, "jack") == FORBIDDEN.format("consumer_group_id")
    assert rules[0].answer == Answer(status=401, message=told(rules, "joe"))


def test_without_groups_nobody_has_one() -> None:
    """And nobody may pass."""
    found = restriction(type="consumer_group_id", blacklist=["gold"])
    rules = access_for_all(found, HERE, Callers())
    assert allowed(rules) == []


@pytest.mark.parametrize(
    ("block", "passing"),
    [
        ({"type": "service_id", "whitelist": ["s1"]}, True),
        ({"type": "service_id", "whitelist": ["s2"]}, False),
        ({"type": "route_id", "whitelist": ["r1"]}, True),
        ({"type": "route_id", "blacklist": ["r1"]}, False),
    ],
)
def test_places_are_compared_once(block: dict[str, object], passing: bool) -> None:  # noqa: FBT001 - a column
    """For everyone alike."""
    found = restriction(**block)
    assert bool(verdict_at(found, HERE)) is not passing
    rules = access_for_all(found, HERE, callers())
    assert allowed(rules) == (list(callers().by_name) if passing else [])


def test_a_place_without_service_refuses_everyone() -> None:
    """As there is nothing to compare."""
    found = restriction(type="service_id", blacklist=["s1"])
    rules = access_for_all(found, Place(route="r1"), callers())
    assert told(rules, "jack") == (
        "The request is rejected, please check the service_id for this request"
    )


PLACED = [{"user": "r1", "methods": ["GET"]}]


def test_the_methods_of_a_place_are_everyones() -> None:
    """Each consumer of the file has them."""
    found = restriction(type="route_id", allowed_by_methods=PLACED)
    rules = access_for_all(found, HERE, callers())
    assert allowed(rules) == list(callers().by_name)
    assert allowed(rules, "POST") == []


def test_there_may_be_nobody() -> None:
    """Nor any block."""
    found = restriction(type="route_id", allowed_by_methods=PLACED)
    assert access_for_all(found, HERE, Callers()) == ()
    assert access_for_all(None, HERE, callers()) == ()


@pytest.mark.parametrize(
    ("block", "get", "post"),
    [
        ({"type": "service_id", "whitelist": ["s1"]}, True, True),
        ({"type": "service_id", "whitelist": ["s2"]}, False, False),
        ({"type": "route_id", "allowed_by_methods": PLACED}, True, False),
        ({"type": "consumer_name", "whitelist": ["jack"]}, True, True),
        ({"type": "consumer_name", "blacklist": ["jack"]}, False, False),
        ({"type": "consumer_group_id", "whitelist": ["gold"]}, True, True),
        ({"type": "consumer_group_id", "blacklist": ["gold"]}, False, False),
    ],
)
def test_the_block_of_a_consumer_is_settled_once(
    block: dict[str, object],
    get: bool,  # noqa: FBT001 - a column
    post: bool,  # noqa: FBT001 - a column
) -> None:
    """Who it is and where to is known."""
    jack = callers().by_name["jack"]
    rules = access_for_one(restriction(**block), HERE, jack)
    assert ("jack" in allowed(rules), "jack" in allowed(rules, "POST")) == (get, post)


def test_a_consumer_without_group_is_refused_by_its_own_block() -> None:
    """With the text for it."""
    joe = callers().by_name["joe"]
    found = restriction(type="consumer_group_id", whitelist=["gold"])
    assert "joe" not in allowed(access_for_one(found, HERE, joe))


def test_a_disabled_block_of_a_consumer_lets_it_pass() -> None:
    """It stands in place of the route's all the same."""
    assert access_for_one(None, HERE, callers().by_name["jack"]) == ()
