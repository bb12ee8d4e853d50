import json

from jwtgate import Policy, RequestView
from jwtgate.explain import explain
from tests.explain.kit import explained, step
from tests.kit import NOW, make_gate, mint


def test_the_request_is_told_in_a_line() -> None:
    """A path may hold a token, or what a terminal obeys."""
    token = mint()
    sent = RequestView("GE\nT", f"/\x1b[2J/{token}")
    found = explain(make_gate(), sent, at=NOW)
    assert found.request.startswith(r"GE\nT /\x1b[2J/ey")
    assert found.request.endswith(".***")


def test_what_the_client_is_told_is_told() -> None:
    """It is less than what is told here."""
    native, kong = (
        explained(mint(iss="x")),
        explained(mint(iss="x"), policy=Policy.kong()),
    )
    assert step(native, "answer").endswith(
        'the client is told {"message":"The token could not be verified"}'
    )
    assert "No credentials found for given 'iss'" in step(kong, "answer")


def test_the_time_is_that_of_the_decision() -> None:
    """Any time that is asked for."""
    token = mint()
    assert explained(token, at=NOW + 599).outcome == "authenticated"
    assert explained(token, at=NOW + 600).outcome == "denied"
    assert json.dumps(explained(token, at=NOW + 600).to_dict())
