from collections.abc import Collection, Mapping

import pytest

from jwtgate.configs.apisix.blocks import open_block
from jwtgate.configs.apisix.entries import InvalidEntry
from tests.configs.apisix.files import context

AT = ("routes", 0, "plugins", "x")
LOST = "$env://NOT_SET"


def fine(_: Mapping[str, object]) -> None:
    """Find nothing wrong."""


def test_a_block_has_what_its_references_stand_for() -> None:
    """And what its meta says."""
    block = {"a": "$env://X", "_meta": {"error_response": "no"}}
    opened = open_block(block, AT, context(environ={"X": "y"}), judge=fine)
    assert opened is not None
    assert opened.members["a"] == "y"
    assert (opened.meta.error_response, opened.is_whole) == ("no", True)


def test_what_is_wrong_with_it_is_raised() -> None:
    """In the words of whoever judges."""
    with pytest.raises(InvalidEntry, match="a is bad"):
        open_block({}, AT, context(), judge=lambda _: "a is bad")


def test_a_disabled_block_is_none() -> None:
    """What its references lead to does not matter."""
    given = context()
    block = {"a": LOST, "_meta": {"disable": True}}
    assert open_block(block, AT, given, judge=fine) is None
    assert not given.problems


@pytest.mark.parametrize(
    ("known", "is_whole"), [(None, False), (["a"], False), (["b"], True)], ids=str
)
def test_a_reference_that_leads_nowhere_is_a_problem(
    known: Collection[str] | None, *, is_whole: bool
) -> None:
    """Where it counts."""
    given = context()
    opened = open_block({"a": LOST}, AT, given, judge=fine, known=known)
    assert opened is not None
    assert opened.is_whole is is_whole
    assert (len(given.problems) == 0) is is_whole
