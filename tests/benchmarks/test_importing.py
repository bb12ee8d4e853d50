import pytest

from benchmarks.importing import milliseconds_of

LOG = """\
import time: self [us] | cumulative | imported package
import time:       316 |        316 |     jwt.jwk_set_cache
import time:       512 |      20926 |   jwt.jwks_client
import time:       437 |     121581 | jwt
"""


def test_a_package_is_told_with_all_that_it_imports() -> None:
    """Not the time that it took by itself, and that of no submodule."""
    assert milliseconds_of("jwt", LOG) == 121.581


def test_a_package_that_was_not_imported_has_no_time() -> None:
    """A log of something else gives no figure."""
    with pytest.raises(ValueError, match="jwtgate was not imported"):
        milliseconds_of("jwtgate", LOG)
