"""A Redis for the tests of counters."""

from collections.abc import Iterator

import pytest

from tests.counting.redisserver import running_anyhow


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a Redis that may be another's, too: its keys are not touched."""
    with running_anyhow(tmp_path_factory.mktemp("redis")) as url:
        yield url
