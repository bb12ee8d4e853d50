import pytest

from jwtgate.answer import Answer
from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.apisix.restriction import Restriction, read_restriction
from tests.configs.apisix.files import context, problems_in

AT = ("routes", 0, "plugins", "consumer-restriction")
FORBIDDEN = Answer(status=403, message="The consumer_name is forbidden.")
WITHOUT = Answer(
    status=401,
    message="The request is rejected, please check the consumer_name for this request",
)


def made(**block: object) -> Restriction:
    """Read a block that is in force."""
    restriction = read_restriction(block, AT, context())
    assert restriction is not None
    return restriction


def test_a_block_is_read() -> None:
    """Its answers have APISIX's texts."""
    assert made(
        whitelist=["jack"],
        blacklist=["jill"],
        allowed_by_methods=[{"user": "joe", "methods": ["GET"]}],
    ) == Restriction(
        by="consumer_name",
        admitted=("jack",),
        refused=("jill",),
        methods={"joe": ("GET",)},
        answer=FORBIDDEN,
        answer_without=WITHOUT,
    )


@pytest.mark.parametrize(
    ("by", "is_of_place"),
    [
        ("consumer_name", False),
        ("consumer_group_id", False),
        ("service_id", True),
        ("route_id", True),
    ],
)
def test_there_are_four_types(by: str, is_of_place: bool) -> None:  # noqa: FBT001 - a column
    """Two compare who calls, two where to; the text names which."""
    restriction = made(type=by, whitelist=["a"])
    assert (restriction.by, restriction.is_of_place) == (by, is_of_place)
    assert restriction.answer.message == f"The {by} is forbidden."


@pytest.mark.parametrize(
    ("block", "value", "verdict"),
    [
        ({"blacklist": ["a"]}, "a", FORBIDDEN),
        ({"blacklist": ["a"]}, "b", None),
        ({"whitelist": ["a"]}, "a", None),
        ({"whitelist": ["a"]}, "b", FORBIDDEN),
        ({"whitelist": ["a"], "blacklist": ["a"]}, "a", FORBIDDEN),
        ({"whitelist": ["a"]}, None, WITHOUT),
    ],
)
def test_a_value_is_judged_by_the_lists(
    block: dict[str, object], value: str | None, verdict: object
) -> None:
    """Refusing comes before admitting, and who has no value is refused as well."""
    assert made(**block).judge(value) == verdict


METHODS = [
    {"user": "a", "methods": ["GET"]},
    {"user": "a", "methods": ["POST"]},
    {"methods": ["PUT"]},
]


@pytest.mark.parametrize(
    ("block", "value", "verdict"),
    [
        ({}, "a", ("GET",)),
        ({}, "b", None),
        ({"whitelist": ["a"]}, "a", None),
        ({"whitelist": ["b"]}, "a", FORBIDDEN),
        ({"blacklist": ["a"]}, "a", FORBIDDEN),
    ],
)
def test_a_value_is_judged_by_methods_last(
    block: dict[str, object], value: str, verdict: object
) -> None:
    """Only who is on no list; the first item of a value counts."""
    assert made(allowed_by_methods=METHODS, **block).judge(value) == verdict


@pytest.mark.parametrize(
    ("block", "answer"),
    [
        ({"rejected_code": 402}, Answer(status=402, message=str(FORBIDDEN.message))),
        ({"rejected_code": 302.0}, Answer(status=302, message=str(FORBIDDEN.message))),
        ({"rejected_msg": "no"}, Answer(status=403, message="no")),
        ({"rejected_code": 204, "rejected_msg": "no"}, Answer(status=204)),
        ({"_meta": {"error_response": "no"}}, Answer(status=403, body="no")),
        (
            {"_meta": {"error_response": "no"}, "rejected_code": 302},
            Answer(status=302, message=str(FORBIDDEN.message)),
        ),
    ],
)
def test_the_answer_can_be_chosen(block: dict[str, object], answer: Answer) -> None:
    """An error_response stands in for errors alone."""
    assert made(whitelist=["a"], **block).answer == answer


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ({}, "object matches none of the required"),
        ({"whitelist": []}, 'property "whitelist" validation failed: expect array'),
        ({"whitelist": [1]}, 'property "whitelist" validation failed: failed to vali'),
        ({"blacklist": "a"}, 'property "blacklist" validation failed: wrong type'),
        ({"type": "ip", "whitelist": ["a"]}, 'property "type" validation failed'),
        (
            {"allowed_by_methods": [1]},
            'property "allowed_by_methods" validation failed: failed to validate item',
        ),
        (
            {"allowed_by_methods": [{"user": "a"}]},
            'property "allowed_by_methods" validation failed: failed to validate item',
        ),
        (
            {"allowed_by_methods": [{"user": "a", "methods": ["get"]}]},
            'property "allowed_by_methods" validation failed: failed to validate item',
        ),
        (
            {"whitelist": ["a"], "rejected_code": 100},
            'property "rejected_code" validation failed: expected 100',
        ),
        ({"whitelist": ["a"], "_meta": 1}, 'property "_meta" validation failed'),
    ],
)
def test_what_apisix_would_not_take_is_invalid(
    block: dict[str, object], why: str
) -> None:
    """In the words of its log."""
    with pytest.raises(InvalidEntry) as caught:
        read_restriction(block, AT, context())
    assert str(caught.value).startswith(why)


def test_a_disabled_block_is_none() -> None:
    """Nor need its references lead anywhere."""
    given = context()
    block = {"whitelist": ["$env://NONE"], "_meta": {"disable": True}}
    assert read_restriction(block, AT, given) is None
    assert not problems_in(given)


def test_a_status_that_is_none_is_a_problem() -> None:
    """APISIX takes any number from 200 on."""
    given = context()
    block = {"whitelist": ["a"], "rejected_code": 600}
    assert read_restriction(block, AT, given) is None
    assert problems_in(given) == (
        (
            "routes[0].plugins.consumer-restriction.rejected_code: expected an HTTP "
            "status, 200 to 599"
        ),
    )


def test_a_reference_that_leads_nowhere_is_a_problem() -> None:
    """Unless it is in what is not read."""
    given = context()
    block = {"blacklist": ["$env://NONE"], "other": "$env://NONE"}
    read_restriction(block, AT, given)
    (problem,) = problems_in(given)
    assert problem.startswith(
        "routes[0].plugins.consumer-restriction.blacklist[0]: $env://NONE is not set"
    )
