"""Verdicts on a store, which say what its author has to mend."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

__all__ = ["must", "must_all_be", "refuses"]


def must(holds: object, wrong: str) -> None:
    """Fail the test unless something holds.

    Args:
        holds: True, or what counts as true.
        wrong: What the store does wrong otherwise, and what it has to do.
    """
    __tracebackhide__ = True
    if not holds:
        raise AssertionError(wrong)


@contextmanager
def refuses(error: type[Exception], wrong: str) -> Iterator[None]:
    """Fail the test unless the store raises this error, or a kind of it.

    Args:
        error: The error.
        wrong: What the store does wrong if it raises none.
    """
    __tracebackhide__ = True
    try:
        yield
    except error:
        return
    except Exception as other:
        raise AssertionError(
            f"{wrong}: it raised {type(other).__name__}, and has to raise "
            f"{error.__name__}"
        ) from other
    raise AssertionError(f"{wrong}: it has to raise {error.__name__}")


def must_all_be(
    outcomes: Iterable[object], kinds: type | tuple[type, ...], wrong: str
) -> None:
    """Fail the test if calls that were made at once came to something else.

    Args:
        outcomes: What they returned or raised.
        kinds: What that may be.
        wrong: What the store does wrong otherwise.
    """
    __tracebackhide__ = True
    for outcome in outcomes:
        must(isinstance(outcome, kinds), f"{wrong}: one came to {outcome!r}")
