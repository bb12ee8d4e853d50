from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from jwtgate import flask
from jwtgate.requirement import Requirement
from jwtgate.starlette import jwt_required
from jwtgate.surface.decorated import closed_over, demands_on, wrapped


def view(request: object) -> Any:
    """Be a view."""


def between(inner: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a view as decorators do."""

    @wraps(inner)
    def outer(*_: object) -> Any: ...

    return outer


def test_demand_without_a_mark_is_found() -> None:
    """Starlette's decorator leaves none."""
    demands = demands_on(jwt_required(groups=["staff"])(view))
    assert demands == (Requirement(groups=["staff"]),)


def test_demand_with_a_mark_is_found_once() -> None:
    """Flask's leaves one, and has it in its code as well."""
    assert len(demands_on(between(flask.jwt_required(groups=["staff"])(view)))) == 1


def test_demands_are_found_through_other_decorators() -> None:
    """The outermost first."""
    inner = between(jwt_required(scopes=["w"])(view))
    found = demands_on(jwt_required(groups=["staff"])(inner))
    assert found == (Requirement(groups=["staff"]), Requirement(scopes=["w"]))


def test_requirement_of_other_code_is_none() -> None:
    """What an app calls so is its own."""
    requirement = Requirement(groups=["staff"])

    def other() -> Requirement:
        return requirement

    assert other() is requirement
    assert demands_on(other) == ()


def test_partial_and_method_are_unwrapped() -> None:
    """To the function that they call."""

    class Views:
        def get(self) -> None: ...

    assert list(wrapped(partial(Views().get)))[-1] is Views.get


def test_view_that_wraps_itself_ends() -> None:
    """Nobody goes round in circles."""

    def round_() -> None: ...

    round_.__wrapped__ = round_  # type: ignore[attr-defined]
    assert list(wrapped(round_)) == [round_]


def test_name_that_is_not_set_yet_is_none() -> None:
    """As in a function whose other half was never run."""
    later: object
    found = closed_over(lambda: later, "later")
    later = 1
    assert (found, later) == (None, 1)
