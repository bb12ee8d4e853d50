import subprocess
import sys

import pytest

import jwtgate

_LIST_LATE = """
import sys
import jwtgate
assert "jwtgate.configs" not in sys.modules
assert "jwtgate.stores" not in sys.modules
from jwtgate import MemoryStore, in_thread, load
print(MemoryStore.__module__, in_thread.__module__, load.__module__)
"""


def test_what_not_every_app_has_is_imported_when_it_is_asked_for() -> None:
    """The readers of files and the memory store come with their first use."""
    listed = subprocess.run(  # noqa: S603 - this interpreter, on a text above
        [sys.executable, "-c", _LIST_LATE], capture_output=True, text=True, check=True
    )
    assert listed.stdout.split() == [
        "jwtgate.stores.memory",
        "jwtgate.stores.threaded",
        "jwtgate.configs.loading",
    ]


@pytest.mark.parametrize("name", jwtgate.__all__)
def test_every_public_name_is_listed(name: str) -> None:
    """Shells and editors complete also what is imported late."""
    assert name in dir(jwtgate)


def test_an_unknown_name_is_refused_as_python_does() -> None:
    """Tools that try a name go by this error."""
    with pytest.raises(AttributeError, match="'jwtgate' has no attribute 'loads'"):
        jwtgate.loads  # type: ignore[attr-defined]  # noqa: B018 - asking is the test


def test_a_late_name_is_the_same_each_time() -> None:
    """It is an attribute like the others, once it was asked for."""
    assert jwtgate.load is jwtgate.load
