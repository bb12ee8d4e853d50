from functools import partial
from typing import Any

import pytest

from jwtgate import Access, Policy
from jwtgate.requirement import Requirement
from jwtgate.surface.words import (
    admitted_by_policy,
    admitted_by_requirement,
    name_of,
)


def holds(_claims: object) -> Any:
    """Be a predicate."""


@pytest.mark.parametrize(
    ("access", "said"),
    [
        (Access(allow_consumers=["jack", "jill"]), "consumers jack, jill"),
        (
            Access(allow_groups=["staff"], allow_consumers=["jack"]),
            "consumers jack or groups staff",
        ),
        (
            Access(deny_consumers=["jack"], deny_groups=["old"]),
            "not consumers jack nor groups old",
        ),
        (Access(allow_methods={"jack": ["GET"]}), "jack by GET"),
        (Access(allow_methods={"jack": []}), "jack by no method"),
    ],
)
def test_access_in_words(access: Access, said: str) -> None:
    """A rule says whom it lets pass."""
    assert admitted_by_policy(Policy(access=access)) == (said,)


def test_policy_without_access_says_nothing() -> None:
    """All consumers may pass."""
    assert admitted_by_policy(Policy()) == ()


def test_requirement_in_words() -> None:
    """All of it has to hold, each part is said."""
    demands = Requirement(
        consumers=["jack"], groups=["staff"], scopes=["a", "b"], when=holds
    )
    assert admitted_by_requirement(demands) == (
        "consumers jack",
        "groups staff",
        "scopes a, b",
        "when tests.surface.test_words.holds",
    )


class App:
    """An app that is an object."""


@pytest.mark.parametrize(
    ("view", "name"),
    [
        (holds, "tests.surface.test_words.holds"),
        (partial(holds, 1), "tests.surface.test_words.holds"),
        (App(), "tests.surface.test_words.App"),
        (App, "tests.surface.test_words.App"),
    ],
    ids=["function", "partial", "object", "class"],
)
def test_name_of_a_view(view: object, name: str) -> None:
    """It is where the code is."""
    assert name_of(view) == name
