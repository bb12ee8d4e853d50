import pytest

from benchmarks.core import make_gate, verifying
from benchmarks.tokens import ALGORITHMS, KEY, claims, token
from jwtgate import Authenticated, RequestView, authenticate
from jwtgate.errors import Rejection


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_core_verifies_the_token_that_is_measured(algorithm: str) -> None:
    """What is timed comes to its end."""
    verified = verifying(algorithm)(token(algorithm).encode())
    assert verified.claims["iss"] == KEY


def test_the_core_checks_the_times() -> None:
    """What is timed leaves nothing out."""
    expired = token("HS256", {**claims(), "exp": 1})
    with pytest.raises(Rejection):
        verifying("HS256")(expired.encode())


def test_the_gate_authenticates_the_token_that_is_measured() -> None:
    """The whole decision comes to its end, too."""
    line = (b"authorization", b"Bearer " + token("HS256").encode())
    outcome = authenticate(make_gate("HS256"), RequestView("GET", headers=[line]))
    assert isinstance(outcome, Authenticated)
