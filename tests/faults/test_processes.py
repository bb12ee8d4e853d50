from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from time import monotonic
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from redis import Redis

from tests.counting.redisserver import HOST, wait_until
from tests.faults.apps import assert_served
from tests.faults.processes import Crew, crew, delays
from tests.faults.sites import ENGINES, Site, every_engine, open_site
from tests.faults.worker import TTL, listener_of, manager_of
from tests.proxy import Proxy

CHANGES = 100
PROCESSES = 4
AT_MOST = 5.0
"""Seconds after which every process obeys a change."""

LONGEST_PAUSE = 5.0
"""Seconds between two attempts of a listener to connect."""

STORES = "psycopg", "redis"


@dataclass
class Channel:
    """On which a store tells of changes.

    Attributes:
        site: The store.
        name: Of this channel; listeners of this run alone are there.
    """

    site: Site
    name: str

    def open(self) -> Any:
        """Open the store, to change it."""
        return manager_of(self.site.url(), self.name)

    @property
    def listeners(self) -> int:
        """How many listen."""
        with self._run() as run:
            if self.site.engine.server == "redis":
                return int(run("PUBSUB", "NUMSUB", self.name)[-1])
            query = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"
            return len(run(query, self.name))

    def hang_up(self) -> None:
        """Close the connections of all that listen."""
        with self._run() as run:
            if self.site.engine.server == "redis":
                run("CLIENT", "KILL", "TYPE", "pubsub")
            else:
                run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = %s",
                    self.name,
                )

    @contextmanager
    def _run(self) -> Iterator[Callable[..., Any]]:
        """Connect as an operator would; give what runs a command."""
        port = self.site.server.port
        if self.site.engine.server == "redis":
            with Redis(host=HOST, port=port) as client:
                yield client.execute_command
        else:
            where = f"host={HOST} port={port} user=postgres"
            with psycopg.connect(where, autocommit=True) as connection:
                yield lambda query, *values: connection.execute(
                    query, values
                ).fetchall()


@pytest.fixture
def channel(site: Site) -> Channel:
    """Give a channel of one test alone."""
    return Channel(site, f"jwtgate_{uuid4().hex}")


@pytest.fixture(scope="module", params=STORES)
def working(request: pytest.FixtureRequest) -> Iterator[tuple[Channel, Crew]]:
    """Give processes that work at a store, and the channel of its changes."""
    engine = ENGINES[request.param]
    server = request.getfixturevalue(engine.server)
    server.start()
    name = f"jwtgate_{uuid4().hex}"
    with open_site(engine, server) as site, crew(site.url(), name, PROCESSES) as each:
        yield Channel(site, name), each


def test_every_process_obeys_every_change_at_once(
    working: tuple[Channel, Crew],
) -> None:
    """A hundred changes, and four processes with caches that hold them for long."""
    channel, workers = working
    manager = channel.open()
    taken = list(islice(delays(workers, manager), CHANGES))
    manager.close()
    assert max(taken) < AT_MOST


def test_a_change_made_while_nobody_listens_is_obeyed(
    working: tuple[Channel, Crew],
) -> None:
    """Whose connection was closed asks anew for all: what was missed is not known."""
    channel, workers = working
    manager = channel.open()
    for taken in islice(delays(workers, manager), 3):
        assert taken < AT_MOST
        wait_until(lambda: channel.listeners == PROCESSES)
        channel.hang_up()
    manager.close()


@every_engine(*STORES)
def test_a_change_that_nobody_heard_of_is_obeyed_later(
    site: Site, network: Proxy, channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    """A listener is cut off, its store is not: what was read then is in doubt."""
    key = site.add()
    listener = listener_of(site.url(network.port), channel.name)
    with site.cached(ttl=TTL, listener=listener) as app:
        assert_served(app.ask(key), key)
        wait_until(lambda: channel.listeners == 1)
        network.refuse()
        wait_until(lambda: "does not hear of changes" in caplog.text)
        assert_served(app.ask(key), key)
        site.manager.delete_consumer(key)
        assert_served(app.ask(key), key)  # its time is the bound, until then
        network.accept()
        begun = monotonic()
        wait_until(lambda: app.ask(key).status == 401)
        assert monotonic() - begun < AT_MOST + LONGEST_PAUSE
