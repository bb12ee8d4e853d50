import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from jwtgate import (
    Anonymous,
    Authenticated,
    ConfigurationError,
    Consumer,
    Denied,
    Exempt,
    Policy,
    RequestView,
    authenticate,
)
from jwtgate.jose import Claims
from jwtgate.marks import (
    demands_of_guard,
    exempted,
    is_public,
    mark,
    marked,
    public,
    said_of,
)
from jwtgate.requirement import Requirement
from tests.kit import make_gate, mint

STAFF = Requirement(groups=["staff"])
OPEN = Requirement(optional=True)
DEEP = 50


def view() -> str:
    """Answer."""
    return "view"


def fresh() -> Callable[[], str]:
    """Make a view that nothing is said of."""
    return lambda: "view"


class Answering:
    """A view that is an object."""

    def __call__(self) -> str:
        """Answer."""
        return "view"


class Views:
    """A class of views."""

    def get(self) -> str:
        """Answer."""
        return "view"


def fresh_async() -> Callable[[], Any]:
    """Make an asynchronous view that nothing is said of."""

    async def waits() -> str:
        return "view"

    return waits


def fresh_class(*bases: type) -> type:
    """Make a class of views that nothing is said of."""
    return type("Fresh", bases, {})


VIEWS: dict[str, Callable[[], Any]] = {
    "function": fresh,
    "coroutine function": fresh_async,
    "partial": lambda: functools.partial(view),
    "object": Answering,
    "class": fresh_class,
}
each_view = pytest.mark.parametrize("make", VIEWS.values(), ids=VIEWS)


def wrapped(view: Any) -> Any:
    """Decorate a view as well-behaved decorators do."""

    @functools.wraps(view)
    def wrapper() -> Any:
        return view()

    return wrapper


def bare(view: Any) -> Any:
    """Decorate a view and leave no trace of it."""

    def wrapper() -> Any:
        return view()

    return wrapper


def often(decorate: Callable[[Any], Any], view: Any, times: int = DEEP) -> Any:
    """Decorate a view again and again."""
    return functools.reduce(lambda inner, _: decorate(inner), range(times), view)


# Public views


@each_view
def test_a_view_may_be_public(make: Callable[[], Any]) -> None:
    """It stays the object that it was."""
    each = make()
    assert public(each) is each
    assert is_public(each)


@pytest.mark.parametrize(
    "each", [view, Views, Views.get, Views().get, len, None, 5, "public", object()]
)
def test_nothing_is_public_unless_said(each: object) -> None:
    """Also what cannot be decorated."""
    assert not is_public(each)


def test_no_view_at_all_is_not_public() -> None:
    """A request that matched nothing is guarded."""
    assert not is_public()


def test_a_view_is_public_by_its_class() -> None:
    """One of the two is enough."""
    assert is_public(fresh(), public(fresh_class()))


@pytest.mark.parametrize("value", [True, 1, Requirement(), ["public"]], ids=repr)
def test_only_the_decorator_makes_a_view_public(value: object) -> None:
    """An attribute that happens to have the name does not."""
    each: Any = fresh()
    each.__jwtgate__ = value
    assert not is_public(each)


def test_inheritance_a_subclass_of_a_public_class_is_guarded() -> None:
    """Who adds to a public class has not said so of the rest."""
    assert not is_public(fresh_class(public(fresh_class())))


def test_inheritance_an_object_of_a_public_class_is_guarded() -> None:
    """An object is a view of its own."""
    assert not is_public(public(fresh_class(Answering))())


def test_a_copy_by_partial_is_guarded() -> None:
    """Other arguments make another view."""
    assert not is_public(functools.partial(public(fresh())))


def test_a_bound_method_is_public_by_its_function() -> None:
    """Decorated in its class."""
    views = type("Views", (), {"get": public(lambda _: "view")})
    assert is_public(views().get)


def test_a_bound_method_cannot_be_decorated() -> None:
    """It is made anew each time that it is asked for."""
    with pytest.raises(ConfigurationError):
        public(Views().get)


@pytest.mark.parametrize("each", [len, object()], ids=["built-in", "slotted"])
def test_what_holds_no_mark_cannot_be_decorated(each: Any) -> None:
    """The error says so, and is one of ours."""
    with pytest.raises(ConfigurationError):
        public(each)


# Decorators above and below


@pytest.mark.parametrize("decorate", [public, lambda view: mark(view, STAFF)])
def test_decorators_that_wrap_hand_a_mark_on(decorate: Callable[[Any], Any]) -> None:
    """However many."""
    outermost, innermost = decorate(often(wrapped, fresh())), decorate(fresh())
    deep = often(wrapped, innermost)
    assert (is_public(deep), marked(deep)) == (is_public(outermost), marked(outermost))
    assert is_public(deep) or marked(deep) is STAFF


def test_a_decorator_that_leaves_no_trace_leaves_the_view_guarded() -> None:
    """The mark of the view below is not seen."""
    assert not is_public(bare(public(fresh())))


def test_a_mark_above_says_nothing_of_the_view_below() -> None:
    """It may be routed by itself."""
    each = fresh()
    public(wrapped(each))
    assert not is_public(each)


# Views that demand a caller


@each_view
def test_a_view_may_demand_a_caller(make: Callable[[], Any]) -> None:
    """It stays the object that it was."""
    each = make()
    assert mark(each, STAFF) is each
    assert marked(each) is STAFF


@pytest.mark.parametrize("each", [view, Views, len, None, public(fresh())], ids=str)
def test_nothing_is_demanded_unless_said(each: object) -> None:
    """Also of a public view."""
    assert marked(each) is None


