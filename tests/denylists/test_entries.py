from typing import Any

import pytest

from jwtgate import ConfigurationError
from jwtgate.denylist import Subject
from jwtgate.denylists.entries import (
    Entry,
    check_entry,
    check_margin,
    new_entry,
    stricter,
)


def test_what_denies_all_is_stricter_than_what_denies_old_ones() -> None:
    """A consumer who was shut out is not let in by a second call."""
    assert stricter(Entry(None, None), Entry(None, 5.0)) == Entry(None, None)


def test_the_later_time_is_the_stricter() -> None:
    """Whichever came first."""
    assert stricter(Entry(10.0, 1.0), Entry(5.0, 2.0)) == Entry(10.0, 2.0)


def test_what_has_no_end_is_stricter() -> None:
    """A second call with an end does not bring one."""
    assert stricter(Entry(10.0, 1.0), Entry(None, 1.0)) == Entry(None, 1.0)


@pytest.mark.parametrize("time", ["1", True, float("nan"), float("inf")])
def test_a_time_is_a_number_of_seconds(time: object) -> None:
    """One that compares with nothing would deny nothing."""
    with pytest.raises(ConfigurationError, match="until"):
        check_entry(time, None)
    with pytest.raises(ConfigurationError, match="issued_before"):
        check_entry(None, time)


def test_both_may_be_left_out() -> None:
    """All tokens, for ever."""
    assert check_entry(None, None) == Entry(None, None)


def test_an_entry_is_of_a_kind_that_is_asked_for() -> None:
    """Others would deny nothing."""
    assert new_entry(Subject.everyone(), {"everyone"}, 1, 2) == Entry(1, 2)
    with pytest.raises(ConfigurationError, match="not asked for everyone"):
        new_entry(Subject.everyone(), {"jti"}, None, None)


@pytest.mark.parametrize("far", [1e15, 2**63, 1.7e308, 10**400])
def test_a_token_may_say_that_it_never_expires(far: float) -> None:
    """A gate takes any finite ``exp``: who logs out is logged out."""
    entry = new_entry(Subject.everyone(), {"everyone"}, far, None)
    assert check_entry(*entry) == entry
    assert stricter(entry, Entry(1e14, None)) == entry
    past = new_entry(Subject.everyone(), {"everyone"}, -far, None)
    assert check_entry(*past) == past
    assert stricter(past, Entry(0, None)) == Entry(0, None)


@pytest.mark.parametrize("time", ["1", True, float("nan"), float("inf")])
def test_the_end_of_an_entry_is_a_number(time: Any) -> None:
    """One that is none is not taken for one that is far away."""
    with pytest.raises(ConfigurationError, match="until"):
        new_entry(Subject.everyone(), {"everyone"}, time, None)


def test_a_margin_may_be_nothing() -> None:
    """Where no gate has a leeway."""
    assert check_margin(0) == 0
    with pytest.raises(ConfigurationError, match="margin"):
        check_margin(-0.1)
