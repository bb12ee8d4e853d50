from dataclasses import replace

import pytest

from jwtgate import Conflict, Consumer, Credential
from jwtgate.stores.fitting import check_fits, is_retired
from tests.kit import NOW, credential

FOUR = tuple(credential(kid=kid) for kid in "abcd")


def fits(
    new: Credential, *present: Credential, besides: Credential | None = None
) -> None:
    """See that a credential fits at the time of the tests."""
    check_fits(new, present, besides, NOW)


def test_the_first_of_a_key_fits() -> None:
    """There is nothing to be beside."""
    fits(credential())


def test_one_of_another_kid_fits() -> None:
    """Up to four."""
    fits(FOUR[0], *FOUR[1:])


@pytest.mark.parametrize("kid", [None, "a"])
def test_a_kid_that_is_taken_does_not_fit(kid: str | None) -> None:
    """Having none counts as one."""
    with pytest.raises(Conflict, match="this key and kid exists"):
        fits(credential(kid=kid), credential(kid=kid))


@pytest.mark.parametrize("retire_after", [None, NOW], ids=["live", "retired"])
def test_a_key_of_another_consumer_does_not_fit(retire_after: float | None) -> None:
    """Nobody can take over a key, not even one that is out of use."""
    present = credential(consumer=Consumer(username="jill"), retire_after=retire_after)
    with pytest.raises(Conflict, match="another consumer"):
        fits(credential(kid="b"), present)


def test_a_consumer_is_told_by_its_id() -> None:
    """Its other fields may have changed meanwhile."""
    present = credential(consumer=Consumer(username="jack", groups=["old"]))
    fits(credential(kid="b"), present)


def test_a_fifth_live_one_does_not_fit() -> None:
    """A gate tries four."""
    with pytest.raises(Conflict, match="4 live credentials; retire one"):
        fits(credential(), *FOUR)


def test_one_that_is_disabled_is_live() -> None:
    """It may be enabled again."""
    present = (replace(FOUR[0], enabled=False), *FOUR[1:])
    with pytest.raises(Conflict, match="4 live"):
        fits(credential(), *present)


def test_one_that_is_retired_makes_room() -> None:
    """It is not tried."""
    fits(credential(), *FOUR[1:], replace(FOUR[0], retire_after=NOW))


def test_a_fifth_that_is_retired_fits() -> None:
    """As when the rows of another store are copied."""
    fits(credential(retire_after=NOW), *FOUR)


def test_one_may_take_the_place_of_another() -> None:
    """With its kid, or another, though there are four."""
    fits(credential(kid="a"), *FOUR, besides=FOUR[0])
    fits(credential(kid="e"), *FOUR, besides=FOUR[0])


def test_one_is_not_retired_without_an_end() -> None:
    """Whatever the time."""
    assert not is_retired(credential(), NOW)


@pytest.mark.parametrize(
    ("end", "expected"), [(NOW + 1, False), (NOW, True), (NOW - 1, True)]
)
def test_one_is_retired_from_its_end_on(end: float, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    """The border is out, as in a gate."""
    assert is_retired(credential(retire_after=end), NOW) is expected
