from jwtgate import Route
from jwtgate.requirement import Requirement
from jwtgate.surface.layers import (
    Asked,
    ByDemand,
    ByGate,
    Either,
    Layer,
    Stated,
    gates_in,
    judged,
)
from tests.kit import make_gate


def by_gate(*routes: Route, depth: int = 0) -> ByGate:
    """Make the layer of a gate with routes."""
    gate = make_gate()
    gate.replace(type(gate.settings)(store=gate.store, routes=routes))
    return ByGate(ready=gate.ready, how="gate", depth=depth)


def test_gate_sees_what_is_below_it() -> None:
    """What is above is cut off, and put back."""
    layer = by_gate(Route(path="/x", public=True), depth=1)
    assert layer.named("/a/*") == [Asked("/a/x")]
    assert judged([layer], Asked("/a/x"), "GET")[0].fate == "public"


def test_gate_that_cannot_tell_the_path_is_closed() -> None:
    """It answers 400."""
    layer = by_gate(Route(path="/x"))
    assert judged([layer], Asked("/a//b"), "GET")[0].fate == "closed"


def test_route_of_a_gateway_is_told_with_its_star() -> None:
    """Its prefix has what begins so."""
    layer = by_gate(Route(path="/x", prefix=True))
    assert judged([layer], Asked("/xy"), "GET")[0].guard == "gate /x*"


def test_demand_goes_by_the_gate_further_out() -> None:
    """Not by a mark between."""
    layers: list[Layer] = [
        by_gate(),
        Stated("public", "mark"),
        ByDemand("view", Requirement()),
    ]
    fates = [each.fate for each in judged(layers, Asked("/"), "GET")]
    assert fates == ["guarded", "public", "guarded"]


def test_gates_are_found_among_layers() -> None:
    """Also where they are one of several ways."""
    first, second = by_gate(), by_gate()
    either = Either(((second, Stated("unknown", "x")), (Stated("guarded", "y"),)))
    layers: list[Layer] = [first, ByDemand("view", Requirement()), either]
    assert list(gates_in(layers)) == [first, second]


def test_gate_tells_the_methods_of_its_routes() -> None:
    """Of all of them."""
    routes = [Route(path=f"/{name}", methods=[name]) for name in ("GET", "PUT")]
    assert by_gate(*routes).methods == {"GET", "PUT"}
