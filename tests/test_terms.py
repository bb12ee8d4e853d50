from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.access import Access
from jwtgate.answer import Answer
from jwtgate.quota import Quota
from jwtgate.terms import Terms

RULE = Access(deny_groups=["a"])
QUOTA = Quota(rates="3/30s")


def test_terms_that_say_nothing_leave_all_as_it_is() -> None:
    """None is not the same as none of them."""
    terms = Terms()
    assert (terms.access, terms.quota, terms.termination) == (None, None, None)


@pytest.mark.parametrize(
    ("value", "rules"),
    [((), ()), ([], ()), (RULE, (RULE,)), ([RULE, RULE], (RULE, RULE))],
    ids=["none", "an empty list", "one", "several"],
)
def test_access_becomes_a_tuple(value: Any, rules: tuple[Access, ...]) -> None:
    """An empty one takes the policy's away."""
    assert Terms(access=value).access == rules


@pytest.mark.parametrize(
    ("value", "quotas"),
    [
        ((), ()),
        ("3/30s", (QUOTA,)),
        (QUOTA, (QUOTA,)),
        (["3/30s", QUOTA], (QUOTA, QUOTA)),
    ],
    ids=["none", "a text", "one", "several"],
)
def test_a_quota_becomes_a_tuple(value: Any, quotas: tuple[Quota, ...]) -> None:
    """An empty one takes the policy's away."""
    assert Terms(quota=value).quota == quotas


def test_a_termination_is_an_answer() -> None:
    """It is what the consumer is told."""
    answer = Answer(status=403)
    assert Terms(termination=answer).termination is answer


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access", "jack"),
        ("access", False),
        ("access", {}),
        ("quota", 3),
        ("quota", False),
        ("quota", ""),
        ("quota", [None]),
        ("termination", ()),
        ("termination", True),
        ("termination", 403),
    ],
)
def test_a_field_that_cannot_work_is_refused(name: str, value: object) -> None:
    """What looks like nothing must not pass for none."""
    fields: dict[str, Any] = {name: value}
    with pytest.raises(ConfigurationError, match=f"({name}|rates) must"):
        Terms(**fields)


def test_terms_cannot_be_changed() -> None:
    """They are shared between threads."""
    with pytest.raises(FrozenInstanceError):
        Terms().quota = ()  # type: ignore[misc]


def test_equal_terms_are_equal_and_hashable() -> None:
    """They are values."""
    assert (
        len({Terms(access=[RULE], quota="3/30s"), Terms(access=RULE, quota=QUOTA)}) == 1
    )
