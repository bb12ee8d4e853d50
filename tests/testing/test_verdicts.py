import pytest

from jwtgate import Conflict, NotFound, StoreError
from jwtgate.testing.verdicts import must, must_all_be, refuses


def raising(error: Exception) -> None:
    """Raise."""
    raise error


@pytest.mark.parametrize("value", [True, [1], "x"], ids=str)
def test_what_holds_is_no_failure(value: object) -> None:
    """Whatever counts as true."""
    must(value, "wrong")


@pytest.mark.parametrize("value", [False, [], None, ""], ids=repr)
def test_what_does_not_hold_says_what_is_wrong(value: object) -> None:
    """And nothing else: it is for the store's author."""
    with pytest.raises(AssertionError, match=r"^the store forgets$"):
        must(value, "the store forgets")


@pytest.mark.parametrize("error", [StoreError, Conflict])
def test_a_refusal_is_the_error_or_a_kind_of_it(error: type[Exception]) -> None:
    """As for whoever catches it."""
    with refuses(StoreError, "wrong"):
        raising(error("no"))


def test_what_is_not_refused_is_wrong() -> None:
    """It says which error was meant."""
    with (
        pytest.raises(AssertionError, match=r"^took it: it has to raise Conflict$"),
        refuses(Conflict, "took it"),
    ):
        pass


@pytest.mark.parametrize("error", [NotFound("x"), KeyError("x")], ids=repr)
def test_another_error_is_wrong(error: Exception) -> None:
    """It is shown beside, for whoever mends it."""
    with (
        pytest.raises(AssertionError, match=f"raised {type(error).__name__}") as caught,
        refuses(Conflict, "wrong"),
    ):
        raising(error)
    assert caught.value.__cause__ is error


def test_outcomes_of_these_kinds_are_good() -> None:
    """Also if there are none."""
    must_all_be([], int, "wrong")
    must_all_be([1, "x"], (int, str), "wrong")


def test_an_outcome_of_another_kind_is_wrong() -> None:
    """It is told what it was."""
    with pytest.raises(AssertionError, match=r"in a race: one came to KeyError\('x'\)"):
        must_all_be([1, KeyError("x")], int, "in a race")
