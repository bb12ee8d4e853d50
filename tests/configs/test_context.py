from pathlib import Path

import pytest

from jwtgate.configs.context import Context
from jwtgate.secrets import References


def context() -> Context:
    """Make one with nothing but what it needs."""
    return Context(references=References(Path(), {}))


def test_a_file_is_read_leniently_unless_asked() -> None:
    """No variables, nothing that may be dropped, and counting in this process."""
    made = context()
    assert (made.environ, made.allow_dropped) == ({}, frozenset())
    assert (made.strict, made.quota_storage) == (False, None)


def test_each_file_has_its_own_problems_and_notes() -> None:
    """What is found in one is not told of another."""
    one, other = context(), context()
    one.problems.add(("a",), "is missing")
    one.notes.add("warning", ("a",), "is weak")
    assert not other.problems
    assert not other.notes.report()


def test_it_does_not_change() -> None:
    """Readers share it."""
    with pytest.raises(AttributeError):
        context().strict = True  # type: ignore[misc]
