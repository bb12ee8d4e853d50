import pytest

from benchmarks.core import verifying
from benchmarks.peers import found_peers
from benchmarks.refusals import Hostile, hostile_tokens
from jwtgate.errors import Rejection

OURS = verifying("HS256")
THEIRS = found_peers()[0][0].verifying("HS256")
EACH = pytest.mark.parametrize(
    "hostile", [pytest.param(each, id=what) for what, each in hostile_tokens().items()]
)


@EACH
def test_a_hostile_token_is_refused_by_both(hostile: Hostile) -> None:
    """What is compared are two refusals."""
    with pytest.raises(Rejection):
        OURS(hostile.token.encode())
    with pytest.raises(Exception):  # noqa: B017, PT011 - of several kinds
        THEIRS(hostile.token)


@EACH
def test_a_hostile_token_is_no_longer_than_is_read(hostile: Hostile) -> None:
    """What is longer is refused by its length, which costs next to nothing."""
    assert len(hostile.token) <= 8192
