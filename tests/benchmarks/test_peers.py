import time
from collections.abc import Callable

import pytest

from benchmarks.peers import Verify, found_peers
from benchmarks.tokens import claims, token

# joserfc warns of the name EdDSA, Authlib of itself.
pytestmark = pytest.mark.filterwarnings("ignore")

FOUND, MISSING = found_peers()
EACH = pytest.mark.parametrize(
    ("verifying", "algorithm"),
    [
        pytest.param(peer.verifying, algorithm, id=f"{peer.name}-{algorithm}")
        for peer in FOUND
        for algorithm in peer.algorithms
    ],
)
Verifying = Callable[[str], Verify]


def test_every_peer_is_found_or_named() -> None:
    """None is left out in silence."""
    assert len(FOUND) + len(MISSING) == 5
    assert FOUND[0].name.startswith("PyJWT ")


@EACH
def test_a_peer_takes_the_token_that_is_measured(
    verifying: Verifying, algorithm: str
) -> None:
    """What is timed comes to its end."""
    assert verifying(algorithm)(token(algorithm))


@EACH
@pytest.mark.parametrize(
    "change", [{"exp": 1}, {"nbf": time.time() + 600}], ids=["expired", "too early"]
)
def test_a_peer_checks_the_times(
    verifying: Verifying, algorithm: str, change: dict[str, object]
) -> None:
    """Peers do what jwtgate does, or they would be faster for nothing."""
    verify = verifying(algorithm)
    with pytest.raises(Exception):  # noqa: B017, PT011 - each has errors of its own
        verify(token(algorithm, {**claims(), **change}))


@EACH
def test_a_peer_refuses_a_forgery(verifying: Verifying, algorithm: str) -> None:
    """The payload of one token with the signature of another."""
    other = token(algorithm, {**claims(), "sub": "admin"}).rpartition(".")[0]
    forged = f"{other}.{token(algorithm).rpartition('.')[2]}"
    verify = verifying(algorithm)
    with pytest.raises(Exception):  # noqa: B017, PT011 - each has errors of its own
        verify(forged)