def test_of_two_demands_the_outermost_is_seen() -> None:
    """The other one is its own decorator's to hold."""
    inner = mark(fresh(), OPEN)
    assert marked(mark(wrapped(inner), STAFF)) is STAFF
    assert marked(inner) is OPEN


def test_inheritance_a_subclass_demands_nothing_by_itself() -> None:
    """A guard of the whole app demands a caller of it."""
    assert marked(fresh_class(mark(fresh_class(), OPEN))) is None


# Contradictions


@pytest.mark.parametrize("between", [lambda view: view, wrapped], ids=["bare", "wraps"])
@pytest.mark.parametrize("requirement", [STAFF, OPEN], ids=["staff", "optional"])
def test_a_view_is_public_or_demands_a_caller(
    requirement: Requirement, between: Callable[[Any], Any]
) -> None:
    """Both cannot be meant, in either order."""
    with pytest.raises(ConfigurationError, match="not both"):
        public(between(mark(fresh(), requirement)))
    with pytest.raises(ConfigurationError, match="not both"):
        mark(between(public(fresh())), requirement)


def test_a_contradiction_leaves_a_view_as_it_was() -> None:
    """Who catches the error has not opened anything."""
    each = mark(fresh(), STAFF)
    with pytest.raises(ConfigurationError):
        public(each)
    assert marked(each) is STAFF


def test_a_view_may_be_made_public_twice() -> None:
    """By itself and by a list, for one."""
    assert is_public(public(public(fresh())))


def test_a_view_and_its_class_may_differ() -> None:
    """Each says what it says; the decorator of the view still holds."""
    each, views = mark(fresh(), STAFF), public(fresh_class())
    assert (is_public(each, views), marked(each)) == (True, STAFF)


# What a guard of the whole app demands


@pytest.mark.parametrize("by", ["view", "class"])
@pytest.mark.parametrize("requirement", [STAFF, OPEN], ids=["staff", "optional"])
def test_a_guard_demands_what_a_view_or_its_class_does(
    requirement: Requirement, by: str
) -> None:
    """But of a preflight, which the framework may answer."""
    views: dict[str, Any] = {"view": fresh(), "class": fresh_class()}
    mark(views[by], requirement)
    expected = replace(requirement, preflights=True)
    assert demands_of_guard(*views.values()) == expected


def test_what_a_guard_demands_is_made_once() -> None:
    """With the mark, not at every request."""
    each = mark(fresh(), STAFF)
    assert demands_of_guard(each) is demands_of_guard(each)


def test_of_a_view_and_its_class_a_guard_demands_what_the_view_does() -> None:
    """The other is its own decorator's to hold."""
    views = mark(fresh(), STAFF), mark(fresh_class(), OPEN)
    assert demands_of_guard(*views) == replace(STAFF, preflights=True)


@pytest.mark.parametrize(
    "views",
    [[], [view], [None], [len], [public(fresh()), fresh_class()]],
    ids=["none", "bare", "no view", "built-in", "public"],
)
def test_a_guard_demands_nothing_besides(views: list[object]) -> None:
    """The gate's own policy demands a caller."""
    assert demands_of_guard(*views) is None


@dataclass
class Least:
    """A predicate that is an object, equal by what it says, and so without a hash."""

    level: int

    def __call__(self, claims: Claims) -> bool:
        """Look at a claim."""
        return claims.get("level") == self.level


def test_a_guard_demands_whatever_the_predicate_is() -> None:
    """Not every object has a hash."""
    requirement = Requirement(when=Least(3))
    demanded = demands_of_guard(mark(fresh(), requirement))
    assert demanded == replace(requirement, preflights=True)


# Both in one look


@pytest.mark.parametrize(
    "views",
    [
        [],
        [view],
        [None, len],
        [public(fresh()), fresh_class()],
        [fresh(), mark(fresh_class(), STAFF)],
        [mark(fresh(), STAFF), public(fresh_class())],
    ],
    ids=["none", "bare", "no view", "public", "demanding", "both"],
)
def test_what_is_said_is_both(views: list[object]) -> None:
    """Whether one is public, and what a guard demands."""
    assert said_of(*views) == (is_public(*views), demands_of_guard(*views))


# The outcome of a public view

GATE = make_gate()
BEARER = [(b"authorization", f"Bearer {mint()}".encode())]
KNOWN = authenticate(GATE, RequestView("GET", headers=BEARER))
GUEST = authenticate(
    make_gate(policy=Policy(anonymous=Consumer(username="guest"))), RequestView("GET")
)
REPORTED = authenticate(make_gate(policy=Policy(mode="report")), RequestView("GET"))
DENIED = authenticate(GATE, RequestView("GET"))


@pytest.mark.parametrize(
    "found", [KNOWN, GUEST, REPORTED], ids=["known", "guest", "reported"]
)
def test_what_an_outer_gate_found_stays_on_a_public_view(found: object) -> None:
    """Of whichever gate: the view shows who calls, if that is known."""
    assert isinstance(found, Authenticated | Anonymous | Exempt)
    assert exempted(make_gate(), found) is found


@pytest.mark.parametrize(
    "found",
    [None, DENIED, "outcome", object()],
    ids=["nothing", "denied", "text", "object"],
)
def test_a_public_view_has_an_outcome_of_its_own(found: object) -> None:
    """Where nothing was found that lets a request pass."""
    outcome = exempted(GATE, found)
    assert isinstance(outcome, Exempt)
    assert (outcome.why, outcome.would, outcome.gate) == ("public", None, GATE)
    assert isinstance(DENIED, Denied)
