from typing import Any

from jwtgate import Policy
from jwtgate.configs.context import Context
from jwtgate.configs.kong.criteria import Match
from jwtgate.configs.kong.routing import Guarded, lay_out
from jwtgate.router import check_routes
from jwtgate.routes import Route
from jwtgate.stores.fixed import FixedStore
from tests.configs.kong.kit import context, sentences

DEMAND = Policy.kong()
OTHER = Policy.kong(realm="other")


def guarded(
    number: int, path: str = "/a", policy: Policy = DEMAND, **fields: Any
) -> Guarded:
    """Give a route with one path and what it demands."""
    rank = fields.pop("rank", (1, False, len(path)))
    store, public = fields.pop("store", None), fields.pop("public", False)
    route = Route(path=path, prefix=True, **fields)
    return Guarded(Match(("routes", number), rank, route), policy, store, public)


def laid_out(*each: Guarded, given: Context | None = None) -> list[Route]:
    """Lay out; no two routes tie for the router then."""
    routes = lay_out(each, given or context())
    check_routes(routes)
    return routes


def test_a_route_has_what_is_demanded_there() -> None:
    """And what it matches."""
    store = FixedStore()
    (route,) = laid_out(guarded(0, store=store, policy=OTHER, methods=("GET",)))
    assert route == Route(
        path="/a", prefix=True, methods=("GET",), policy=OTHER, store=store
    )


def test_a_route_may_be_public() -> None:
    """With what restricts it all the same."""
    (route,) = laid_out(guarded(0, public=True))
    assert route.public
    assert route.policy is DEMAND


def test_ranks_become_priorities() -> None:
    """The highest rank is looked at first."""
    ranks = [(1, False, 5), (3, False, 2), (1, True, 0), (1, False, 9)]
    routes = laid_out(
        *(guarded(number, f"/{number}", rank=rank) for number, rank in enumerate(ranks))
    )
    assert [route.priority for route in routes] == [0, 3, 2, 1]


def test_equal_ranks_of_other_paths_are_one_priority() -> None:
    """No request comes to both."""
    routes = laid_out(guarded(0, "/a"), guarded(1, "/b"))
    assert [route.priority for route in routes] == [0, 0]


def test_a_tie_is_a_problem_where_it_matters() -> None:
    """Both places are named."""
    given = context()
    laid_out(guarded(0), guarded(1, policy=OTHER), given=given)
    (problem,) = sentences(given.problems)
    assert problem == (
        "routes[1]: matches what routes[0] matches, equally well, and demands "
        "something else; tell them apart by paths, methods or hosts"
    )


def test_another_store_is_another_demand() -> None:
    """Other secrets are good there."""
    given = context()
    laid_out(guarded(0), guarded(1, store=FixedStore()), given=given)
    assert len(given.problems) == 1


def test_a_public_route_demands_something_else() -> None:
    """Its policy may be the same."""
    given = context()
    laid_out(guarded(0), guarded(1, public=True), given=given)
    assert len(given.problems) == 1


def test_a_tie_is_noted_where_it_does_not_matter() -> None:
    """The first one is looked at first, and each keeps what it alone matches."""
    given = context()
    first, second = laid_out(
        guarded(0, methods=("GET", "PUT")),
        guarded(1, policy=Policy.kong(), methods=("PUT", "POST")),
        given=given,
    )
    assert not given.problems
    assert str(given.notes.report()) == (
        "warning: routes[1]: matches what routes[0] matches, equally well; that one "
        "comes first"
    )
    assert first.priority > second.priority
    assert second.methods == ("PUT", "POST")


def test_paths_in_other_letters_tie() -> None:
    """Guarded paths match in any case."""
    given = context()
    laid_out(guarded(0, "/a"), guarded(1, "/A", policy=OTHER), given=given)
    assert len(given.problems) == 1


def test_routes_told_apart_do_not_tie() -> None:
    """By methods, say."""
    given = context()
    laid_out(
        guarded(0, methods=("GET",)),
        guarded(1, methods=("PUT",), policy=OTHER),
        given=given,
    )
    assert not given.problems
    assert not given.notes.report()
