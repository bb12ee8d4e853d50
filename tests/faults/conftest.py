"""Servers that the tests of faults kill, one of each kind, and a site over them."""

from collections.abc import Iterator

import pytest

from jwtgate.stores.sql import create_all
from tests.faults.sites import ENGINES, Site, open_site
from tests.instances import Instance, mariadb, postgres, redis_server
from tests.proxy import Proxy, proxy


@pytest.fixture(scope="session", name="postgres")
def _postgres() -> Iterator[Instance]:
    """Run PostgreSQL."""
    with postgres() as instance:
        create_all(ENGINES["psycopg"].url.format(port=instance.port))
        yield instance


@pytest.fixture(scope="session", name="mariadb")
def _mariadb() -> Iterator[Instance]:
    """Run MariaDB."""
    with mariadb() as instance:
        create_all(ENGINES["pymysql"].url.format(port=instance.port))
        yield instance


@pytest.fixture(scope="session", name="redis")
def _redis() -> Iterator[Instance]:
    """Run Redis."""
    with redis_server() as instance:
        yield instance


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Give a store, by the name of its driver, over a server that runs."""
    engine = ENGINES[request.param]
    server: Instance = request.getfixturevalue(engine.server)
    server.start()
    with open_site(engine, server) as opened:
        yield opened
    server.thaw()
    server.start()


@pytest.fixture
def network(site: Site) -> Iterator[Proxy]:
    """Put a network in front of the site's server."""
    with proxy(site.server.port) as between:
        yield between
