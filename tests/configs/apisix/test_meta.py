import pytest

from jwtgate.configs.apisix.entries import InvalidEntry
from jwtgate.configs.apisix.meta import Meta, read_meta
from tests.configs.apisix.files import context, notes_in, problems_in

AT = ("routes", 0, "plugins", "jwt-auth")


@pytest.mark.parametrize(
    ("block", "meta"),
    [
        ({}, Meta()),
        ({"_meta": {}}, Meta()),
        ({"_meta": {"disable": True}}, Meta(disabled=True)),
        ({"_meta": {"disable": False}}, Meta()),
        ({"_meta": {"error_response": "no"}}, Meta(error_response="no")),
        (
            {"_meta": {"error_response": {"message": "né", "code": [1]}}},
            Meta(error_response='{"message":"né","code":[1]}\n'),
        ),
    ],
)
def test_it_is_read(block: dict[str, object], meta: Meta) -> None:
    """A table as the body of refusals is written as one line of JSON."""
    assert read_meta(block, AT, context()) == meta


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ("x", "wrong type"),
        (None, "wrong type"),
        ({"disable": 1}, 'property "disable" validation failed: wrong type'),
        ({"error_response": 1}, 'property "error_response" validation failed: value'),
        ({"priority": "1"}, 'property "priority" validation failed: wrong type'),
        ({"filter": {}}, 'property "filter" validation failed: wrong type'),
        ({"pre_function": 1}, 'property "pre_function" validation failed: wrong type'),
        ({"other": 1}, 'additional properties forbidden, found "other"'),
    ],
)
def test_anything_else_is_invalid(found: object, why: str) -> None:
    """The entry with it is left out."""
    with pytest.raises(InvalidEntry) as caught:
        read_meta({"_meta": found}, AT, context())
    expected = f'property "_meta" validation failed: {why}'
    assert str(caught.value).startswith(expected)


@pytest.mark.parametrize(("name", "value"), [("filter", [1]), ("priority", 1)])
def test_what_only_orders_is_dropped(name: str, value: object) -> None:
    """The plugin always runs here, which is safer."""
    given = context()
    read_meta({"_meta": {name: value}}, AT, given)
    (note,) = notes_in(given)
    assert note.startswith(f"dropped: routes[0].plugins.jwt-auth._meta.{name}: is not")


CODE = {"_meta": {"pre_function": "return function() end"}}


def test_code_is_a_problem() -> None:
    """It may keep someone out."""
    given = context()
    read_meta(CODE, AT, given)
    (problem,) = problems_in(given)
    assert problem.startswith(
        "routes[0].plugins.jwt-auth._meta.pre_function: runs code"
    )


def test_code_may_be_dropped() -> None:
    """Where it was said that nobody is kept out."""
    given = context(allow_dropped=["pre_function"])
    read_meta(CODE, AT, given)
    assert not problems_in(given)
    assert notes_in(given) == [
        "dropped: routes[0].plugins.jwt-auth._meta.pre_function: is not carried over"
    ]


def test_a_disabled_plugin_has_nothing_to_tell() -> None:
    """It does not run, and its code does not either."""
    given = context()
    meta = {"disable": True, "pre_function": "x", "filter": []}
    read_meta({"_meta": meta}, AT, given)
    assert not problems_in(given)
    assert not notes_in(given)
