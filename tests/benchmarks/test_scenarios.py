from itertools import islice
from typing import Any

import pytest

from benchmarks.scenarios import NAMES, turns
from jwtgate import Authenticated, Denied, Reason

DECISIONS = [name for name in NAMES if name.startswith(("HS", "RS"))]
ASGI = [name for name in NAMES if name.startswith("ASGI")]
WSGI = [name for name in NAMES if name.startswith("WSGI")]


def results(name: str) -> list[Any]:
    """Take the first turns of a scenario."""
    return [turn() for turn in islice(turns(name), 3)]


@pytest.mark.parametrize("name", DECISIONS)
def test_a_good_token_is_let_through_in_every_turn(name: str) -> None:
    """What is counted as a decision on a good token is one."""
    assert all(isinstance(each, Authenticated) for each in results(name))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("refused: no token", Reason.TOKEN_MISSING),
        ("refused: bad signature", Reason.SIGNATURE_INVALID),
        ("refused: expired", Reason.TOKEN_EXPIRED),
    ],
)
def test_a_refusal_is_for_the_reason_that_names_it(name: str, reason: Reason) -> None:
    """Nothing that is checked earlier stops it."""
    denied = results(name)
    assert all(isinstance(each, Denied) for each in denied)
    assert {each.reason for each in denied} == {reason}


@pytest.mark.parametrize("name", ASGI)
def test_the_asgi_app_answers(name: str) -> None:
    """The request passes the middleware."""
    assert [start["status"] for start, _ in results(name)] == [200] * 3


@pytest.mark.parametrize("name", WSGI)
def test_the_wsgi_app_answers(name: str) -> None:
    """The request passes the middleware."""
    assert results(name) == [[b"hello"]] * 3
