import pytest

from jwtgate import Credential, UnusableCredential
from jwtgate.stores.cached import Limits
from jwtgate.stores.cached.shelf import Shelf
from tests.kit import KEY, credential

LIMITS = Limits(
    ttl=60, negative_ttl=5, stale_if_error=30, max_entries=10, max_unknown=10
)
ROW = credential()
UNUSABLE = UnusableCredential(key=KEY, why="the key is no key")


def shelf() -> Shelf[Credential | UnusableCredential]:
    """Make an empty shelf of credentials."""
    return Shelf(LIMITS, Credential)


@pytest.mark.parametrize(("after", "found"), [(59.9, (ROW,)), (60, None)])
def test_what_was_found_is_served_for_its_time(
    after: float, found: tuple[Credential, ...] | None
) -> None:
    """From when the store was asked."""
    kept = shelf()
    kept.keep(KEY, (ROW,), 100.0)
    assert kept.fresh(KEY, 100 + after) == found


@pytest.mark.parametrize(("after", "found"), [(4.9, ()), (5, None)])
def test_that_nothing_was_found_is_served_for_less(
    after: float, found: tuple[()] | None
) -> None:
    """A new credential works soon."""
    kept = shelf()
    kept.keep(KEY, (), 100.0)
    assert kept.fresh(KEY, 100 + after) == found


@pytest.mark.parametrize("rows", [(UNUSABLE,), (ROW, UNUSABLE), ("junk",)])
def test_what_cannot_be_used_is_served_for_as_little(rows: tuple[object, ...]) -> None:
    """It may be mended."""
    kept = shelf()
    kept.keep(KEY, rows, 100.0)  # type: ignore[arg-type]
    assert kept.fresh(KEY, 104.9) == rows
    assert kept.fresh(KEY, 105) is None


def test_a_clock_that_steps_back_does_no_harm() -> None:
    """An entry lives longer by the step, and no longer."""
    kept = shelf()
    kept.keep(KEY, (ROW,), 100.0)
    assert kept.fresh(KEY, -3_500.0) == (ROW,)
    assert kept.fresh(KEY, 160.0) is None


@pytest.mark.parametrize(("after", "found"), [(89.9, (ROW,)), (90, None)])
def test_what_was_found_may_be_served_stale(
    after: float, found: tuple[Credential, ...] | None
) -> None:
    """For a bounded time."""
    kept = shelf()
    kept.keep(KEY, (ROW,), 100.0)
    assert kept.stale(KEY, 100 + after) == found


def test_that_nothing_was_found_is_never_served_stale() -> None:
    """A 401 makes clients throw good tokens away."""
    kept = shelf()
    kept.keep(KEY, (), 100.0)
    assert kept.stale(KEY, 100.0) is None


def test_what_came_into_doubt_is_served_only_if_the_store_fails() -> None:
    """Changes may have been missed."""
    kept = shelf()
    kept.keep(KEY, (ROW,), 100.0)
    kept.keep("other", (), 100.0)
    kept.doubt()
    kept.doubt()  # as when the connection is lost and there again
    assert kept.fresh(KEY, 100.0) is kept.fresh("other", 100.0) is None
    assert kept.stale(KEY, 189.9) == (ROW,)
    assert kept.stale(KEY, 190.0) is None


@pytest.mark.parametrize("rows", [(), (credential(id="new"),)])
def test_an_answer_ends_the_doubt(rows: tuple[Credential, ...]) -> None:
    """The old one is never served again."""
    kept = shelf()
    kept.keep(KEY, (ROW,), 100.0)
    kept.doubt()
    kept.keep(KEY, rows, 101.0)
    assert kept.fresh(KEY, 102.0) == rows
    assert kept.stale(KEY, 102.0) == (rows or None)


def test_a_key_is_known_or_unknown() -> None:
    """The last answer counts."""
    kept = shelf()
    for rows in ((), (ROW,), ()):
        kept.keep(KEY, rows, 100.0)
        assert kept.fresh(KEY, 100.0) == rows
    assert not kept.known.table


@pytest.mark.parametrize("in_doubt", [False, True])
@pytest.mark.parametrize("rows", [(), (ROW,)])
def test_a_key_is_forgotten(rows: tuple[Credential, ...], *, in_doubt: bool) -> None:
    """Nothing of it is served, stale or not."""
    kept = shelf()
    kept.keep(KEY, rows, 100.0)
    if in_doubt:
        kept.doubt()
    kept.forget(KEY)
    assert kept.fresh(KEY, 100.0) is kept.stale(KEY, 100.0) is None


def test_all_is_forgotten() -> None:
    """What is in doubt, too."""
    kept = shelf()
    kept.keep("doubted", (ROW,), 100.0)
    kept.doubt()
    kept.keep(KEY, (ROW,), 100.0)
    kept.keep("unknown", (), 100.0)
    kept.clear()
    keys = ("doubted", KEY, "unknown")
    assert all(kept.fresh(key, 100.0) is None for key in keys)
    assert all(kept.stale(key, 100.0) is None for key in keys)


def test_a_flood_of_unknown_keys_displaces_no_known_one() -> None:
    """Nor does it take more room than it is given."""
    kept = shelf()
    kept.keep(KEY, (ROW,), 100.0)
    for each in range(10_000):
        kept.keep(f"made-up-{each}", (), 100.0)
    assert kept.fresh(KEY, 100.0) == (ROW,)
    assert len(kept.unknown.table) <= 10
