from pathlib import Path
from typing import Any

import pytest

from jwtgate import (
    Consumer,
    Credential,
    Gate,
    NotFound,
    Policy,
    Route,
    UnusableCredential,
    load,
)
from jwtgate.cli.errors import Refused
from jwtgate.cli.minting import Wish, choose, is_usable, plan_of_gate
from jwtgate.stores import FixedStore
from tests.kit import KEY, NOW, credential, jack

JACK = Wish("jack")
OVERVIEW = Path(__file__).parents[2] / "examples" / "from_kong" / "overview.yml"


def plan(gate: Gate, wish: Wish = JACK, path: str | None = None) -> Any:
    """Plan a token."""
    return plan_of_gate(gate, wish, path=path, method="GET", now=NOW)


def gate_of(*rows: Credential, **settings: Any) -> Gate:
    """Make a gate of a file's store."""
    return Gate(FixedStore([jack()], rows or [credential()]), **settings)


def test_the_only_credential_is_chosen() -> None:
    """Nothing else has to be said."""
    assert choose([credential()], JACK, NOW).key == KEY


def test_the_newest_of_a_key_signs() -> None:
    """After a rotation that is the successor."""
    old = credential(retire_after=NOW + 60)
    assert choose([old, credential(kid="2027")], JACK, NOW).kid == "2027"


def test_one_that_is_retired_does_not_sign() -> None:
    """As long as there is another."""
    rows = [credential(), credential(kid="2027", retire_after=NOW)]
    assert choose(rows, JACK, NOW).kid is None


def test_one_that_is_retired_signs_if_it_is_the_only_one() -> None:
    """To see what a gate says; the command warns."""
    assert choose([credential(retire_after=NOW)], JACK, NOW).key == KEY


def test_a_kid_may_be_asked_for() -> None:
    """The old one's, too."""
    rows = [credential(kid="2026"), credential(kid="2027")]
    assert choose(rows, Wish("jack", kid="2026"), NOW).kid == "2026"


def test_several_keys_are_told() -> None:
    """And one of them may be asked for."""
    rows = [credential(), credential(key="other")]
    with pytest.raises(Refused, match="--key is one of jack-key, other"):
        choose(rows, JACK, NOW)
    assert choose(rows, Wish("jack", key="other"), NOW).key == "other"


@pytest.mark.parametrize("wish", [Wish("jack", key="none"), Wish("jack", kid="none")])
def test_what_is_not_there_is_told(wish: Wish) -> None:
    """One that cannot be used does not count."""
    broken = UnusableCredential(key="none", why="it is broken")
    with pytest.raises(NotFound):
        choose((credential(), broken), wish, NOW)


@pytest.mark.parametrize(
    ("fields", "usable"),
    [
        ({}, True),
        ({"enabled": False}, False),
        ({"not_before": NOW + 1}, False),
        ({"not_before": NOW}, True),
        ({"retire_after": NOW}, False),
        ({"retire_after": NOW + 1}, True),
        ({"consumer": Consumer(username="jack", enabled=False)}, False),
    ],
)
def test_what_a_gate_takes_is_usable(fields: Any, *, usable: bool) -> None:
    """By the same limits."""
    assert is_usable(credential(**fields), NOW) is usable


def test_a_plan_follows_the_policy() -> None:
    """Its key claim, and how far exp may be ahead."""
    planned = plan(gate_of(policy=Policy(key_claim="kid", maximum_expiration=60)))
    assert (planned.key_claim, planned.at_most) == ("kid", 60)


def test_a_plan_fits_every_route() -> None:
    """The shortest of what they allow; public ones demand nothing."""
    routes = [
        Route(path="/a", policy=Policy(maximum_expiration=60)),
        Route(path="/b", policy=Policy(maximum_expiration=30)),
        Route(path="/c", public=True),
    ]
    assert plan(gate_of(routes=routes)).at_most == 30


def test_routes_that_differ_are_told() -> None:
    """No one token has both key claims."""
    routes = [Route(path="/a", policy=Policy(key_claim="kid"))]
    with pytest.raises(Refused, match="say by --path for which one it is"):
        plan(gate_of(routes=routes))


def test_a_path_settles_it() -> None:
    """That of its route."""
    gate = gate_of(routes=[Route(path="/a", policy=Policy(key_claim="kid"))])
    assert plan(gate, path="/a").key_claim == "kid"
    assert plan(gate, path="/b").key_claim == "iss"


def test_a_secret_that_a_path_reads_as_base64_signs_so() -> None:
    """Kong's plugin says how; here two routes differ."""
    gate = load(OVERVIEW, environ={})
    blob = Wish("blob")
    read = {path: plan(gate, blob, path) for path in ("/verified", "/base64")}
    assert read["/base64"].credential.secret_is_base64
    assert not read["/verified"].credential.secret_is_base64


def test_a_public_path_needs_no_token() -> None:
    """It says so."""
    gate = gate_of(routes=[Route(path="/a", public=True)])
    with pytest.raises(Refused, match="no token is demanded"):
        plan(gate, path="/a")


def test_a_path_of_no_route_is_told() -> None:
    """Where only routes are answered, nothing else is."""
    with pytest.raises(Refused, match="No route is for this path"):
        plan(load(OVERVIEW, environ={}), path="/nowhere")


def test_an_unknown_consumer_is_told() -> None:
    """By no route."""
    with pytest.raises(NotFound):
        plan(gate_of(), Wish("nobody"))
