"""What holds for every test of what is fetched in threads of its own."""

from collections.abc import Iterator

import pytest

from tests.stores.jwks.provider import is_idle, until


@pytest.fixture(autouse=True)
def _nothing_left_under_way() -> Iterator[None]:
    """See that no test's fetch is reported in the log of the next one.

    Who waits for a fetch goes on before it is reported.
    """
    yield
    until(is_idle)
